using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Demo;

/// <summary>
/// Few larger trades in indices, gold and crypto, entered by waiting orders with stop loss and take profit; halves a
/// winner and pulls its stop loss up.
/// </summary>
internal sealed class SwingTrader(TradingEngine engine, SimulatedMarket market, AccountEntry account)
    : DemoTrader(engine, market, account, seed: 22)
{
    private const double PauseSeconds = 5;
    private const int MostOpen = 6;
    private const int MostWaiting = 6;

    private static readonly (string Symbol, string Lots, int Distance, int Stop)[] Plans =
    [
        ("US500", "4.0", 30, 400), ("DE40", "8.0", 90, 1_500), ("XAUUSD", "1.00", 60, 1_500), ("BTCUSD", "0.60", 3_000, 90_000),
    ];

    private readonly HashSet<long> _halved = [];
    private double _nextSeconds = 1;
    private int _plan;

    public override void Act()
    {
        if (Market.Seconds < _nextSeconds)
        {
            return;
        }
        _nextSeconds = Market.Seconds + PauseSeconds;
        TendWinners();
        if (Waiting.Count >= MostWaiting)
        {
            Cancel(Waiting[0]);
            Waiting.RemoveAt(0);
        }
        if (Open.Count < MostOpen)
        {
            Enter(Plans[_plan++ % Plans.Length]);
        }
    }

    private void Enter((string Symbol, string Lots, int Distance, int Stop) plan)
    {
        SimulatedQuote quote = Market.Quote(plan.Symbol);
        Side side = Random.Next(2) == 0 ? Side.Buy : Side.Sell;
        OrderType type = Random.Next(3) switch { 0 => OrderType.Market, 1 => OrderType.Stop, _ => OrderType.Limit };
        int sign = side == Side.Buy ? 1 : -1;
        long market = side == Side.Buy ? quote.Ask : quote.Bid;
        long entry = type switch
        {
            OrderType.Stop => Points(plan.Symbol, market, sign * plan.Distance),
            OrderType.Limit => Points(plan.Symbol, market, -sign * plan.Distance),
            _ => market,
        };
        Place(plan.Symbol, side, plan.Lots, type, entry, Points(plan.Symbol, entry, -sign * plan.Stop), Points(plan.Symbol, entry, sign * plan.Stop * 2));
    }

    private void TendWinners()
    {
        foreach (TradedOrder order in Open)
        {
            int stop = Plans.First(plan => plan.Symbol == SymbolOf(order)).Stop;
            if (ProfitPoints(order) > stop / 4 && _halved.Add(order.OrderId))
            {
                Close(order, order.Lots / 2);
                string symbol = SymbolOf(order);
                SimulatedQuote quote = Market.Quote(symbol);
                MoveStopLoss(order, order.Side == Side.Buy ? Points(symbol, quote.Bid, -stop / 3) : Points(symbol, quote.Ask, stop / 3));
            }
        }
    }
}
