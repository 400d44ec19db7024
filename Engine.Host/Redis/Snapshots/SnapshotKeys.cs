using System.Globalization;

namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>The names of a shard's snapshot keys (interfaces, section 5). They share no hash tag: on a cluster each lives where its slot is.</summary>
internal sealed class SnapshotKeys(int shard)
{
    /// <summary>The hash that says which snapshot is the current one.</summary>
    public string Manifest { get; } = string.Create(CultureInfo.InvariantCulture, $"ce:{shard}:snapshot");

    /// <summary>A piece of a snapshot's file.</summary>
    public string Chunk(long sequence, int number) => string.Create(CultureInfo.InvariantCulture, $"{Manifest}:{sequence}:{number}");
}
