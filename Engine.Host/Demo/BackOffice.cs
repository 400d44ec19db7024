using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Demo;

/// <summary>
/// Keeps the show going: some seconds after a cascade the provider gets fresh money and its links are resumed, and
/// followers who have lost most of theirs are refilled.
/// </summary>
internal sealed class BackOffice(TradingEngine engine, SimulatedMarket market, DemoReports reports, IReadOnlyDictionary<int, long> openingBalances)
{
    private const double PauseAfterCascadeSeconds = 6;
    private const double RefillSeconds = 10;

    private readonly Queue<(double DueSeconds, int Provider)> _restarts = new();
    private double _nextRefillSeconds = RefillSeconds;

    /// <summary>Called at every step of the market.</summary>
    public void Act()
    {
        while (reports.TryTakeCascade(out int provider))
        {
            _restarts.Enqueue((market.Seconds + PauseAfterCascadeSeconds, provider));
        }
        while (_restarts.TryPeek(out (double DueSeconds, int Provider) restart) && restart.DueSeconds <= market.Seconds)
        {
            _restarts.Dequeue();
            Restart(restart.Provider);
        }
        if (market.Seconds >= _nextRefillSeconds)
        {
            _nextRefillSeconds = market.Seconds + RefillSeconds;
            Refill();
        }
    }

    private void Restart(int provider)
    {
        foreach (int follower in reports.TakePausedFollowers(provider))
        {
            engine.TryPublish(new SetLinkStatus { Provider = provider, Follower = follower, Status = LinkStatus.Active }, HostSenders.Demo);
        }
    }

    private void Refill()
    {
        foreach ((int account, long balance) in reports.Balances)
        {
            long opening = openingBalances.GetValueOrDefault(account);
            if (balance < opening / 3)
            {
                engine.TryPublish(new MoveFunds { Account = account, Amount = opening - balance, Comment = Comment.From("refill") }, HostSenders.Demo);
            }
        }
    }
}
