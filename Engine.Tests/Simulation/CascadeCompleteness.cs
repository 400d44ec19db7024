using CopyEngine.Events;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// Invariant C7 by nothing but the events, in whatever slices and lives of the engine they came: every copy that was open
/// when its provider's cascade began is closed once, by whomever, or says that it waits; and nothing new is copied from
/// the provider until it is followed or resumed again.
/// </summary>
internal sealed class CascadeCompleteness
{
    private readonly Dictionary<long, OrderReport> _open = [];
    private readonly HashSet<long> _waiting = [];
    private readonly HashSet<long> _everClosed = [];
    private readonly Dictionary<long, int> _providers = [];
    private readonly Dictionary<(int Provider, int Follower), bool> _isPaused = [];
    private readonly Dictionary<int, HashSet<long>> _caught = [];
    private readonly HashSet<long> _left = [];

    public bool IsUnderWay => _caught.Count > 0;

    /// <summary>Reads on.</summary>
    public void Check(EventLog events, int from)
    {
        for (int i = from; i < events.Count; i++)
        {
            EventSlot slot = events[i];
            switch (slot.Header.Type)
            {
                case EventType.OrderReport:
                    Take(in slot.As<OrderReport>());
                    break;
                case EventType.LinkChanged:
                    Take(in slot.As<LinkChanged>());
                    break;
                case EventType.Alarm when slot.As<Alarm>().Kind == AlarmKind.ClosePending:
                    _waiting.Add(slot.As<Alarm>().OrderId);
                    break;
                case EventType.MarginReport:
                    Take(in slot.As<MarginReport>());
                    break;
            }
        }
    }

    /// <summary>At quiescence no cascade is half done.</summary>
    public void CheckEnd()
    {
        Violation.Unless(!IsUnderWay, "C7", "a cascade began and never ended");
        _left.IntersectWith(_open.Keys);
        CheckWaits(_left);
    }

    /// <summary>Copies that a cascade left open wait for a price of their own, or with their master for its.</summary>
    private void CheckWaits(HashSet<long> copies)
    {
        long left = copies.FirstOrDefault(copy => !_waiting.Contains(copy) && !_waiting.Contains(_open[copy].MasterOrderId));
        Violation.Unless(left == 0, "C7", $"copy {left} is left open by a cascade");
    }

    private void Take(in OrderReport report)
    {
        if (report.Duplicate || report.OrderId == 0 || report.Reject != Commands.RejectCode.None)
        {
            return;
        }
        switch (report.Status)
        {
            case OrderStatus.Filled:
                Violation.Unless(!_everClosed.Contains(report.OrderId) && _open.TryAdd(report.OrderId, report), "O3", $"order {report.OrderId} fills twice");
                _providers[report.OrderId] = report.Account;
                CheckMayCopy(in report);
                break;
            case OrderStatus.Closed:
                Violation.Unless(_open.Remove(report.OrderId), "C7", $"order {report.OrderId} closes and is not open");
                _everClosed.Add(report.OrderId);
                _waiting.Remove(report.OrderId);
                break;
        }
    }

    /// <summary>Copies that stay open when a link ends are the follower's own from then on.</summary>
    private void Take(in LinkChanged link)
    {
        (int provider, int follower) = (link.Provider, link.Follower);
        _isPaused[(provider, follower)] = link.Removed || link.Status == Commands.LinkStatus.Paused;
        if (link.Removed)
        {
            foreach (OrderReport copy in _open.Values.Where(order => order.Account == follower && MasterIsOf(order, provider)).ToList())
            {
                _open[copy.OrderId] = copy with { MasterOrderId = 0 };
            }
        }
    }

    private bool MasterIsOf(OrderReport copy, int provider) =>
        _providers.TryGetValue(copy.MasterOrderId, out int account) && account == provider;

    private void CheckMayCopy(in OrderReport report)
    {
        if (report.Cause == Cause.MasterOpened && _open.TryGetValue(report.MasterOrderId, out OrderReport master))
        {
            Violation.Unless(!_caught.ContainsKey(master.Account), "C7", $"order {report.OrderId} copies a provider amid its cascade");
        }
    }

    private void Take(in MarginReport report)
    {
        int provider = report.Account;
        if (report.Kind == MarginEventKind.CascadeStarted)
        {
            HashSet<long> masters = [.. _open.Values.Where(order => order.Account == provider).Select(order => order.OrderId)];
            HashSet<long> copies = [.. _open.Values.Where(order => masters.Contains(order.MasterOrderId)).Select(order => order.OrderId)];
            Violation.Unless(_caught.TryAdd(provider, copies), "C7", $"the cascade of account {provider} begins twice");
        }
        if (report.Kind == MarginEventKind.CascadeDone)
        {
            Violation.Unless(_caught.Remove(provider, out HashSet<long>? copies), "C7", $"a cascade of account {provider} ends and never began");
            copies!.IntersectWith(_open.Keys);
            CheckWaits(copies);
            _left.UnionWith(copies);
            KeyValuePair<(int Provider, int Follower), bool> active = _isPaused.FirstOrDefault(link => link.Key.Provider == provider && !link.Value);
            Violation.Unless(active.Key == default, "C7", $"the link {active.Key} is active after its provider's cascade");
        }
    }
}
