using System.Collections.Concurrent;
using System.Net;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Numerics;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Client;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>A real engine behind a real gateway on a free port, with a small world: two providers, three followers, four instruments.</summary>
internal sealed class GatewayWorld : IAsyncDisposable
{
    public const string Provider = "strategy_provider:1";
    public const string OtherProvider = "strategy_provider:2";
    public const string Follower = "copy_follower:1";

    private readonly Dictionary<string, string> _keyFiles = [];

    private readonly IEventListener[] _listeners;
    private volatile bool _isStorageLow;

    private GatewayWorld(GatewayLimits limits, EngineLimits engineLimits, string folder, IEventListener[] listeners)
    {
        Folder = folder;
        _listeners = listeners;
        Keys = ApiKeyStore.Open(folder, masterKey: null);
        Gateway = new OrderGateway(limits, Keys, Log);
        Engine = new TradingEngine(engineLimits, [Gateway, .. listeners]);
        Gateway.Attach(Engine, () => _isStorageLow);
    }

    public string Folder { get; }

    public ApiKeyStore Keys { get; }

    public OrderGateway Gateway { get; }

    public TradingEngine Engine { get; }

    public CollectedLog Log { get; } = new();

    /// <summary>What the journal says of its disk.</summary>
    public bool IsStorageLow
    {
        get => _isStorageLow;
        set => _isStorageLow = value;
    }

    public IPEndPoint EndPoint => Gateway.EndPoint;

    public static async Task<GatewayWorld> StartAsync(
        GatewayLimits? limits = null, EngineLimits? engineLimits = null, params IEventListener[] listeners)
    {
        string folder = Directory.CreateTempSubdirectory("gateway-").FullName;
        // All of a test comes from one address, and nobody wants to wait at its end.
        limits ??= new GatewayLimits { ConnectionsBeforeLoginPerAddress = 256 };
        limits = limits with { HousekeepingInterval = TimeSpan.FromMilliseconds(50), Linger = TimeSpan.FromMilliseconds(20) };
        var world = new GatewayWorld(limits, engineLimits ?? new EngineLimits(), folder, listeners);
        world.Engine.Start();
        await world.BuildAsync();
        await world.Gateway.StartAsync(new IPEndPoint(IPAddress.Loopback, 0));
        return world;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (BlockingListener listener in _listeners.OfType<BlockingListener>())
        {
            listener.Release();
        }
        Gateway.StopTaking();
        await Engine.StopAsync();
        await Gateway.DisposeAsync();
        await Engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The key of a role, made when first asked for; provider 1, followers 1 to 3.</summary>
    public ApiKey Key(KeyRole role, params string[] accounts)
    {
        string[] given = accounts.Length > 0 ? accounts : role switch
        {
            KeyRole.Provider => [Provider],
            KeyRole.Follower => ["copy_follower:1..3"],
            _ => [],
        };
        return ApiKey.ReadFile(KeyFile(role, given));
    }

    public string KeyFile(KeyRole role, params string[] accounts)
    {
        string name = $"{role}-{string.Join('-', accounts).Replace(':', '-')}.json";
        if (!_keyFiles.TryGetValue(name, out string? path))
        {
            path = Path.Combine(Folder, name);
            Keys.Create(role, accounts, path);
            Keys.ReloadIfChanged();
            _keyFiles.Add(name, path);
        }
        return path;
    }

    public Task<TradingClient> ConnectAsync(KeyRole role, EventPosition? resumeFrom = null, params string[] accounts) =>
        TradingClient.ConnectAsync(
            new TradingClientOptions { Host = "127.0.0.1", Port = EndPoint.Port, Key = Key(role, accounts), ResumeFrom = resumeFrom },
            TestContext.Current.CancellationToken);

    public Task<RawClient> DialAsync() => RawClient.ConnectAsync(EndPoint);

    public async Task<RawClient> LogInAsync(KeyRole role, params string[] accounts)
    {
        RawClient client = await DialAsync();
        await client.LogInAsync(Key(role, accounts));
        return client;
    }

    /// <summary>Applies a command that nobody sent, and waits until every listener knows.</summary>
    public async Task<long> DoAsync<TCommand>(TCommand command) where TCommand : unmanaged, ICommand
    {
        long sequence = Engine.Publish(in command, default, Engine.NowMicroseconds());
        await Engine.WaitForAsync(sequence, TestContext.Current.CancellationToken);
        return sequence;
    }

    public Task QuoteAsync(string symbol, string bid, string ask) => DoAsync(new Quote
    {
        Symbol = Engine.Directory.FindInstrument(symbol)!.Id,
        Bid = Fixed8.Parse(bid),
        Ask = Fixed8.Parse(ask),
        SourceTime = Engine.NowMicroseconds(),
    });

    public int Account(string name) => Engine.Directory.FindAccount(AccountName.Parse(name))!.Id;

    /// <summary>A market order that nobody sent; its report goes to whoever has the account.</summary>
    public Task<long> TradeAsync(string account, string lots = "0.10", Side side = Side.Buy) => DoAsync(Order(account, lots, side));

    public PlaceOrder Order(string account, string lots = "0.10", Side side = Side.Buy) => new()
    {
        Account = Account(account),
        Symbol = Engine.Directory.FindInstrument("EURUSD")!.Id,
        Side = side,
        OrderType = OrderType.Market,
        TimeInForce = TimeInForce.Gtc,
        Lots = Fixed8.Parse(lots),
        Price = Field.NotGiven,
        StopPrice = Field.NotGiven,
        StopLoss = Field.NotGiven,
        TakeProfit = Field.NotGiven,
        MaxSlippage = Field.NotGiven,
    };

    private async Task BuildAsync()
    {
        await DoAsync(Instrument("EURUSD", 5, "EUR", "USD"));
        await DoAsync(Instrument("USDJPY", 3, "USD", "JPY"));
        await DoAsync(Instrument("XAUUSD", 2, "XAU", "USD") with { ContractSize = 100 * Fixed8.One, AssetClass = AssetClass.Commodity });
        RegisterInstrument closed = Instrument("CLOSED", 5, "EUR", "USD");
        closed.Sessions[0] = SessionThatIsOver();
        await DoAsync(closed);
        await DoAsync(new RegisterGroup
        {
            Name = GroupName.From("Standard"),
            WarningLevel = 500_000,
            LiquidationLevel = 100_000,
            WarningIntervalSeconds = 3_600,
            Liquidation = LiquidationRule.LargestLossFirst,
            MarginPrice = MarginPrice.Current,
            Conversion = ConversionPrice.Ask,
            NegativeBalanceProtection = true,
        });
        await QuoteAsync("EURUSD", "1.10000", "1.10010");
        await QuoteAsync("USDJPY", "150.000", "150.010");
        await QuoteAsync("XAUUSD", "2400.00", "2400.50");
        foreach (string account in (string[])[Provider, OtherProvider, "copy_follower:1", "copy_follower:2", "copy_follower:3"])
        {
            await OpenAsync(account, account.StartsWith("copy", StringComparison.Ordinal) ? "1000.00" : "10000.00");
        }
        foreach (string follower in (string[])["copy_follower:1", "copy_follower:2"])
        {
            await DoAsync(new Follow { Provider = Account(Provider), Follower = Account(follower), Settings = CopySettings.Default });
        }
    }

    public async Task OpenAsync(string account, string balance)
    {
        AccountName name = AccountName.Parse(account);
        await DoAsync(new OpenAccount
        {
            UserType = name.UserType,
            AccountNumber = name.Number,
            Group = 0,
            Currency = CurrencyCode.From("USD"),
            Leverage = 100,
        });
        await DoAsync(new MoveFunds { Account = Account(account), Amount = Fixed8.Parse(balance) });
    }

    private static RegisterInstrument Instrument(string symbol, byte digits, string baseCurrency, string profitCurrency) => new()
    {
        Symbol = Symbol.From(symbol),
        BaseCurrency = CurrencyCode.From(baseCurrency),
        ProfitCurrency = CurrencyCode.From(profitCurrency),
        ContractSize = 100_000 * Fixed8.One,
        MinLot = Fixed8.Parse("0.01"),
        MaxLot = 100 * Fixed8.One,
        LotStep = Fixed8.Parse("0.01"),
        MarginFactor = Fixed8.One,
        Digits = digits,
        AssetClass = AssetClass.Forex,
        Execution = Execution.Quote,
        SwapType = SwapType.Points,
        TripleSwapDay = DayOfWeek.Wednesday,
    };

    /// <summary>A minute of the week that is half a week away.</summary>
    private static TradingSession SessionThatIsOver()
    {
        const int week = 7 * 24 * 60;
        DateTime now = DateTime.UtcNow;
        int minute = ((int)now.DayOfWeek + 6) % 7 * 24 * 60 + now.Hour * 60 + now.Minute;
        int other = (minute + week / 2) % (week - 1);
        return new TradingSession((ushort)other, (ushort)(other + 1));
    }
}

/// <summary>Keeps everything that is logged.</summary>
internal sealed class CollectedLog : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public string Text => string.Join('\n', _lines);

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
}
