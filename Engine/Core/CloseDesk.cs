using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;

namespace CopyEngine.Core;

/// <summary>
/// Closes of open orders: one, a part of one, or all of an account; a master's close goes on to its copies.
/// </summary>
internal sealed class CloseDesk(
    InstrumentTable instruments,
    QuoteTable quotes,
    GroupTable groups,
    AccountTable accounts,
    OrderTable orders,
    OrderExecution execution,
    Mirror mirror,
    OrderDoor door,
    Answers answers,
    EventOutput output)
{
    public void Close(in CloseOrder command, StateHash content, long now)
    {
        if (!door.TryBegin(command.Account, in command.ClientOrderId, content, command.OrderId, out int place))
        {
            return;
        }
        RejectCode refusal = place < 0 || orders[place].State != OrderStage.Open ? RejectCode.UnknownOrder
            : door.CheckMayAct(place);
        int steps = 0;
        if (refusal == RejectCode.None)
        {
            refusal = CheckCloseLots(place, command.Lots, now, out steps);
        }
        if (refusal == RejectCode.None && TryClose(place, steps, in command.ClientOrderId, now, out OrderReport report))
        {
            answers.Keep(in report);
            return;
        }
        refusal = refusal == RejectCode.None ? RejectCode.NoPrice : refusal;
        door.Refuse(place, command.Account, command.OrderId, refusal, in command.ClientOrderId, now);
    }

    public void CloseAll(in CloseAll command, StateHash content, long now)
    {
        if (!accounts.Contains(command.Account))
        {
            answers.Refuse(in command.ClientOrderId, RejectCode.UnknownAccount);
            return;
        }
        if (!answers.IsNewCloseAll(command.Account, in command.ClientOrderId, content))
        {
            return;
        }
        RejectCode refusal = command.Symbol != Commands.CloseAll.EverySymbol && !instruments.Contains(command.Symbol)
            ? RejectCode.UnknownSymbol
            : accounts[command.Account].Status == AccountStatus.Suspended ? RejectCode.AccountNotActive
            : accounts[command.Account].Has(AccountFlags.Liquidating) ? RejectCode.Liquidating
            : RejectCode.None;
        if (refusal != RejectCode.None)
        {
            answers.Refuse(in command.ClientOrderId, refusal);
            return;
        }
        door.CompleteOwn(command.Account);
        door.CompleteMasters(command.Account);
        CloseEach(in command, now);
        answers.Done(in command.ClientOrderId);
    }

    /// <summary>Closes at the current quote if it can be converted, and begins mirroring it.</summary>
    private bool TryClose(int place, int steps, in ClientOrderId clientOrderId, long now, out OrderReport report)
    {
        RawQuote quote = quotes[orders[place].Symbol].Raw;
        report = default;
        if (!execution.TryPrepare(place, steps, quote, now, out Closing closing))
        {
            return false;
        }
        bool hasCopies = orders[place].Copies > 0;
        report = execution.Close(place, in closing, Cause.Client, in clientOrderId, now);
        if (hasCopies)
        {
            mirror.BeginClose(place, in report, quote, Cause.MasterClosed);
        }
        return true;
    }

    private RejectCode CheckCloseLots(int place, long lots, long now, out int steps)
    {
        ref Order order = ref orders[place];
        Instrument instrument = instruments[order.Symbol];
        steps = order.Steps;
        if (!instrument.IsInSession(now))
        {
            return RejectCode.MarketClosed;
        }
        if (lots == Field.NotGiven)
        {
            return RejectCode.None;
        }
        if (lots <= 0 || lots / instrument.StepUnits > order.Steps
            || (lots / instrument.StepUnits == order.Steps && lots % instrument.StepUnits != 0))
        {
            return RejectCode.InvalidLots;
        }
        if (lots % instrument.StepUnits != 0)
        {
            return RejectCode.LotsOffStep;
        }
        steps = (int)(lots / instrument.StepUnits);
        int least = groups[accounts[order.Account].Group].For(order.Symbol).MinSteps;
        return steps < order.Steps && steps < least ? RejectCode.LotsBelowMinimum : RejectCode.None;
    }

    private void CloseEach(in CloseAll command, long now)
    {
        int next;
        for (int place = accounts[command.Account].FirstOrder; place >= 0; place = next)
        {
            ref Order order = ref orders[place];
            next = order.NextOfAccount;
            bool isMeant = command.Symbol == Commands.CloseAll.EverySymbol || order.Symbol == command.Symbol;
            if (order.State != OrderStage.Open || !isMeant)
            {
                continue;
            }
            RejectCode refusal = door.IsWaitingToClose(place) ? RejectCode.Liquidating
                : !instruments[order.Symbol].IsInSession(now) ? RejectCode.MarketClosed
                : TryClose(place, order.Steps, in command.ClientOrderId, now, out _) ? RejectCode.None
                : RejectCode.NoPrice;
            if (refusal != RejectCode.None)
            {
                output.Emit(door.Refusal(place, refusal, in command.ClientOrderId, now));
            }
        }
    }
}
