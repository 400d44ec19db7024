namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>A finished local snapshot, as it is offered to Redis.</summary>
/// <param name="Path">The file; it never changes once it has this name.</param>
/// <param name="Sequence">Last command in it.</param>
/// <param name="Time">Effective time of that command, microseconds since 1970.</param>
/// <param name="Version">Version of the file's format.</param>
/// <param name="StateHash">Hash of the state in it, as text.</param>
internal sealed record SnapshotFile(string Path, long Sequence, long Time, int Version, string StateHash);
