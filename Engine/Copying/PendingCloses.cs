using CopyEngine.Accounts;
using CopyEngine.Events;
using CopyEngine.Orders;
using CopyEngine.State;

namespace CopyEngine.Copying;

/// <summary>
/// Closes that must happen and could not: for want of a price or of a conversion rate. They are tried again at every
/// tick, in order of their entry, and nothing is forgotten.
/// </summary>
internal sealed class PendingCloses(AccountTable accounts, OrderTable orders, LinkTable links, EventOutput output)
{
    private readonly List<Entry> _entries = [];

    /// <param name="Id">Id of the order, since its place may be another's by now.</param>
    /// <param name="Order">Its place.</param>
    /// <param name="Provider">Provider whose cascade waits for it, -1: none.</param>
    private readonly record struct Entry(long Id, int Order, int Provider);

    public int Count => _entries.Count;

    /// <summary>Remembers an order that must close.</summary>
    public void Add(int place, int provider)
    {
        ref Order order = ref orders[place];
        if (order.Has(OrderFlags.PendingClose))
        {
            GiveTo(provider, place);
            return;
        }
        order.Flags |= OrderFlags.PendingClose;
        _entries.Add(new Entry(order.Id, place, provider));
        if (provider >= 0)
        {
            links[provider].PendingCloses++;
        }
        output.Emit(new Alarm { Account = order.Account, Symbol = order.Symbol, OrderId = order.Id, Kind = AlarmKind.ClosePending });
    }

    /// <summary>A copy that waited for a mirrored close is caught by its provider's cascade: from now on that waits for it.</summary>
    private void GiveTo(int provider, int place)
    {
        for (int entry = 0; entry < _entries.Count && provider >= 0; entry++)
        {
            if (_entries[entry].Order == place && _entries[entry].Provider < 0 && TryGet(entry, out _, out _))
            {
                _entries[entry] = _entries[entry] with { Provider = provider };
                links[provider].PendingCloses++;
            }
        }
    }

    /// <summary>The order of an entry if it still waits, and the provider whose cascade waits for it.</summary>
    public bool TryGet(int entry, out int place, out int provider)
    {
        Entry waiting = _entries[entry];
        place = waiting.Order;
        provider = waiting.Provider;
        ref Order order = ref orders[place];
        return order.State == OrderStage.Open && order.Id == waiting.Id && order.Has(OrderFlags.PendingClose);
    }

    /// <summary>Forgets entries that are done; a provider none of whose closes waits any more is liquidated.</summary>
    public void DropDone()
    {
        int kept = 0;
        for (int entry = 0; entry < _entries.Count; entry++)
        {
            if (TryGet(entry, out _, out int provider))
            {
                _entries[kept++] = _entries[entry];
            }
            else if (provider >= 0 && --links[provider].PendingCloses == 0)
            {
                accounts[links[provider].Account].Set(AccountFlags.Liquidating, false);
            }
        }
        _entries.RemoveRange(kept, _entries.Count - kept);
    }

    public void Transfer(StateTransfer transfer) => transfer.Values(_entries);
}
