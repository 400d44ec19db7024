namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>What becomes of snapshots at Redis.</summary>
internal enum SnapshotStoreState
{
    /// <summary>Snapshots are kept locally only, by wish.</summary>
    Off,

    /// <summary>Redis cannot be reached, or cannot be used for snapshots; tried again.</summary>
    Unavailable,

    /// <summary>A snapshot is on its way.</summary>
    Uploading,

    /// <summary>The newest snapshot that was offered is there, or none was offered yet.</summary>
    Current,

    /// <summary>Another engine owns the shard; nothing more is written.</summary>
    Fenced,
}

/// <summary>The snapshots at Redis at one moment, for health, metrics and people.</summary>
/// <param name="State">Whether they can be relied on.</param>
/// <param name="OfferedSequence">Sequence of the newest snapshot offered, -1: none.</param>
/// <param name="StoredSequence">Sequence of the snapshot that Redis holds as the current one, -1: none is known.</param>
/// <param name="LagSeconds">How long a snapshot has been waiting that Redis does not hold; 0 when none does.</param>
/// <param name="Uploads">Snapshots stored since the start.</param>
/// <param name="Failures">How often an attempt failed.</param>
/// <param name="LastError">Why the last attempt failed; null when the last one succeeded.</param>
internal sealed record SnapshotStoreStatus(
    SnapshotStoreState State,
    long OfferedSequence,
    long StoredSequence,
    double LagSeconds,
    long Uploads,
    long Failures,
    string? LastError)
{
    /// <summary>Commands by which the snapshot at Redis is behind the newest local one.</summary>
    public long LagCommands => Math.Max(0, OfferedSequence - Math.Max(0, StoredSequence));
}
