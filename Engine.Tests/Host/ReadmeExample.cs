using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Host;

/// <summary>The program of the README, compiled; a test compares the text.</summary>
internal static class ReadmeExample
{
    // <readme>
    public sealed class Printer : IEventListener
    {
        public string Name => "printer";

        public List<string> Lines { get; } = [];

        // Called on a thread of its own, once per event, in order; the slot is only valid during the call.
        public void OnEvent(ref EventSlot slot, bool endOfBatch)
        {
            if (slot.Header.Type == EventType.OrderReport)
            {
                ref OrderReport report = ref slot.As<OrderReport>();
                Lines.Add($"account {report.Account}: {report.Status} {report.RemainingSteps} steps at {report.LastPricePoints} points");
            }
        }
    }

    public static async Task<IReadOnlyList<string>> TradeAsync()
    {
        var printer = new Printer();
        await using var engine = new TradingEngine(new EngineLimits(), [printer]);
        engine.Start();

        long now = engine.NowMicroseconds();
        engine.Publish(new RegisterInstrument
        {
            Symbol = Symbol.From("EURUSD"),
            BaseCurrency = CurrencyCode.From("EUR"),
            ProfitCurrency = CurrencyCode.From("USD"),
            Digits = 5,
            ContractSize = 100_000 * Fixed8.One,
            LotStep = Fixed8.Parse("0.01"),
            MinLot = Fixed8.Parse("0.01"),
            MaxLot = 100 * Fixed8.One,
            MarginFactor = Fixed8.One,
            AssetClass = AssetClass.Forex,
            Execution = Execution.Quote,
            SwapType = SwapType.Points,
            TripleSwapDay = DayOfWeek.Wednesday,
        }, default, now);
        engine.Publish(new RegisterGroup
        {
            Name = GroupName.From("Standard"),
            WarningLevel = 500_000,
            LiquidationLevel = 100_000,
            NegativeBalanceProtection = true,
            Liquidation = LiquidationRule.LargestLossFirst,
            MarginPrice = MarginPrice.Current,
            Conversion = ConversionPrice.Ask,
        }, default, now);
        long opened = engine.Publish(new OpenAccount
        {
            UserType = UserType.StrategyProvider,
            AccountNumber = 1,
            Group = 0,
            Currency = CurrencyCode.From("USD"),
            Leverage = 100,
        }, default, now);
        await engine.WaitForAsync(opened);

        // Names become dense ids once; commands carry ids.
        int account = engine.Directory.FindAccount(AccountName.Parse("strategy_provider:1"))!.Id;
        int symbol = engine.Directory.FindInstrument("EURUSD")!.Id;
        engine.Publish(new MoveFunds { Account = account, Amount = 10_000 * Fixed8.One }, default, now);
        engine.Publish(new Quote { Symbol = symbol, Bid = Fixed8.Parse("1.10000"), Ask = Fixed8.Parse("1.10010"), SourceTime = now }, default, now);
        long placed = engine.Publish(new PlaceOrder
        {
            ClientOrderId = ClientOrderId.From("first"),
            Account = account,
            Symbol = symbol,
            Side = Side.Buy,
            OrderType = OrderType.Market,
            TimeInForce = TimeInForce.Gtc,
            Lots = Fixed8.Parse("0.50"),
            Price = Field.NotGiven,
            StopPrice = Field.NotGiven,
            StopLoss = Field.NotGiven,
            TakeProfit = Field.NotGiven,
            ExpiresAt = Field.NotGiven,
            MaxSlippage = Field.NotGiven,
        }, default, now);
        await engine.WaitForAsync(placed);
        return printer.Lines;
    }
    // </readme>
}
