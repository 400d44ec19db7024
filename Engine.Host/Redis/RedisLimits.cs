namespace CopyEngine.Host.Redis;

/// <summary>Every capacity and interval of the projection, each with the reason for its default.</summary>
internal sealed record RedisLimits
{
    /// <summary>
    /// Accounts written in one pipeline. 512 are some 300 KB and a few milliseconds of the server's time: one round trip
    /// costs nothing beside it, and an account that comes near its warning level waits no longer than that.
    /// </summary>
    public int AccountsPerBatch { get; init; } = 512;

    /// <summary>Orders in one pipeline: some 4 MB. An account is never split, so one batch may exceed it by one account.</summary>
    public int OrdersPerBatch { get; init; } = 4_096;

    /// <summary>Copy links, groups' instruments and audit records in one pipeline.</summary>
    public int EntriesPerBatch { get; init; } = 2_048;

    /// <summary>
    /// One of so many accounts of a batch is taken from the far end of the priorities, so that accounts far from their
    /// warning level are written too while nearer ones keep changing.
    /// </summary>
    public int FairShare { get; init; } = 8;

    /// <summary>Keys per SCAN slice: under a millisecond of the server's time, so that other clients never wait for it.</summary>
    public int ScanCount { get; init; } = 500;

    /// <summary>Commands in flight of the cluster client, which has no back-pressure of its own.</summary>
    public int CommandsInFlight { get; init; } = 1_000;

    /// <summary>How long the server may be silent before it counts as gone. Longer than its longest ordinary pause.</summary>
    public TimeSpan SocketTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>First wait before connecting again; doubles up to <see cref="LongestRetryDelay"/>.</summary>
    public TimeSpan FirstRetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait before connecting again: how late the keys may begin to catch up.</summary>
    public TimeSpan LongestRetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Wait after a reconnection on which the server did not let us close our former connection: what it may still hold
    /// of that one, at most a batch, is executed meanwhile.
    /// </summary>
    public TimeSpan SettleDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the marker is exchanged that tells a server that lost its keys.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often the writer looks for changes when it has nothing to do. Five milliseconds gather a burst into a batch;
    /// polling spares the event thread a system call per event.
    /// </summary>
    public TimeSpan IdleInterval { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>
    /// Looks without any new event after which the last command's events count as complete. While the engine runs, the
    /// next command's first event says so earlier. Looks, not time: a stopped process must not count as silence.
    /// </summary>
    public int QuietLooks { get; init; } = 10;

    /// <summary>Margin events kept for the channel <c>autocutoff_events</c> while the server is away; the newest.</summary>
    public int MarginEventsKept { get; init; } = 16_384;

    /// <summary>Audit records kept, so that a server that comes back empty gets them again; the newest.</summary>
    public int AuditsKept { get; init; } = 1_024;

    /// <summary>Life of an audit record (interfaces, section 5).</summary>
    public TimeSpan AuditLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Expiry of the mark of a running liquidation. Renewed at half of it; a mark left behind is gone after it.</summary>
    public TimeSpan LiquidatingExpiry { get; init; } = TimeSpan.FromSeconds(60);
}
