namespace CopyEngine.Recovery;

/// <summary>What a start found and how long each part of it took.</summary>
public sealed record RecoveryReport
{
    /// <summary>Sequence of the snapshot that it began with; null: none.</summary>
    public long? SnapshotSequence { get; init; }

    /// <summary>Sequence of the last command known; 0: an empty engine.</summary>
    public required long Sequence { get; init; }

    /// <summary>Commands applied from the journal after the snapshot.</summary>
    public required long Replayed { get; init; }

    /// <summary>State hashes of the journal that were compared and found equal.</summary>
    public required long HashesCompared { get; init; }

    /// <summary>What was out of order and how it was dealt with, a sentence each; for the log.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Loading the snapshot and comparing its hash.</summary>
    public required TimeSpan Load { get; init; }

    /// <summary>Checking the journal.</summary>
    public required TimeSpan Check { get; init; }

    /// <summary>Telling the listeners what exists.</summary>
    public required TimeSpan Recite { get; init; }

    /// <summary>Applying the journaled commands.</summary>
    public required TimeSpan Replay { get; init; }

    /// <summary>All parts together.</summary>
    public TimeSpan Total => Load + Check + Recite + Replay;
}
