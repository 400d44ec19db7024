namespace CopyEngine.Host.Redis.Ownership;

/// <summary>Intervals of the claim to a shard, each with the reason for its default.</summary>
internal sealed record OwnershipLimits
{
    /// <summary>
    /// How long a running owner's claim outlives its last renewal. Renewed once a second; ten seconds survive a few
    /// failed connections, and are what another machine waits for when the owner is lost with its directory.
    /// </summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Life of the claim that a start makes: recovery runs before the first renewal, and nobody may slip in meanwhile.
    /// The same directory never waits for it.
    /// </summary>
    public TimeSpan StartLife { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a start waits for Redis, in all. A Redis that works answers in milliseconds and one that is not there
    /// refuses at once; only one that hangs delays a start so long.
    /// </summary>
    public TimeSpan ClaimTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
