using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>What is told of an order.</summary>
internal sealed partial class ModelEngine
{
    /// <summary>The order as it stands; the caller adds what this report is about.</summary>
    private OrderReport Describe(ModelOrder order, OrderStatus status, Cause cause) => new()
    {
        OrderId = order.Id,
        MasterOrderId = order.Master?.Id ?? 0,
        Account = order.Account.Id,
        Symbol = order.Instrument.Id,
        LotsSteps = Units.Steps(order.Instrument, order.Lots),
        RemainingSteps = Units.Steps(order.Instrument, order.Remaining),
        AveragePricePoints = Units.Points(order.Instrument, order.OpenPrice),
        PricePoints = Units.Points(order.Instrument, order.Price),
        StopPricePoints = Units.Points(order.Instrument, order.StopPrice),
        StopLossPoints = Units.Points(order.Instrument, order.StopLoss),
        TakeProfitPoints = Units.Points(order.Instrument, order.TakeProfit),
        Status = status,
        Cause = cause,
        Side = order.Side,
        OrderType = order.OrderType,
        IsCopy = order.IsCopy,
        Commission = Units.Money(order.EntryCommission),
        Swap = Units.Money(order.Swap),
        Margin = Units.Money(OwnMargin(order)),
        OpenedAt = order.OpenedAt,
        ExpiresAt = order.ExpiresAt,
        ClientOrderId = order.ClientOrderId,
    };

    private void Report(ModelOrder order, OrderStatus status, Cause cause)
    {
        order.Account.IsDirty = true;
        Emit(Describe(order, status, cause));
    }

    /// <summary>A command on an order, or a new order, is refused; nothing changes.</summary>
    private void Refuse(RejectCode code, ClientOrderId id, int account, int symbol = -1, long orderId = 0) =>
        Emit(new OrderReport
        {
            OrderId = orderId,
            Account = FindAccount(account)?.Id ?? -1,
            Symbol = FindInstrument(symbol)?.Id ?? -1,
            Status = OrderStatus.Rejected,
            Reject = code,
            ClientOrderId = id,
        });
}
