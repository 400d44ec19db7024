using System.Collections.Concurrent;
using CopyEngine.Events;

namespace CopyEngine.Host.Feeds;

/// <summary>Which order a script's client order ids became; of a former run, as long as the order lives.</summary>
internal sealed class PlacedOrders : IEventListener
{
    private readonly ConcurrentDictionary<(int Account, string Id), long> _orders = new();

    public string Name => "placed-orders";

    public long Find(int account, string id) => _orders.GetValueOrDefault((account, id));

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        bool isOwn = slot.Header.Session == HostSenders.Replay.Session || slot.Header.IsRecited;
        if (!isOwn || slot.Header.Type != EventType.OrderReport)
        {
            return;
        }
        ref OrderReport report = ref slot.As<OrderReport>();
        // Later reports carry the ids of later commands on the order; only its first one names the order itself.
        if (report.OrderId != 0 && !report.IsCopy && !report.ClientOrderId.IsEmpty && report.Status is OrderStatus.New or OrderStatus.Filled)
        {
            _orders.TryAdd((report.Account, report.ClientOrderId.ToString()), report.OrderId);
        }
    }
}
