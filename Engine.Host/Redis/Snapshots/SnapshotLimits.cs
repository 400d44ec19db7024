namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>Every size and interval of the snapshots in Redis, each with the reason for its default.</summary>
internal sealed record SnapshotLimits
{
    /// <summary>
    /// Bytes of a chunk. A mebibyte keeps the server busy for a millisecond or two, so that nobody else's command waits
    /// longer; smaller ones cost more round trips.
    /// </summary>
    public int ChunkBytes { get; init; } = 1 << 20;

    /// <summary>Life of a chunk whose upload has not come to its end: what a killed upload left is gone after it. Longer than any upload may take.</summary>
    public TimeSpan OrphanLife { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Life of a chunk that is whole and verified, but not yet of the current snapshot. Only a cluster needs it to be
    /// long: there the manifest is switched before the chunks' expiry is removed, and the next start must find them.
    /// </summary>
    public TimeSpan VerifiedLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Life of a replaced snapshot: whoever reads it at that moment may finish.</summary>
    public TimeSpan RetiredLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest upload; a slower one is given up, since newer snapshots wait behind it. 3 GB take some 10 s on a local network.</summary>
    public TimeSpan UploadTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the manifest is looked at when nothing is to be uploaded: a server that lost it gets the snapshot again.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>First wait after a failure; doubles up to <see cref="LongestRetryDelay"/>.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait after a failure: each attempt may cost the server a whole upload.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The connection's own limits. Ten seconds for one chunk: a link on which that is too short is too slow for snapshots.</summary>
    public RedisLimits Connection { get; init; } = new() { SocketTimeout = TimeSpan.FromSeconds(10) };
}
