using CopyEngine.State;

namespace CopyEngine.Journal;

/// <summary>An unfinished write at the journal's end: nothing of it was acknowledged.</summary>
/// <param name="File">The segment's file name.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Bytes">From there to its last byte that is not zero.</param>
/// <param name="FirstSequence">The sequence that its first command would have had.</param>
/// <param name="Fault">What is wrong with it.</param>
internal sealed record TornTail(string File, long Offset, long Bytes, long FirstSequence, string Fault);

/// <summary>What a check of the whole journal found: it can be used.</summary>
internal sealed record JournalState
{
    /// <summary>Where writing goes on, once a torn tail is cut.</summary>
    public required JournalPosition Position { get; init; }

    /// <summary>An unfinished write at the end, or null.</summary>
    public TornTail? Torn { get; init; }

    /// <summary>Commands that an operator took out of force.</summary>
    public required IReadOnlySet<long> Voided { get; init; }

    /// <summary>First sequence that the journal still has.</summary>
    public long First { get; init; }

    /// <summary>The head's durable sequence.</summary>
    public long HeadDurable { get; init; }

    /// <summary>Whether nothing was ever written.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>The limits that the state is laid out by; null when the journal is empty.</summary>
    public FixedLimits? Limits { get; init; }

    /// <summary>Where the batches begin that the head does not tell of: readable, but perhaps not on the disk.</summary>
    public required JournalPosition BehindHead { get; init; }
}
