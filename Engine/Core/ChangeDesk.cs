using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Orders;
using CopyEngine.State;

namespace CopyEngine.Core;

/// <summary>
/// Changes of orders (docs/rules.md): a waiting order's lots, prices and stops, an open order's stops, which go on to
/// its copies.
/// </summary>
internal sealed class ChangeDesk(
    InstrumentTable instruments,
    AccountTable accounts,
    OrderTable orders,
    TriggerTable triggers,
    OrderChecks checks,
    OrderReports reports,
    Mirror mirror,
    OrderDoor door,
    Answers answers,
    EventOutput output)
{
    public void Modify(in ModifyOrder command, StateHash content, long now)
    {
        if (!door.TryBegin(command.Account, in command.ClientOrderId, content, command.OrderId, out int place))
        {
            return;
        }
        RejectCode refusal = place < 0 ? RejectCode.UnknownOrder : door.CheckMayAct(place);
        OrderTerms terms = default;
        if (refusal == RejectCode.None)
        {
            refusal = CheckChange(in command, place, now, out terms);
        }
        if (refusal != RejectCode.None)
        {
            door.Refuse(place, command.Account, command.OrderId, refusal, in command.ClientOrderId, now);
            return;
        }
        Apply(place, in terms);
        OrderReport report = reports.Of(place, OrderStatus.Modified, Cause.Client, now);
        report.ClientOrderId = command.ClientOrderId;
        output.Emit(in report);
        answers.Keep(in report);
        if (orders[place].State == OrderStage.Open)
        {
            mirror.BeginStops(place, in report);
        }
    }

    /// <summary>Sets an order's terms and arms what they ask for.</summary>
    public void Apply(int place, in OrderTerms terms)
    {
        ref Order order = ref orders[place];
        if (order.State == OrderStage.Waiting)
        {
            order.Steps = order.OriginalSteps = terms.Steps;
            order.PricePoints = terms.PricePoints;
            order.StopPricePoints = terms.StopPricePoints;
        }
        order.StopLossPoints = terms.StopLossPoints;
        order.TakeProfitPoints = terms.TakeProfitPoints;
        triggers.Arm(place);
        accounts.MarkDirty(order.Account);
    }

    private RejectCode CheckChange(in ModifyOrder command, int place, long now, out OrderTerms terms)
    {
        ref Order order = ref orders[place];
        Instrument instrument = instruments[order.Symbol];
        terms = new OrderTerms { Steps = order.Steps, PricePoints = order.PricePoints, StopPricePoints = order.StopPricePoints };
        if (!instrument.IsInSession(now))
        {
            return RejectCode.MarketClosed;
        }
        RejectCode refusal = order.State == OrderStage.Open
            ? CheckNoTermsGiven(in command)
            : CheckWaitingChange(in command, ref order, instrument, now, ref terms);
        if (refusal != RejectCode.None)
        {
            return refusal;
        }
        bool areStopsGiven = command.StopLoss != Field.NotGiven || command.TakeProfit != Field.NotGiven;
        if (!OrderChecks.TryStopLevel(instrument, command.StopLoss, order.StopLossPoints, out terms.StopLossPoints)
            || !OrderChecks.TryStopLevel(instrument, command.TakeProfit, order.TakeProfitPoints, out terms.TakeProfitPoints))
        {
            return RejectCode.InvalidStops;
        }
        OrderType measuredAs = order.State == OrderStage.Open ? OrderType.Market : order.Type;
        int reference = checks.StopReference(order.Account, instrument, order.Side, measuredAs, in terms);
        // A level that was not given stays even where the market has come closer to it than a new one may be.
        bool isWaiting = order.State == OrderStage.Waiting;
        return !areStopsGiven && !isWaiting
            ? RejectCode.None
            : OrderChecks.CheckStops(
                instrument,
                order.Side,
                reference,
                isWaiting || command.StopLoss != Field.NotGiven ? terms.StopLossPoints : 0,
                isWaiting || command.TakeProfit != Field.NotGiven ? terms.TakeProfitPoints : 0);
    }

    private static RejectCode CheckNoTermsGiven(in ModifyOrder command) =>
        command.Lots != Field.NotGiven ? RejectCode.InvalidLots
        : command.Price != Field.NotGiven || command.StopPrice != Field.NotGiven ? RejectCode.InvalidPrice
        : RejectCode.None;

    private RejectCode CheckWaitingChange(
        in ModifyOrder command, ref Order order, Instrument instrument, long now, ref OrderTerms terms)
    {
        if (command.Lots != Field.NotGiven)
        {
            RejectCode refusal = checks.CheckLots(order.Account, instrument, command.Lots, out terms.Steps);
            if (refusal != RejectCode.None)
            {
                return refusal;
            }
        }
        if (command.Price == Field.NotGiven && command.StopPrice == Field.NotGiven)
        {
            return RejectCode.None;
        }
        RejectCode quoted = checks.CheckQuote(order.Symbol, now);
        long price = Given(command.Price, order.PricePoints, instrument);
        long stopPrice = Given(command.StopPrice, order.StopPricePoints, instrument);
        return quoted != RejectCode.None
            ? quoted
            : checks.CheckWaitingPrices(order.Account, instrument, order.Side, order.Type, price, stopPrice, ref terms);
    }

    private static long Given(long field, int before, Instrument instrument) =>
        field != Field.NotGiven ? field
        : before == 0 ? Field.NotGiven
        : before * instrument.PointUnits;
}
