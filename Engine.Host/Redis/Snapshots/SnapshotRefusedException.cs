namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>This Redis cannot be relied on for snapshots, or will not take this one; the message says why and what to do.</summary>
internal sealed class SnapshotRefusedException(string message) : Exception(message);
