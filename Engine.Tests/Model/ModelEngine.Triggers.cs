using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Waiting orders and stops: what a quote crosses, in which order it fires.</summary>
internal sealed partial class ModelEngine
{
    private enum TriggerKind
    {
        Waiting,
        StopLoss,
        TakeProfit,
    }

    /// <summary>A level that the quote crossed.</summary>
    private sealed record Crossed(ModelOrder Order, TriggerKind Kind, decimal Distance, long Entry);

    /// <summary>
    /// The levels crossed by the bid first, then those crossed by the ask; each in order of distance from the previous
    /// raw price, then of entry. What opens here is tested from the next quote on.
    /// </summary>
    private void FireTriggers(ModelInstrument instrument, ModelQuote previous)
    {
        List<ModelOrder> orders = [.. _accounts.SelectMany(account => account.Orders).Where(order => order.Instrument == instrument)];
        List<Crossed> byBid = [.. orders.SelectMany(order => CrossedByBid(order, previous.Bid))];
        List<Crossed> byAsk = [.. orders.SelectMany(order => CrossedByAsk(order, previous.Ask))];
        foreach (Crossed crossed in InFiringOrder(byBid).Concat(InFiringOrder(byAsk)))
        {
            Fire(crossed);
        }
    }

    private static IEnumerable<Crossed> InFiringOrder(List<Crossed> crossed) =>
        crossed.OrderBy(trigger => trigger.Distance).ThenBy(trigger => trigger.Entry);

    /// <summary>SELL LIMIT bid ≥ price, SELL STOP bid ≤ price; of a BUY stop loss bid ≤ level, take profit bid ≥ level.</summary>
    private static IEnumerable<Crossed> CrossedByBid(ModelOrder order, decimal previousBid)
    {
        decimal halfSpread = HalfSpread(order.Account.Group, order.Instrument);
        decimal bid = ClientBid(order.Account.Group, order.Instrument);
        Crossed At(TriggerKind kind, decimal level, long entry) =>
            new(order, kind, Math.Abs(level + halfSpread - previousBid), entry);

        if (!order.IsOpen && order.Side == Side.Sell && IsCrossedUp(order, bid, order.OrderType == OrderType.Limit))
        {
            yield return At(TriggerKind.Waiting, TriggerLevel(order)!.Value, order.PriceEntry);
        }
        if (order.IsOpen && order.Side == Side.Buy && bid <= order.StopLoss)
        {
            yield return At(TriggerKind.StopLoss, order.StopLoss.Value, order.StopLossEntry);
        }
        if (order.IsOpen && order.Side == Side.Buy && bid >= order.TakeProfit)
        {
            yield return At(TriggerKind.TakeProfit, order.TakeProfit.Value, order.TakeProfitEntry);
        }
    }

    /// <summary>BUY LIMIT ask ≤ price, BUY STOP ask ≥ price; of a SELL stop loss ask ≥ level, take profit ask ≤ level.</summary>
    private static IEnumerable<Crossed> CrossedByAsk(ModelOrder order, decimal previousAsk)
    {
        decimal halfSpread = HalfSpread(order.Account.Group, order.Instrument);
        decimal ask = ClientAsk(order.Account.Group, order.Instrument);
        Crossed At(TriggerKind kind, decimal level, long entry) =>
            new(order, kind, Math.Abs(level - halfSpread - previousAsk), entry);

        if (!order.IsOpen && order.Side == Side.Buy && IsCrossedUp(order, ask, order.OrderType != OrderType.Limit))
        {
            yield return At(TriggerKind.Waiting, TriggerLevel(order)!.Value, order.PriceEntry);
        }
        if (order.IsOpen && order.Side == Side.Sell && ask >= order.StopLoss)
        {
            yield return At(TriggerKind.StopLoss, order.StopLoss.Value, order.StopLossEntry);
        }
        if (order.IsOpen && order.Side == Side.Sell && ask <= order.TakeProfit)
        {
            yield return At(TriggerKind.TakeProfit, order.TakeProfit.Value, order.TakeProfitEntry);
        }
    }

    /// <summary>A waiting order's level is reached: from below when <paramref name="up"/>, else from above.</summary>
    private static bool IsCrossedUp(ModelOrder order, decimal price, bool up) =>
        up ? price >= TriggerLevel(order) : price <= TriggerLevel(order);

    /// <summary>The stop price of STOP and STOP_LIMIT, the price of LIMIT.</summary>
    private static decimal? TriggerLevel(ModelOrder order) =>
        order.OrderType == OrderType.Limit ? order.Price : order.StopPrice;

    private void Fire(Crossed crossed)
    {
        ModelOrder order = crossed.Order;
        if (order.IsGone)
        {
            return;
        }
        if (crossed.Kind == TriggerKind.Waiting)
        {
            Trigger(order);
        }
        else if (!IsRetriedAtTicks(order) && CanClose(order))
        {
            Cause cause = crossed.Kind == TriggerKind.StopLoss ? Cause.StopLoss : Cause.TakeProfit;
            CloseWithCopies(order, order.Remaining, cause, order.ClientOrderId);
        }
    }

    /// <summary>Its close was tried in vain; copies whose master is not closed yet still have their own stops.</summary>
    private static bool IsRetriedAtTicks(ModelOrder order) =>
        order.Pending is PendingClose.CascadeMaster or PendingClose.Mirrored
        || (order.Pending == PendingClose.CascadeCopy && (order.Master!.IsGone || order.PendingSince != 0));

    private void Trigger(ModelOrder order)
    {
        if (order.ExpiresAt != 0 && order.ExpiresAt <= _now)
        {
            Expire(order);
            return;
        }
        if (order.OrderType == OrderType.StopLimit)
        {
            BecomeLimit(order);
            if (!IsLimitReached(order))
            {
                return;
            }
        }
        FillWaiting(order);
    }

    /// <summary>A STOP_LIMIT whose stop price is crossed is a LIMIT from now on, tested at the same quote.</summary>
    private void BecomeLimit(ModelOrder order)
    {
        order.OrderType = OrderType.Limit;
        order.PriceEntry = ++_lastEntry;
        if (!IsLimitReached(order))
        {
            Emit(Describe(order, OrderStatus.New, Cause.Triggered));
        }
    }

    private static bool IsLimitReached(ModelOrder order) =>
        order.Side == Side.Buy
            ? ClientAsk(order.Account.Group, order.Instrument) <= order.Price
            : ClientBid(order.Account.Group, order.Instrument) >= order.Price;

    private void FillWaiting(ModelOrder order)
    {
        order.OpenPrice = OpeningPrice(order.Account.Group, order.Instrument, order.Side);
        RejectCode code = CheckMayOpen(order.Account);
        code = code == RejectCode.None ? CheckMargin(order) : code;
        if (code == RejectCode.None)
        {
            Fill(order, Cause.Triggered);
            return;
        }
        order.OpenPrice = 0;
        order.EntryCommission = order.FrozenMargin = 0;
        Remove(order);
        OrderReport report = Describe(order, OrderStatus.Rejected, Cause.Triggered);
        report.Reject = code;
        Emit(in report);
    }

    private void Expire(ModelOrder order)
    {
        Remove(order);
        Report(order, OrderStatus.Expired, Cause.Expired);
    }

    /// <summary>At each tick and rollover, in order of (expiry, order id).</summary>
    private void ExpireWaitingOrders()
    {
        List<ModelOrder> expired = [.. _accounts.SelectMany(account => account.WaitingOrders)
            .Where(order => order.ExpiresAt != 0 && order.ExpiresAt <= _now)
            .OrderBy(order => order.ExpiresAt).ThenBy(order => order.Id)];
        expired.ForEach(Expire);
    }
}
