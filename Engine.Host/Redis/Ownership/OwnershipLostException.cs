namespace CopyEngine.Host.Redis.Ownership;

/// <summary>The shard belongs to another engine; nothing more may be written to its Redis.</summary>
internal sealed class OwnershipLostException(string message) : Exception(message);
