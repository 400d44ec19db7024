using CopyEngine.Host.Feeds;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Store;
using CopyEngine.Journal;
using CopyEngine.Recovery;
using Serilog.Events;

namespace CopyEngine.Host.Configuration;

/// <summary>Everything that <c>serve</c> can be told, by options or by the file of <c>--config</c>; options win.</summary>
internal sealed record HostSettings
{
    public string DataDirectory { get; init; } = "./data";

    public NetworkAddress Gateway { get; init; } = new("127.0.0.1", 7400);

    public NetworkAddress Http { get; init; } = new("127.0.0.1", 7480);

    public RedisOptions Redis { get; init; } = RedisOptions.Default;

    public string? WorldFile { get; init; }

    public bool IsDemo { get; init; }

    public IReadOnlyList<string> QuoteFiles { get; init; } = [];

    public string? OrderFile { get; init; }

    public ReplaySpeed Speed { get; init; } = ReplaySpeed.Max;

    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>Length of one journal file in bytes.</summary>
    public long SegmentBytes { get; init; } = new JournalLimits().SegmentBytes;

    public SnapshotSettings Snapshots { get; init; } = new();

    public LogEventLevel LogLevel { get; init; } = LogEventLevel.Information;

    public EngineLimits Limits { get; init; } = new();

    /// <summary>Prices or commands come from recorded files, which are then the engine's only producer.</summary>
    public bool IsReplay => QuoteFiles.Count > 0 || OrderFile is not null;

    /// <summary>Where the engine keeps what it knows.</summary>
    public StoreSettings Store => new() { Directory = DataDirectory, Durability = Durability, SegmentBytes = SegmentBytes };
}
