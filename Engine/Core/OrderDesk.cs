using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Core;

/// <summary>
/// Orders come in and go: place and cancel. Each command is checked before it changes anything and answered by one
/// report; the fan-out of a master's fill is begun here and done by the long work.
/// </summary>
internal sealed class OrderDesk(
    CurrentLimits limits,
    InstrumentTable instruments,
    QuoteTable quotes,
    GroupTable groups,
    AccountTable accounts,
    OrderTable orders,
    TriggerTable triggers,
    ExpiryQueue expiries,
    OrderChecks checks,
    OrderExecution execution,
    OrderReports reports,
    FanOut fanOut,
    OrderDoor door,
    ChangeDesk changes,
    Answers answers,
    EventOutput output)
{
    public void Place(in PlaceOrder command, StateHash content, long now)
    {
        if (!door.IsKnown(command.Account, in command.ClientOrderId)
            || !answers.IsNewOrder(command.Account, in command.ClientOrderId, content))
        {
            return;
        }
        door.CompleteOwn(command.Account);
        OrderTerms terms = default;
        RejectCode refusal = instruments.Contains(command.Symbol)
            ? checks.Check(in command, now, out terms)
            : RejectCode.UnknownSymbol;
        if (refusal == RejectCode.None)
        {
            refusal = command.OrderType == OrderType.Market
                ? FillAtMarket(in command, in terms, now)
                : Wait(in command, in terms, now);
        }
        if (refusal != RejectCode.None)
        {
            RefuseNew(in command, refusal);
        }
    }

    public void Cancel(in CancelOrder command, StateHash content, long now)
    {
        if (!door.TryBegin(command.Account, in command.ClientOrderId, content, command.OrderId, out int place))
        {
            return;
        }
        RejectCode refusal = place < 0 || orders[place].State != OrderStage.Waiting ? RejectCode.UnknownOrder
            : door.CheckMayAct(place);
        if (refusal != RejectCode.None)
        {
            door.Refuse(place, command.Account, command.OrderId, refusal, in command.ClientOrderId, now);
            return;
        }
        OrderReport report = execution.EndWaiting(
            place, OrderStatus.Cancelled, Cause.Client, RejectCode.None, in command.ClientOrderId, now);
        answers.Keep(in report);
    }

    private RejectCode FillAtMarket(in PlaceOrder command, in OrderTerms terms, long now)
    {
        int halfSpread = groups[accounts[command.Account].Group].For(command.Symbol).HalfSpreadPoints;
        RawQuote quote = quotes[command.Symbol].Raw;
        var opening = new Opening
        {
            Account = command.Account,
            Symbol = command.Symbol,
            Side = command.Side,
            Steps = terms.Steps,
            FillPoints = quote.ClientPrice(command.Side, halfSpread),
        };
        RejectCode refusal = execution.Prepare(ref opening, now);
        if (refusal == RejectCode.None)
        {
            refusal = checks.SlipsTooFar(in command, opening.FillPoints) ? RejectCode.SlippageExceeded
                : !execution.HasRoom(in opening) || IsFull(command.Account) ? RejectCode.CapacityExceeded
                : RejectCode.None;
        }
        if (refusal != RejectCode.None)
        {
            return refusal;
        }
        Figures before = fanOut.EquityBefore(command.Account, now);
        int place = execution.Fill(-1, in opening, now);
        orders[place].StopLossPoints = terms.StopLossPoints;
        orders[place].TakeProfitPoints = terms.TakeProfitPoints;
        orders.SetClientId(place, in command.ClientOrderId);
        triggers.Arm(place);
        OrderReport report = reports.Of(place, OrderStatus.Filled, Cause.Client, now);
        report.ExecutionId = execution.Executions;
        report.LastLotsSteps = opening.Steps;
        report.LastPricePoints = opening.FillPoints;
        output.Emit(in report);
        answers.Keep(in report);
        fanOut.Begin(place, in report, in before, quote);
        return RejectCode.None;
    }

    private RejectCode Wait(in PlaceOrder command, in OrderTerms terms, long now)
    {
        if (IsFull(command.Account))
        {
            return RejectCode.CapacityExceeded;
        }
        int place = orders.Add(command.Account, OrderStage.Waiting, OrderFlags.None);
        ref Order order = ref orders[place];
        order.Symbol = command.Symbol;
        order.Side = command.Side;
        order.Type = command.OrderType;
        order.OpenedAt = now;
        orders.SetClientId(place, in command.ClientOrderId);
        order.ExpiresAt = terms.ExpiresAt;
        if (terms.ExpiresAt != 0)
        {
            expiries.Add(place);
        }
        changes.Apply(place, in terms);
        OrderReport report = reports.Of(place, OrderStatus.New, Cause.Client, now);
        output.Emit(in report);
        answers.Keep(in report);
        return RejectCode.None;
    }

    private bool IsFull(int account) => accounts.Profile(account).OwnOrders >= limits.OrdersPerAccount;

    private void RefuseNew(in PlaceOrder command, RejectCode refusal)
    {
        OrderReport report = OrderReports.Refusal(refusal, command.Account, in command.ClientOrderId);
        report.Symbol = command.Symbol;
        report.Side = command.Side;
        report.OrderType = command.OrderType;
        answers.Refuse(in report);
        if (refusal == RejectCode.StalePrice)
        {
            output.Emit(new Alarm { Account = command.Account, Symbol = command.Symbol, Kind = AlarmKind.PriceStale });
        }
    }
}
