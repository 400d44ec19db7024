using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.Work;

namespace CopyEngine.Core;

/// <summary>
/// What a quote sets off: waiting orders and stop levels that it crosses, in their order, each at the price that
/// crossed it; the fan-out of one comes before the next (semantics, section 5).
/// </summary>
internal sealed class TriggerRun(
    InstrumentTable instruments,
    GroupTable groups,
    AccountTable accounts,
    OrderTable orders,
    TriggerTable triggers,
    ExpiryQueue expiries,
    OrderChecks checks,
    OrderExecution execution,
    OrderReports reports,
    FanOut fanOut,
    Mirror mirror,
    WorkQueue work,
    EventOutput output)
{
    /// <summary>Begins looking at what a quote crosses.</summary>
    public void Begin(int symbol, RawQuote previous, RawQuote current, long now)
    {
        if (!triggers.HasAny(symbol) || !instruments[symbol].IsInSession(now))
        {
            return;
        }
        ref WorkItem item = ref work.Push(WorkKind.Triggers, -1);
        item.Subject = symbol;
        item.Triggers = new TriggerCursor
        {
            Previous = previous.Exists ? previous : current,
            Current = current,
            SerialLimit = triggers.LastSerial,
        };
    }

    /// <summary>Fires the next triggers.</summary>
    public bool Step(ref WorkItem item, ref int budget, long now)
    {
        while (budget > 0)
        {
            if (!triggers.TryNext(ref item.Triggers, item.Subject, out int trigger))
            {
                return true;
            }
            budget--;
            int place = TriggerTable.OrderOf(trigger);
            bool hasFollowers = orders[place].State == OrderStage.Open
                ? FireStop(place, TriggerTable.IsTakeProfit(trigger), item.Triggers.Current, now)
                : FireWaiting(place, item.Triggers.Current, now);
            if (hasFollowers)
            {
                return false;
            }
        }
        return false;
    }

    /// <summary>Ends waiting orders whose time is over, the earliest first.</summary>
    public void Expire(long now)
    {
        while (expiries.Earliest >= 0 && orders[expiries.Earliest].ExpiresAt <= now)
        {
            Expire(expiries.Earliest, now);
        }
    }

    /// <returns>True when copies have to be closed before the next trigger.</returns>
    private bool FireStop(int place, bool isTakeProfit, RawQuote quote, long now)
    {
        ref Order order = ref orders[place];
        if (order.Has(OrderFlags.PendingClose)
            || !execution.TryPrepare(place, order.Steps, quote, now, out Closing closing))
        {
            return false;
        }
        bool hasCopies = order.Copies > 0;
        ClientOrderId id = orders.ClientId(place);
        OrderReport report = execution.Close(
            place, in closing, isTakeProfit ? Cause.TakeProfit : Cause.StopLoss, in id, now);
        if (hasCopies)
        {
            mirror.BeginClose(place, in report, quote, Cause.MasterClosed);
        }
        return hasCopies;
    }

    /// <returns>True when followers have to get their copies before the next trigger.</returns>
    private bool FireWaiting(int place, RawQuote quote, long now)
    {
        ref Order order = ref orders[place];
        if (order.ExpiresAt != 0 && order.ExpiresAt <= now)
        {
            Expire(place, now);
            return false;
        }
        int halfSpread = groups[accounts[order.Account].Group].For(order.Symbol).HalfSpreadPoints;
        int fill = quote.ClientPrice(order.Side, halfSpread);
        if (order.Type == OrderType.StopLimit && !BecomesMarketable(place, fill, now))
        {
            return false;
        }
        var opening = new Opening
        {
            Account = order.Account,
            Symbol = order.Symbol,
            Side = order.Side,
            Steps = order.Steps,
            FillPoints = fill,
        };
        RejectCode refusal = checks.CheckMayOpen(order.Account);
        if (refusal == RejectCode.None)
        {
            refusal = execution.Prepare(ref opening, now);
        }
        if (refusal == RejectCode.None && !execution.HasRoom(in opening))
        {
            refusal = RejectCode.CapacityExceeded;
        }
        if (refusal != RejectCode.None)
        {
            ClientOrderId id = orders.ClientId(place);
            execution.EndWaiting(place, OrderStatus.Rejected, Cause.Triggered, refusal, in id, now);
            return false;
        }
        return Fill(place, in opening, quote, now);
    }

    private bool Fill(int place, in Opening opening, RawQuote quote, long now)
    {
        Figures before = fanOut.EquityBefore(opening.Account, now);
        execution.Fill(place, in opening, now);
        triggers.Arm(place);
        OrderReport report = reports.Of(place, OrderStatus.Filled, Cause.Triggered, now);
        report.ExecutionId = execution.Executions;
        report.LastLotsSteps = opening.Steps;
        report.LastPricePoints = opening.FillPoints;
        output.Emit(in report);
        return fanOut.Begin(place, in report, in before, quote);
    }

    /// <summary>A stop-limit order whose stop is crossed is a limit order, and is tested as one at the same quote.</summary>
    private bool BecomesMarketable(int place, int fill, long now)
    {
        ref Order order = ref orders[place];
        order.Type = OrderType.Limit;
        bool isMarketable = order.Side == Side.Buy ? fill <= order.PricePoints : fill >= order.PricePoints;
        if (!isMarketable)
        {
            triggers.Arm(place);
            OrderReport report = reports.Of(place, OrderStatus.New, Cause.Triggered, now);
            output.Emit(in report);
        }
        return isMarketable;
    }

    private void Expire(int place, long now)
    {
        ClientOrderId id = orders.ClientId(place);
        execution.EndWaiting(place, OrderStatus.Expired, Cause.Expired, RejectCode.None, in id, now);
    }
}
