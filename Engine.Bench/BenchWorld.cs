using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Bench;

/// <summary>A core with a large world, fed directly: what is measured is the core alone, events included.</summary>
internal sealed class BenchWorld : IEventSink
{
    private const long Start = 1_772_532_000_000_000;
    private readonly EventSlot[] _ring = new EventSlot[1 << 16];
    private readonly TradingCore _core;
    private CommandSlot _slot;
    private int _at;
    private long _sequence;

    public BenchWorld(int symbols)
    {
        _core = new TradingCore(new EngineLimits(), this);
        for (int symbol = 0; symbol < symbols; symbol++)
        {
            Apply(Instrument(symbol));
        }
        Apply(Standard);
        QuoteAll(symbols, "1.10000");
    }

    /// <summary>Events by type, so that a scenario can check what happened.</summary>
    public long[] Counts { get; } = new long[64];

    public TradingCore Core => _core;

    public long Copied { get; private set; }

    public int Accounts { get; private set; }

    public CascadeReport LastCascade { get; private set; }

    public int Open(UserType type, string balance)
    {
        Apply(new OpenAccount
        {
            UserType = type,
            AccountNumber = Accounts + 1,
            Group = 0,
            Currency = CurrencyCode.From("USD"),
            Leverage = 100,
        });
        Apply(new MoveFunds { Account = Accounts, Amount = Fixed8.Parse(balance) });
        return Accounts++;
    }

    public void Follow(int provider, int follower) =>
        Apply(new Follow { Provider = provider, Follower = follower, Settings = CopySettings.Default });

    public void Buy(int account, int symbol, string lots) => Apply(MarketOrder(account, symbol, lots));

    /// <summary>A market order to buy.</summary>
    public static PlaceOrder MarketOrder(int account, int symbol, string lots) => new()
    {
        Account = account,
        Symbol = symbol,
        Side = Side.Buy,
        OrderType = OrderType.Market,
        TimeInForce = TimeInForce.Gtc,
        Lots = Fixed8.Parse(lots),
        Price = Field.NotGiven,
        StopPrice = Field.NotGiven,
        StopLoss = Field.NotGiven,
        TakeProfit = Field.NotGiven,
        ExpiresAt = Field.NotGiven,
        MaxSlippage = Field.NotGiven,
    };

    public void QuoteAll(int symbols, string bid)
    {
        long price = Fixed8.Parse(bid);
        for (int symbol = 0; symbol < symbols; symbol++)
        {
            Apply(new Quote { Symbol = symbol, Bid = price, Ask = price + 2_000, SourceTime = Start });
        }
    }

    /// <summary>Applies a command and everything that it causes; the longest single step is what others would wait.</summary>
    public (TimeSpan Total, TimeSpan LongestStep) Measure<TCommand>(in TCommand command) where TCommand : unmanaged, ICommand
    {
        long started = Stopwatch.GetTimestamp();
        Apply(in command);
        long longest = Stopwatch.GetTimestamp() - started;
        while (_core.HasUnfinishedWork)
        {
            long step = Stopwatch.GetTimestamp();
            Apply(new Continue());
            longest = Math.Max(longest, Stopwatch.GetTimestamp() - step);
        }
        return (Stopwatch.GetElapsedTime(started), Stopwatch.GetElapsedTime(0, longest));
    }

    public void Apply<TCommand>(in TCommand command) where TCommand : unmanaged, ICommand
    {
        _slot.Header = new CommandHeader { Sequence = ++_sequence, Time = Start + _sequence };
        _slot.Set(in command);
        _core.Apply(ref _slot);
    }

    public void Finish()
    {
        while (_core.HasUnfinishedWork)
        {
            Apply(new Continue());
        }
    }

    public void Validate() => _core.Validate();

    ref EventSlot IEventSink.Claim() => ref _ring[_at];

    void IEventSink.Publish()
    {
        ref EventSlot slot = ref _ring[_at];
        Counts[(int)slot.Header.Type]++;
        switch (slot.Header.Type)
        {
            case EventType.CopyReport:
                Copied += slot.As<CopyReport>().Copied;
                break;
            case EventType.CascadeReport:
                LastCascade = slot.As<CascadeReport>();
                break;
        }
        _at = (_at + 1) & (_ring.Length - 1);
    }

    /// <summary>The one group of the world.</summary>
    public static RegisterGroup Standard => new()
    {
        Name = GroupName.From("Standard"),
        WarningLevel = 500_000,
        LiquidationLevel = 100_000,
        WarningIntervalSeconds = 3_600,
        Liquidation = LiquidationRule.LargestLossFirst,
        MarginPrice = MarginPrice.Current,
        Conversion = ConversionPrice.Ask,
        NegativeBalanceProtection = true,
    };

    /// <summary>An instrument by its number; 0 is EURUSD.</summary>
    public static RegisterInstrument Instrument(int symbol) => new()
    {
        Symbol = Symbol.From(symbol == 0 ? "EURUSD" : $"X{symbol}USD"),
        BaseCurrency = CurrencyCode.From(symbol == 0 ? "EUR" : $"X{symbol}"),
        ProfitCurrency = CurrencyCode.From("USD"),
        Digits = 5,
        ContractSize = 100_000 * Fixed8.One,
        LotStep = Fixed8.Parse("0.01"),
        MinLot = Fixed8.Parse("0.01"),
        MaxLot = Fixed8.Parse("100000"),
        MarginFactor = Fixed8.One,
        AssetClass = AssetClass.Forex,
        Execution = Execution.Quote,
        SwapType = SwapType.Points,
        TripleSwapDay = DayOfWeek.Wednesday,
    };
}
