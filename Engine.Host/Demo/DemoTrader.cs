using System.Globalization;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Demo;

/// <summary>An open order as its trader knows it.</summary>
internal sealed record TradedOrder(long OrderId, int Symbol, Side Side, long Lots, int OpenPricePoints, double OpenedAtSeconds);

/// <summary>
/// A provider that trades like an outsider: it sends orders under client order ids of its own and learns what became of
/// them from reports.
/// </summary>
internal abstract class DemoTrader(TradingEngine engine, SimulatedMarket market, AccountEntry account, int seed)
{
    // Ids differ from run to run, so that an engine that remembers the last run does not take them for repeats.
    private readonly string _run = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
    private int _sent;

    public int Account => account.Id;

    protected Random Random { get; } = new(seed);

    protected SimulatedMarket Market => market;

    /// <summary>Filled orders that are still open, oldest first.</summary>
    protected List<TradedOrder> Open { get; } = [];

    /// <summary>Ids of orders that wait.</summary>
    protected List<long> Waiting { get; } = [];

    /// <summary>Called at every step of the market.</summary>
    public abstract void Act();

    /// <summary>Told what became of an order.</summary>
    public virtual void Take(in OrderReport report)
    {
        long orderId = report.OrderId;
        switch (report.Status)
        {
            case OrderStatus.New:
                Waiting.Add(orderId);
                break;
            case OrderStatus.Filled:
                Waiting.Remove(orderId);
                Open.Add(new TradedOrder(orderId, report.Symbol, report.Side, LotsOf(in report), report.AveragePricePoints, market.Seconds));
                break;
            case OrderStatus.Closed:
                Open.RemoveAll(order => order.OrderId == orderId);
                break;
            case OrderStatus.Cancelled or OrderStatus.Expired or OrderStatus.Rejected:
                Waiting.Remove(orderId);
                break;
        }
    }

    protected void Place(string symbol, Side side, string lots, OrderType type = OrderType.Market, long price = Field.NotGiven,
        long stopLoss = Field.NotGiven, long takeProfit = Field.NotGiven)
    {
        var order = new PlaceOrder
        {
            ClientOrderId = NextId(),
            Account = account.Id,
            Symbol = engine.Directory.FindInstrument(symbol)!.Id,
            Side = side,
            OrderType = type,
            TimeInForce = TimeInForce.Gtc,
            Lots = Fixed8.Parse(lots),
            Price = type == OrderType.Limit ? price : Field.NotGiven,
            StopPrice = type == OrderType.Stop ? price : Field.NotGiven,
            StopLoss = stopLoss,
            TakeProfit = takeProfit,
            MaxSlippage = Field.NotGiven,
            ExpiresAt = Field.NotGiven,
        };
        engine.TryPublish(in order, HostSenders.Demo);
    }

    protected void Close(TradedOrder order, long lots = Field.NotGiven) =>
        engine.TryPublish(new CloseOrder { ClientOrderId = NextId(), Account = account.Id, OrderId = order.OrderId, Lots = lots }, HostSenders.Demo);

    protected void MoveStopLoss(TradedOrder order, long stopLoss) => engine.TryPublish(
        new ModifyOrder
        {
            ClientOrderId = NextId(),
            Account = account.Id,
            OrderId = order.OrderId,
            Lots = Field.NotGiven,
            Price = Field.NotGiven,
            StopPrice = Field.NotGiven,
            StopLoss = stopLoss,
            TakeProfit = Field.NotGiven,
        },
        HostSenders.Demo);

    protected void Cancel(long orderId) =>
        engine.TryPublish(new CancelOrder { ClientOrderId = NextId(), Account = account.Id, OrderId = orderId }, HostSenders.Demo);

    /// <summary>Profit per unit in points of the price, positive or negative.</summary>
    protected long ProfitPoints(TradedOrder order)
    {
        InstrumentEntry instrument = engine.Directory.Instrument(order.Symbol);
        SimulatedQuote quote = market.Quote(instrument.Symbol);
        return order.Side == Side.Buy
            ? quote.Bid / instrument.PointUnits - order.OpenPricePoints
            : order.OpenPricePoints - quote.Ask / instrument.PointUnits;
    }

    protected string SymbolOf(TradedOrder order) => engine.Directory.Instrument(order.Symbol).Symbol;

    /// <summary>A price so many points away.</summary>
    protected long Points(string symbol, long price, long points) => price + points * engine.Directory.FindInstrument(symbol)!.PointUnits;

    private long LotsOf(in OrderReport report) => report.RemainingSteps * engine.Directory.Instrument(report.Symbol).Definition.LotStep;

    private ClientOrderId NextId() =>
        ClientOrderId.From(string.Create(CultureInfo.InvariantCulture, $"demo-{_run}-{account.Id}-{_sent++}"));
}
