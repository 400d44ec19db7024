using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Cascades;

/// <summary>
/// The real engine with its threads, and a world of one falling provider with followers and one that goes on trading.
/// </summary>
internal sealed class EngineWorld : IAsyncDisposable
{
    public const int Faller = 0;
    public const int Bystander = 1;
    private const int FirstFollower = 2;
    private readonly int _followers;

    public EngineWorld(int followers, int workQuota, IEventListener listener)
    {
        _followers = followers;
        Engine = new TradingEngine(new EngineLimits { WorkQuota = workQuota }, [listener]);
        Engine.Start();
        Publish(Instrument());
        Publish(new RegisterGroup
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
        Open(UserType.StrategyProvider, 1, "10000");
        Open(UserType.StrategyProvider, 2, "1000000");
        for (int follower = 0; follower < followers; follower++)
        {
            Open(UserType.CopyFollower, follower + 1, "20000");
            Publish(new Follow { Provider = Faller, Follower = FirstFollower + follower, Settings = CopySettings.Default });
        }
        Quote("1.10000");
    }

    public TradingEngine Engine { get; }

    public long Quote(string bid) => Publish(new Quote
    {
        Symbol = 0,
        Bid = Fixed8.Parse(bid),
        Ask = Fixed8.Parse(bid) + 1_000,
        SourceTime = Engine.NowMicroseconds(),
    });

    public long Buy(int account, string lots, string clientOrderId) => Publish(new PlaceOrder
    {
        ClientOrderId = ClientOrderId.From(clientOrderId),
        Account = account,
        Symbol = 0,
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
    });

    public long Publish<TCommand>(in TCommand command) where TCommand : unmanaged, ICommand =>
        Engine.Publish(in command, default, Engine.NowMicroseconds());

    /// <summary>Waits until a command, and all long work after it, has been seen by the listener.</summary>
    public async Task SettleAsync(long sequence, CancellationToken cancellation)
    {
        await Engine.WaitForAsync(sequence, cancellation);
        while (Engine.Statistics.HasUnfinishedWork)
        {
            await Task.Delay(1, cancellation);
        }
        await Engine.WaitForAsync(Engine.Statistics.Sequence, cancellation);
    }

    public bool IsFollower(int account) => account >= FirstFollower && account < FirstFollower + _followers;

    public async ValueTask DisposeAsync() => await Engine.DisposeAsync();

    private void Open(UserType type, int number, string balance)
    {
        Publish(new OpenAccount
        {
            UserType = type,
            AccountNumber = number,
            Group = 0,
            Currency = CurrencyCode.From("USD"),
            Leverage = 100,
        });
        int account = type == UserType.StrategyProvider ? number - 1 : FirstFollower + number - 1;
        Publish(new MoveFunds { Account = account, Amount = Fixed8.Parse(balance) });
    }

    private static RegisterInstrument Instrument() => new()
    {
        Symbol = Symbol.From("EURUSD"),
        BaseCurrency = CurrencyCode.From("EUR"),
        ProfitCurrency = CurrencyCode.From("USD"),
        Digits = 5,
        ContractSize = 100_000 * Fixed8.One,
        LotStep = Fixed8.Parse("0.01"),
        MinLot = Fixed8.Parse("0.01"),
        MaxLot = Fixed8.Parse("100"),
        MarginFactor = Fixed8.One,
        AssetClass = AssetClass.Forex,
        Execution = Execution.Quote,
        SwapType = SwapType.Points,
        TripleSwapDay = DayOfWeek.Wednesday,
    };
}
