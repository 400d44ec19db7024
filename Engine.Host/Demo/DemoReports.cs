using System.Collections.Concurrent;
using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Demo;

/// <summary>
/// What the demo's traders and its back office are told: reports of the providers' own orders, ends of cascades, paused
/// links, balances. The listener only hands over; the demo's own thread acts.
/// </summary>
internal sealed class DemoReports : IEventListener
{
    private readonly ConcurrentQueue<OrderReport> _orders = new();
    private readonly ConcurrentQueue<int> _cascades = new();
    private readonly ConcurrentDictionary<(int Provider, int Follower), bool> _pausedLinks = new();
    private readonly ConcurrentDictionary<int, long> _balances = new();
    private volatile HashSet<int> _providers = [];

    public string Name => "demo";

    /// <summary>Dense ids of the accounts whose orders are reported.</summary>
    public void Watch(IEnumerable<int> providers) => _providers = [.. providers];

    public bool TryTakeOrder(out OrderReport report) => _orders.TryDequeue(out report);

    public bool TryTakeCascade(out int provider) => _cascades.TryDequeue(out provider);

    /// <summary>Followers whose links a cascade of the provider has paused; they count as taken.</summary>
    public IReadOnlyList<int> TakePausedFollowers(int provider)
    {
        List<int> followers = [.. _pausedLinks.Keys.Where(link => link.Provider == provider).Select(link => link.Follower).Order()];
        followers.ForEach(follower => _pausedLinks.TryRemove((provider, follower), out _));
        return followers;
    }

    /// <summary>Balances by dense id of the account, in 10^-8 of its currency.</summary>
    public IEnumerable<KeyValuePair<int, long>> Balances => _balances;

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        switch (slot.Header.Type)
        {
            case EventType.OrderReport when _providers.Contains(slot.As<OrderReport>().Account):
                _orders.Enqueue(slot.As<OrderReport>());
                break;
            case EventType.CascadeReport:
                _cascades.Enqueue(slot.As<CascadeReport>().Provider);
                break;
            case EventType.LinkChanged:
                Take(in slot.As<LinkChanged>());
                break;
            case EventType.LedgerPosting:
                _balances[slot.As<LedgerPosting>().Account] = slot.As<LedgerPosting>().Balance.Units;
                break;
        }
    }

    private void Take(in LinkChanged link)
    {
        if (link is { Removed: false, Status: LinkStatus.Paused, PauseReason: RejectCode.Liquidating })
        {
            _pausedLinks[(link.Provider, link.Follower)] = true;
        }
    }
}
