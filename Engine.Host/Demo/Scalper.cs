using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Demo;

/// <summary>Many small trades in currencies, each closed within seconds.</summary>
internal sealed class Scalper(TradingEngine engine, SimulatedMarket market, AccountEntry account)
    : DemoTrader(engine, market, account, seed: 11)
{
    private const double MeanPauseSeconds = 2.5;
    private const double LongestHoldSeconds = 7;
    private const int MostOpen = 4;
    private static readonly string[] Symbols = ["EURUSD", "GBPUSD", "USDJPY"];

    private double _nextSeconds = 2;

    public override void Act()
    {
        foreach (TradedOrder order in Open.ToArray())
        {
            if (Market.Seconds - order.OpenedAtSeconds > LongestHoldSeconds || ProfitPoints(order) is > 25 or < -60)
            {
                Open.Remove(order);
                Close(order);
            }
        }
        if (Market.Seconds >= _nextSeconds && Open.Count < MostOpen)
        {
            _nextSeconds = Market.Seconds + MeanPauseSeconds * (0.5 + Random.NextDouble());
            string symbol = Symbols[Random.Next(Symbols.Length)];
            Place(symbol, Random.Next(2) == 0 ? Side.Buy : Side.Sell, Random.Next(2) == 0 ? "0.50" : "0.80");
        }
    }
}
