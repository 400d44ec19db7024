namespace CopyEngine;

/// <summary>Every capacity and interval of the engine, each with the reason for its default.</summary>
public sealed record EngineLimits
{
    /// <summary>
    /// Slots of the command ring, a power of two. 16,384 slots of 256 bytes are 4 MB: a burst of 16,000 orders is
    /// absorbed while one slice of long work runs (about 1 ms); what is beyond gets BUSY or waits at the socket.
    /// </summary>
    public int CommandRingSize { get; init; } = 16_384;

    /// <summary>
    /// Slots of the event ring, a power of two. 65,536 slots of 256 bytes are 16 MB: four quotas of work, so that the
    /// core goes on while a listener empties its last batch.
    /// </summary>
    public int EventRingSize { get; init; } = 65_536;

    /// <summary>
    /// Units of long work after each command. One unit is about one copy, measured at 0.4 to 1.5 µs (Engine.Bench/RESULTS.md),
    /// so 2,048 units keep others' orders waiting for about one to three milliseconds (design, rule 5).
    /// </summary>
    public int WorkQuota { get; init; } = 2_048;

    /// <summary>
    /// Client order ids remembered per account, and request ids per key, the newest ones. A client that resends does so
    /// within seconds; at the gateway's rate limit 1,024 ids last longer than any reconnect. An older id counts as new.
    /// </summary>
    public int ClientOrderIdsPerAccount { get; init; } = 1_024;

    /// <summary>
    /// Waiting and open orders of one account that it places itself. Bounds what a liquidation, close-all or query of
    /// one account costs in a single step; brokers' platforms commonly allow 500 to 1,000.
    /// </summary>
    public int OrdersPerAccount { get; init; } = 1_000;

    /// <summary>Accounts; the structures grow by pages up to this. Eight million fill some 2 GB.</summary>
    public int Accounts { get; init; } = 8_000_000;

    /// <summary>Instruments. Brokers list up to some thousands; what a sweep keeps per instrument stays in the cache.</summary>
    public int Instruments { get; init; } = 4_096;

    /// <summary>Groups; group settings are a table of groups by instruments.</summary>
    public int Groups { get; init; } = 1_024;

    /// <summary>Currencies; routes are a table of currencies by currencies.</summary>
    public int Currencies { get; init; } = 64;

    /// <summary>Shard of this engine, the upper 16 bits of its order ids; 0 while there is one machine.</summary>
    public int Shard { get; init; }

    /// <summary>
    /// Events kept for clients that come back, 256 bytes each: 64 MB when full, in memory and in a snapshot. Two fan-outs to
    /// 100,000 followers, or hours of ordinary trading. Memory is taken as it fills.
    /// </summary>
    public int RetainedEvents { get; init; } = 262_144;

    /// <summary>
    /// Effective time between two ticks. 200 ms is what the risk desk's tools expect; a sweep over a million accounts
    /// takes a fraction of it.
    /// </summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(200);
}
