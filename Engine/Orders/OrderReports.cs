using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;

namespace CopyEngine.Orders;

/// <summary>Turns orders into reports: the one place that knows which field of a report means what.</summary>
internal sealed class OrderReports(InstrumentTable instruments, Valuation valuation, OrderTable orders)
{
    /// <summary>The order as it stands.</summary>
    public OrderReport Of(int place, OrderStatus status, Cause cause, long now)
    {
        ref Order order = ref orders[place];
        bool isOpen = order.State == OrderStage.Open;
        return new OrderReport
        {
            OrderId = order.Id,
            MasterOrderId = order.MasterId,
            Account = order.Account,
            Symbol = order.Symbol,
            LotsSteps = order.OriginalSteps,
            RemainingSteps = order.Steps,
            AveragePricePoints = order.OpenPoints,
            PricePoints = order.PricePoints,
            StopPricePoints = order.StopPricePoints,
            StopLossPoints = order.StopLossPoints,
            TakeProfitPoints = order.TakeProfitPoints,
            Status = status,
            Cause = cause,
            Side = order.Side,
            OrderType = order.Type,
            IsCopy = order.Has(OrderFlags.Copy),
            Commission = order.Commission,
            Swap = order.Swap,
            Margin = isOpen ? Margin(ref order, now) : Money.Zero,
            OpenedAt = order.OpenedAt,
            ExpiresAt = order.ExpiresAt,
            ClientOrderId = orders.ClientId(place),
        };
    }

    /// <summary>A refusal of a command that has no order.</summary>
    public static OrderReport Refusal(RejectCode reject, int account, in ClientOrderId clientOrderId) => new()
    {
        Account = account,
        Symbol = -1,
        Status = OrderStatus.Rejected,
        Reject = reject,
        ClientOrderId = clientOrderId,
    };

    private Money Margin(ref Order order, long now)
    {
        Instrument instrument = instruments[order.Symbol];
        if (valuation.FreezesMargin(order.Account, instrument))
        {
            return order.FrozenMargin;
        }
        valuation.OwnMargin(order.Account, instrument, order.Steps, order.OpenPoints, now, out Money margin);
        return margin;
    }
}
