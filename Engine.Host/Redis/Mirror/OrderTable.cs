using CopyEngine.Events;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>
/// Every living order, listed under its account, and those ended ones whose keys Redis still has. An order whose keys
/// Redis does not have is forgotten at once when it ends, so that the table is bounded by the living orders however
/// long Redis is away.
/// </summary>
internal sealed class OrderTable(PagedSlots<ProjectedAccount> accounts)
{
    private const int None = ProjectedAccount.None;
    private readonly PagedSlots<ProjectedOrder> _orders = new();
    private readonly OrderIndex _index = new();

    /// <summary>Living orders, and ended ones that are still to be removed.</summary>
    public int Count => _orders.Count;

    /// <summary>The order of a slot.</summary>
    public ref ProjectedOrder this[int slot] => ref _orders[slot];

    /// <summary>Slot of an order that lives, or whose keys have still to go.</summary>
    public bool TryGet(long orderId, out int slot) => _index.TryGet(orderId, out slot);

    /// <summary>Takes a report of an order that lives on.</summary>
    public void Keep(in OrderReport report, long time)
    {
        if (!_index.TryGet(report.OrderId, out int slot))
        {
            slot = Add(in report);
        }
        _orders[slot].Take(in report, time);
        MarkChanged(slot);
    }

    /// <summary>Ends an order; one whose keys Redis has waits among the account's changed orders.</summary>
    public void End(long orderId, int generation)
    {
        if (!_index.TryGet(orderId, out int slot) || _orders[slot].HasEnded)
        {
            return;
        }
        ref ProjectedOrder order = ref _orders[slot];
        order.HasEnded = true;
        Unlink(in order);
        if (order.WrittenGeneration == generation || order.IsChanged)
        {
            MarkChanged(slot);
        }
        else
        {
            Forget(slot);
        }
    }

    /// <summary>Puts an order among its account's changed ones.</summary>
    public void MarkChanged(int slot)
    {
        ref ProjectedOrder order = ref _orders[slot];
        if (order.IsChanged)
        {
            return;
        }
        ref ProjectedAccount account = ref accounts[order.Account];
        order.IsChanged = true;
        order.NextChanged = account.FirstChangedOrder;
        account.FirstChangedOrder = slot;
    }

    /// <summary>Takes the next order out of its account's changed ones, or none.</summary>
    public int TakeChanged(ref ProjectedAccount account)
    {
        int slot = account.FirstChangedOrder;
        if (slot != None)
        {
            ref ProjectedOrder order = ref _orders[slot];
            account.FirstChangedOrder = order.NextChanged;
            order.IsChanged = false;
        }
        return slot;
    }

    /// <summary>Empties an account's changed ones: all will be written. Ended ones are forgotten.</summary>
    public void ForgetChanges(ref ProjectedAccount account)
    {
        for (int slot = TakeChanged(ref account); slot != None; slot = TakeChanged(ref account))
        {
            if (_orders[slot].HasEnded)
            {
                Forget(slot);
            }
        }
    }

    /// <summary>Gives the slot of an ended order back.</summary>
    public void Forget(int slot)
    {
        _index.Remove(_orders[slot].OrderId);
        _orders.Return(slot);
    }

    private int Add(in OrderReport report)
    {
        int slot = _orders.Rent();
        ref ProjectedOrder order = ref _orders[slot];
        order.OrderId = report.OrderId;
        order.Account = report.Account;
        order.Symbol = report.Symbol;
        order.Side = report.Side;
        order.RemainingSteps = report.RemainingSteps;
        _index.Add(report.OrderId, slot);

        ref ProjectedAccount account = ref accounts[report.Account];
        order.Previous = None;
        order.Next = account.FirstOrder;
        if (account.FirstOrder != None)
        {
            _orders[account.FirstOrder].Previous = slot;
        }
        account.FirstOrder = slot;
        return slot;
    }

    private void Unlink(in ProjectedOrder order)
    {
        if (order.Previous == None)
        {
            accounts[order.Account].FirstOrder = order.Next;
        }
        else
        {
            _orders[order.Previous].Next = order.Next;
        }
        if (order.Next != None)
        {
            _orders[order.Next].Previous = order.Previous;
        }
    }
}
