using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>Changes some fields of a command that the world has filled with defaults.</summary>
internal delegate void Adjust<TCommand>(ref TCommand command);

/// <summary>
/// A small trading world for tests, spoken to in symbols, account names and plain decimals. Every call is one command;
/// <see cref="Last"/> holds what it caused and <see cref="All"/> everything so far.
/// </summary>
/// <example>
/// <code>
/// var world = new TestWorld(engine);
/// world.Instrument("EURUSD").Group("Standard").Account("live:1", "10000.00").Quote("EURUSD", "1.10000", "1.10002");
/// OrderReport filled = world.Buy("live:1", "EURUSD", "1.00");
/// </code>
/// </example>
internal sealed partial class TestWorld(IRulesEngine engine)
{
    /// <summary>Tuesday 2026-03-03 10:00 UTC: inside usual trading hours, not a triple swap day.</summary>
    public static readonly DateTime Start = new(2026, 3, 3, 10, 0, 0, DateTimeKind.Utc);

    private readonly Dictionary<string, int> _instruments = [];
    private readonly Dictionary<string, int> _groups = [];
    private readonly Dictionary<string, int> _accounts = [];
    private readonly Dictionary<int, RegisterInstrument> _definitions = [];
    private readonly Dictionary<long, OrderReport> _orders = [];
    private long _sequence;

    /// <summary>Time of the next command.</summary>
    public DateTime Now { get; set; } = Start;

    /// <summary>What the last command caused.</summary>
    public EventLog Last { get; } = new();

    /// <summary>Everything that happened.</summary>
    public EventLog All { get; } = new();

    /// <summary>Number of commands sent so far, also the sequence of the last one.</summary>
    public long Sequence => _sequence;

    public int Symbol(string symbol) => _instruments[symbol];

    public int GroupId(string name) => _groups[name];

    public int Id(string account) => _accounts[account];

    /// <summary>Sends a command as it is.</summary>
    public TestWorld Send<TCommand>(in TCommand command, Adjust<CommandHeader>? header = null) where TCommand : unmanaged, ICommand
    {
        var slot = new CommandSlot();
        slot.Set(in command);
        slot.Header.Sequence = ++_sequence;
        slot.Header.Time = Microseconds(Now);
        header?.Invoke(ref slot.Header);
        Last.Clear();
        engine.Apply(ref slot, Last);
        Remember();
        return this;
    }

    public TestWorld Advance(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public static long Microseconds(DateTime time) => (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>
    /// Defines an instrument. Base and profit currency are the symbol's halves; forex, contract size 100,000, lots
    /// 0.01 to 1,000, five digits, three for yen.
    /// </summary>
    public TestWorld Instrument(string symbol, Adjust<RegisterInstrument>? adjust = null)
    {
        string profit = symbol.Length > 3 ? symbol[3..] : "USD";
        var command = new RegisterInstrument
        {
            Symbol = Numerics.Symbol.From(symbol),
            BaseCurrency = CurrencyCode.From(symbol[..3]),
            ProfitCurrency = CurrencyCode.From(profit),
            ContractSize = Fixed8.Parse("100000"),
            MinLot = Fixed8.Parse("0.01"),
            MaxLot = Fixed8.Parse("1000"),
            LotStep = Fixed8.Parse("0.01"),
            MarginFactor = Fixed8.One,
            Digits = (byte)(profit == "JPY" ? 3 : 5),
            AssetClass = AssetClass.Forex,
            Execution = Execution.Quote,
            SwapType = SwapType.Points,
            TripleSwapDay = DayOfWeek.Wednesday,
        };
        adjust?.Invoke(ref command);
        return Send(in command);
    }

    /// <summary>Defines a group: warning at 50 %, liquidation at 10 %, largest loss first, protected.</summary>
    public TestWorld Group(string name, Adjust<RegisterGroup>? adjust = null)
    {
        var command = new RegisterGroup
        {
            Name = GroupName.From(name),
            WarningLevel = 500_000,
            LiquidationLevel = 100_000,
            WarningIntervalSeconds = 3_600,
            Liquidation = LiquidationRule.LargestLossFirst,
            MarginPrice = MarginPrice.Current,
            Conversion = ConversionPrice.Ask,
            NegativeBalanceProtection = true,
        };
        adjust?.Invoke(ref command);
        return Send(in command);
    }

    /// <summary>Sets what a group does for an instrument: its limits, no half-spread, no commission.</summary>
    public TestWorld GroupInstrument(string group, string symbol, Adjust<SetGroupInstrument>? adjust = null)
    {
        RegisterInstrument definition = _definitions[Symbol(symbol)];
        var command = new SetGroupInstrument
        {
            Group = GroupId(group),
            Symbol = Symbol(symbol),
            MinLot = definition.MinLot,
            MaxLot = definition.MaxLot,
            CommissionBasis = CommissionBasis.PerLot,
            CommissionSide = CommissionSide.Entry,
        };
        adjust?.Invoke(ref command);
        return Send(in command);
    }

    /// <summary>Opens an account, in the first group unless told otherwise, and deposits its balance.</summary>
    public TestWorld Account(
        string account, string balance = "0", string currency = "USD", int leverage = 100, string? group = null)
    {
        AccountName name = AccountName.Parse(account);
        Send(new OpenAccount
        {
            UserType = name.UserType,
            AccountNumber = name.Number,
            Group = group is null ? 0 : GroupId(group),
            Currency = CurrencyCode.From(currency),
            Leverage = leverage,
        });
        return Fixed8.Parse(balance) == 0 ? this : Funds(account, balance);
    }

    public TestWorld Funds(string account, string amount) =>
        Send(new MoveFunds { Account = Id(account), Amount = Fixed8.Parse(amount) });

    public TestWorld Status(string account, AccountStatus status) =>
        Send(new SetAccountStatus { Account = Id(account), Status = status });

    /// <summary>Links with the default settings: proportional, ratio 1.</summary>
    public TestWorld Follow(string follower, string provider, Adjust<CopySettings>? adjust = null)
    {
        CopySettings settings = CopySettings.Default;
        adjust?.Invoke(ref settings);
        return Send(new Follow { Provider = Id(provider), Follower = Id(follower), Settings = settings });
    }

    public TestWorld Unfollow(string follower, string provider, OpenCopies openCopies) =>
        Send(new Unfollow { Provider = Id(provider), Follower = Id(follower), OpenCopies = openCopies });

    public TestWorld LinkStatus(string follower, string provider, LinkStatus status) =>
        Send(new SetLinkStatus { Provider = Id(provider), Follower = Id(follower), Status = status });

    public TestWorld Quote(string symbol, string bid, string ask) =>
        Send(new Quote
        {
            Symbol = Symbol(symbol),
            Bid = Fixed8.Parse(bid),
            Ask = Fixed8.Parse(ask),
            SourceTime = Microseconds(Now),
        });

    public TestWorld Tick()
    {
        Now += TimeSpan.FromMilliseconds(200);
        return Send(default(Tick));
    }

    /// <summary>Ends the day that <see cref="Now"/> is in: goes to the next midnight and charges swaps.</summary>
    public TestWorld Rollover()
    {
        int day = (Now.Date - DateTime.UnixEpoch).Days;
        Now = Now.Date.AddDays(1);
        return Send(new Rollover { Day = day });
    }
}
