using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Demo;

/// <summary>
/// Keeps the show going: some seconds after a cascade the provider gets fresh money and its links are resumed, and
/// followers who have lost most of theirs are refilled.
/// </summary>
internal sealed class BackOffice
{
    private const double PauseAfterCascadeSeconds = 6;
    private const double RefillSeconds = 10;

    private readonly TradingEngine _engine;
    private readonly SimulatedMarket _market;
    private readonly DemoReports _reports;
    private readonly IReadOnlyDictionary<int, long> _openingBalances;
    private readonly Queue<(double DueSeconds, int Provider)> _restarts = new();
    private double _nextRefillSeconds = RefillSeconds;

    public BackOffice(TradingEngine engine, SimulatedMarket market, DemoReports reports, IReadOnlyDictionary<int, long> openingBalances)
    {
        _engine = engine;
        _market = market;
        _reports = reports;
        _openingBalances = openingBalances;
        // A cascade before this show began, whose end nobody will report again.
        foreach (int provider in reports.PausedProviders)
        {
            _restarts.Enqueue((market.Seconds + PauseAfterCascadeSeconds, provider));
        }
    }

    /// <summary>Called at every step of the market.</summary>
    public void Act()
    {
        while (_reports.TryTakeCascade(out int provider))
        {
            _restarts.Enqueue((_market.Seconds + PauseAfterCascadeSeconds, provider));
        }
        while (_restarts.TryPeek(out (double DueSeconds, int Provider) restart) && restart.DueSeconds <= _market.Seconds)
        {
            _restarts.Dequeue();
            Restart(restart.Provider);
        }
        if (_market.Seconds >= _nextRefillSeconds)
        {
            _nextRefillSeconds = _market.Seconds + RefillSeconds;
            Refill();
        }
    }

    private void Restart(int provider)
    {
        foreach (int follower in _reports.TakePausedFollowers(provider))
        {
            _engine.TryPublish(new SetLinkStatus { Provider = provider, Follower = follower, Status = LinkStatus.Active }, HostSenders.Demo);
        }
    }

    private void Refill()
    {
        foreach ((int account, long opening) in _openingBalances)
        {
            long balance = _reports.Balance(account);
            if (balance < opening / 3)
            {
                _engine.TryPublish(new MoveFunds { Account = account, Amount = opening - balance, Comment = Comment.From("refill") }, HostSenders.Demo);
            }
        }
    }
}
