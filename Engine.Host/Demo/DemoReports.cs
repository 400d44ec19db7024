using System.Collections.Concurrent;
using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Demo;

/// <summary>
/// What the demo's traders and its back office are told: reports of the providers' own orders, ends of cascades, paused
/// links, balances, prices. The listener only hands over; the demo's own thread acts. Until the show begins it gathers how
/// things stand, so that a show goes on after a restart with the orders that are there.
/// </summary>
internal sealed class DemoReports : IEventListener
{
    private readonly ConcurrentQueue<OrderReport> _orders = new();
    private readonly ConcurrentQueue<int> _cascades = new();
    private readonly ConcurrentDictionary<(int Provider, int Follower), bool> _pausedLinks = new();
    private readonly ConcurrentDictionary<int, long> _balances = new();
    private readonly ConcurrentDictionary<int, QuoteTaken> _quotes = new();
    private readonly Lock _gate = new();
    private SortedDictionary<long, OrderReport>? _living = [];
    private HashSet<int> _providers = [];

    public string Name => "demo";

    /// <summary>The show begins: orders of these accounts are reported, the living ones first.</summary>
    public void Watch(IEnumerable<int> providers)
    {
        lock (_gate)
        {
            _providers = [.. providers];
            foreach (OrderReport order in (_living ?? []).Values.Where(order => _providers.Contains(order.Account)))
            {
                _orders.Enqueue(order);
            }
            _living = null;
        }
    }

    /// <summary>The last price of an instrument by dense id, or null.</summary>
    public QuoteTaken? Quote(int symbol) => _quotes.TryGetValue(symbol, out QuoteTaken quote) ? quote : null;

    public bool TryTakeOrder(out OrderReport report) => _orders.TryDequeue(out report);

    public bool TryTakeCascade(out int provider) => _cascades.TryDequeue(out provider);

    /// <summary>Followers whose links a cascade of the provider has paused; they count as taken.</summary>
    public IReadOnlyList<int> TakePausedFollowers(int provider)
    {
        List<int> followers = [.. _pausedLinks.Keys.Where(link => link.Provider == provider).Select(link => link.Follower).Order()];
        followers.ForEach(follower => _pausedLinks.TryRemove((provider, follower), out _));
        return followers;
    }

    /// <summary>Providers whose links a cascade has paused.</summary>
    public IEnumerable<int> PausedProviders => _pausedLinks.Keys.Select(link => link.Provider).Distinct().Order();

    /// <summary>Balance by dense id of the account, in 10^-8 of its currency.</summary>
    public long Balance(int account) => _balances.GetValueOrDefault(account);

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        switch (slot.Header.Type)
        {
            case EventType.OrderReport:
                Take(in slot.As<OrderReport>());
                break;
            case EventType.QuoteTaken:
                _quotes[slot.As<QuoteTaken>().Symbol] = slot.As<QuoteTaken>();
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

    private void Take(in OrderReport report)
    {
        if (report.IsCopy)
        {
            return;
        }
        lock (_gate)
        {
            if (_providers.Contains(report.Account))
            {
                _orders.Enqueue(report);
            }
            else if (_living is not null && report is { OrderId: > 0, Duplicate: false })
            {
                Keep(_living, in report);
            }
        }
    }

    /// <summary>How a living order stands, told as one that has just come to stand so.</summary>
    private static void Keep(SortedDictionary<long, OrderReport> living, in OrderReport report)
    {
        bool isRefusal = report.Reject != RejectCode.None;
        if (report.Status is OrderStatus.Closed or OrderStatus.Cancelled or OrderStatus.Expired || (isRefusal && report.Cause == Cause.Triggered))
        {
            living.Remove(report.OrderId);
        }
        else if (!isRefusal)
        {
            living[report.OrderId] = report with { Status = report.AveragePricePoints != 0 ? OrderStatus.Filled : OrderStatus.New };
        }
    }

    private void Take(in LinkChanged link)
    {
        if (link is { Removed: false, Status: LinkStatus.Paused, PauseReason: RejectCode.Liquidating })
        {
            _pausedLinks[(link.Provider, link.Follower)] = true;
        }
        else
        {
            _pausedLinks.TryRemove((link.Provider, link.Follower), out _);
        }
    }
}
