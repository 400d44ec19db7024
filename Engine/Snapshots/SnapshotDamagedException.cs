namespace CopyEngine.Snapshots;

/// <summary>
/// A snapshot is not what was written. It is left as it is, for whoever wants to know why; an older one and a longer
/// replay take its place.
/// </summary>
internal sealed class SnapshotDamagedException(string file, string what)
    : Exception($"the snapshot {file} is damaged: {what}; the one before it will do, with a longer replay");
