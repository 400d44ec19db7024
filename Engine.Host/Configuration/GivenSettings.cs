using System.Globalization;
using CopyEngine.Host.Feeds;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Store;
using CopyEngine.Journal;
using Serilog.Events;

namespace CopyEngine.Host.Configuration;

/// <summary>A setting as it was written, and where: <c>--http</c> or <c>engine.json: $.http</c>.</summary>
internal readonly record struct Given(string Value, string Where);

/// <summary>Settings as they were given by the command line and the configuration file, turned into <see cref="HostSettings"/>.</summary>
internal sealed class GivenSettings
{
    private readonly Dictionary<string, Given> _single = new(StringComparer.Ordinal);

    public IReadOnlyList<Given> QuoteFiles { get; private set; } = [];

    public EngineLimits Limits { get; set; } = new();

    public long SegmentBytes { get; set; } = new JournalLimits().SegmentBytes;

    public SnapshotSettings Snapshots { get; set; } = new();

    /// <summary>Takes a setting; one that is given already, by the command line, stays.</summary>
    public void Add(string name, string? value, string where)
    {
        if (value is not null)
        {
            _single.TryAdd(name, new Given(value, where));
        }
    }

    /// <summary>Takes the recorded prices; those given already stay.</summary>
    public void AddQuoteFiles(IReadOnlyList<Given> files) => QuoteFiles = QuoteFiles.Count > 0 ? QuoteFiles : files;

    /// <summary>The settings, all checked.</summary>
    /// <exception cref="HostException">One of them is wrong, or two exclude each other.</exception>
    public HostSettings ToSettings()
    {
        var settings = new HostSettings
        {
            Limits = Limits,
            SegmentBytes = SegmentBytes,
            Snapshots = Snapshots,
            QuoteFiles = [.. QuoteFiles.Select(file => file.Value)],
        };
        settings = settings with
        {
            DataDirectory = Text("data") ?? settings.DataDirectory,
            Gateway = Parsed("gateway", settings.Gateway, ReadAddress),
            Http = Parsed("http", settings.Http, ReadAddress),
            Redis = Parsed("redis", settings.Redis, ReadRedis),
            WorldFile = Text("world"),
            IsDemo = Parsed("demo", false, ReadFlag),
            OrderFile = Text("orders"),
            Speed = Parsed("speed", settings.Speed, ReadSpeed),
            Durability = Parsed("durability", settings.Durability, ReadDurability),
            LogLevel = Parsed("logLevel", settings.LogLevel, ReadLogLevel),
        };
        CheckTogether(settings);
        return settings;
    }

    private void CheckTogether(HostSettings settings)
    {
        if (settings.IsDemo && settings.WorldFile is not null)
        {
            throw Exclude("demo", "world", "the demo brings its own world");
        }
        if (settings.IsDemo && settings.IsReplay)
        {
            throw Exclude("demo", settings.OrderFile is null ? "quotes" : "orders", "the demo makes its own prices and orders");
        }
        if (settings.IsReplay && settings.WorldFile is null)
        {
            throw HostException.WrongUsage($"{Where(settings.OrderFile is null ? "quotes" : "orders")} needs --world FILE: recorded prices need instruments and accounts");
        }
        if (_single.TryGetValue("speed", out Given speed) && !settings.IsReplay)
        {
            throw HostException.WrongUsage($"{speed.Where} is the speed of recorded prices: give --quotes or --orders with it");
        }
    }

    private HostException Exclude(string one, string other, string reason) =>
        HostException.WrongUsage($"{Where(one)} and {Where(other)} exclude each other: {reason}");

    private string Where(string name) =>
        name == "quotes" ? QuoteFiles[0].Where : _single[name].Where;

    private string? Text(string name)
    {
        if (!_single.TryGetValue(name, out Given given))
        {
            return null;
        }
        return given.Value.Length > 0 ? given.Value : throw HostException.WrongUsage($"{given.Where} is empty: give a path");
    }

    private TValue Parsed<TValue>(string name, TValue absent, Func<Given, TValue> read) =>
        _single.TryGetValue(name, out Given given) ? read(given) : absent;

    private static NetworkAddress ReadAddress(Given given) => NetworkAddress.TryParse(given.Value, out NetworkAddress address)
        ? address
        : throw Wrong(given, "HOST:PORT, e.g. 127.0.0.1:7400");

    private static RedisOptions ReadRedis(Given given) => RedisOptions.TryParse(given.Value, out RedisOptions? options, out string? error)
        ? options
        : throw HostException.WrongUsage($"{given.Where}: {error}");

    private static bool ReadFlag(Given given) => given.Value is "true" or "false"
        ? given.Value == "true"
        : throw Wrong(given, "true or false");

    private static ReplaySpeed ReadSpeed(Given given)
    {
        if (given.Value == "max")
        {
            return ReplaySpeed.Max;
        }
        bool isFactor = double.TryParse(given.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double factor);
        return isFactor && factor is >= 0.001 and <= 1_000_000
            ? new ReplaySpeed(factor)
            : throw Wrong(given, "max or a factor from 0.001 to 1000000, e.g. 10 for ten times as fast as recorded");
    }

    private static Durability ReadDurability(Given given) => given.Value switch
    {
        "fsync" => Durability.Fsync,
        "os" => Durability.Os,
        _ => throw Wrong(given, "fsync or os"),
    };

    private static LogEventLevel ReadLogLevel(Given given) => given.Value switch
    {
        "debug" => LogEventLevel.Debug,
        "information" => LogEventLevel.Information,
        "warning" => LogEventLevel.Warning,
        "error" => LogEventLevel.Error,
        _ => throw Wrong(given, "debug, information, warning or error"),
    };

    private static HostException Wrong(Given given, string expected) =>
        HostException.WrongUsage($"{given.Where}: '{given.Value}' is not {expected}");
}
