using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Demo;

/// <summary>
/// Bets against every move of gold at high leverage and doubles whenever it loses. That goes well in quiet hours; in
/// violent ones it ends at the liquidation level, and the cascade closes its followers' copies.
/// </summary>
internal sealed class Gambler(TradingEngine engine, SimulatedMarket market, AccountEntry account)
    : DemoTrader(engine, market, account, seed: 33)
{
    private const string Symbol = "XAUUSD";
    private const double PauseSeconds = 1.0;
    private const int DoublingPoints = 60;
    private const int WinPoints = 90;
    private static readonly string[] Stakes = ["2.00", "4.00", "8.00", "14.00"];

    private double _nextSeconds = 4;
    private long _lastBid;
    private int _stake;

    public override void Take(in OrderReport report)
    {
        base.Take(in report);
        if (report.Status == OrderStatus.Rejected)
        {
            _stake = Stakes.Length;
        }
    }

    public override void Act()
    {
        if (Market.Seconds < _nextSeconds)
        {
            return;
        }
        _nextSeconds = Market.Seconds + PauseSeconds;
        long bid = Market.Quote(Symbol).Bid;
        Side against = bid > _lastBid ? Side.Sell : Side.Buy;
        _lastBid = bid;
        if (Open.Count == 0)
        {
            _stake = 0;
            Bet(against);
        }
        else if (ProfitPoints(Open[^1]) < -DoublingPoints && _stake < Stakes.Length)
        {
            // Against the move: what fell must rise.
            Bet(Open[^1].Side);
        }
        else if (ProfitPoints(Open[0]) > WinPoints)
        {
            Open.ForEach(order => Close(order));
        }
    }

    private void Bet(Side side) => Place(Symbol, side, Stakes[Math.Min(_stake++, Stakes.Length - 1)]);
}
