using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.Work;

namespace CopyEngine.Copying;

/// <summary>
/// A master's closes and stops to its copies, in order of their creation. Closed lots are brought up to the fraction of
/// the master's lots closed so far, so rounding never drifts; the master's last close takes all (semantics, section 6).
/// </summary>
internal sealed class Mirror(
    AccountTable accounts,
    OrderTable orders,
    TriggerTable triggers,
    OrderExecution execution,
    OrderReports reports,
    LinkTable links,
    PendingCloses pending,
    WorkQueue work,
    EventOutput output)
{
    /// <summary>Begins mirroring a close of a master, which still stands in its place; nothing without copies.</summary>
    public void BeginClose(int master, in OrderReport close, RawQuote quote, Cause cause)
    {
        if (orders[master].Copies == 0)
        {
            return;
        }
        ref WorkItem item = ref Begin(WorkKind.MirrorClose, master, in close);
        item.Pinned = quote;
        item.Cause = cause;
        item.MasterSteps = close.LotsSteps - close.RemainingSteps;
        item.Report.Action = close.RemainingSteps == 0 ? CopyAction.Close : CopyAction.PartialClose;
    }

    /// <summary>Begins mirroring a change of a master's stops; nothing without copies.</summary>
    public void BeginStops(int master, in OrderReport change)
    {
        if (orders[master].Copies == 0)
        {
            return;
        }
        ref WorkItem item = ref Begin(WorkKind.MirrorStops, master, in change);
        item.Cause = Cause.MasterModified;
        item.Report.Action = CopyAction.Modify;
    }

    /// <summary>Begins counting the copies of a master that a cascade cannot close yet.</summary>
    public void BeginCountPending(int master, int provider)
    {
        if (orders[master].Copies > 0)
        {
            orders.Hold(master);
            work.Push(WorkKind.CountPending, provider).Master = master;
        }
    }

    /// <summary>Closes the next copies.</summary>
    public bool StepClose(ref WorkItem item, ref int budget, long now)
    {
        for (int copy = First(ref item); copy >= 0; copy = item.Cursor)
        {
            if (budget-- <= 0)
            {
                return false;
            }
            item.Cursor = orders[copy].NextCopy;
            item.Report.Followers++;
            CloseCopy(ref item, copy, now);
        }
        if (item.Cause != Cause.Cascade)
        {
            output.Emit(in item.Report);
        }
        orders.Release(item.Master);
        return true;
    }

    /// <summary>Changes the stops of the next copies.</summary>
    public bool StepStops(ref WorkItem item, ref int budget, long now)
    {
        for (int copy = First(ref item); copy >= 0; copy = item.Cursor)
        {
            if (budget-- <= 0)
            {
                return false;
            }
            item.Cursor = orders[copy].NextCopy;
            item.Report.Followers++;
            ChangeStops(ref item, copy, now);
        }
        output.Emit(in item.Report);
        orders.Release(item.Master);
        return true;
    }

    /// <summary>Counts the next copies that wait.</summary>
    public bool StepCountPending(ref WorkItem item, ref int budget)
    {
        for (int copy = First(ref item); copy >= 0; copy = item.Cursor)
        {
            if (budget-- <= 0)
            {
                return false;
            }
            item.Cursor = orders[copy].NextCopy;
            CountFollower(links[item.Provider], orders[copy].Account, hasFailed: true);
        }
        orders.Release(item.Master);
        return true;
    }

    /// <summary>Lots that a copy has to close now for the fraction of its master's lots closed so far.</summary>
    public static int StepsToClose(ref Order copy, int masterClosedSteps, int masterSteps)
    {
        if (masterClosedSteps == masterSteps)
        {
            return copy.Steps;
        }
        int target = (int)((long)copy.OriginalSteps * masterClosedSteps / masterSteps);
        int closed = copy.OriginalSteps - copy.Steps;
        return Math.Max(0, target - closed);
    }

    private int First(ref WorkItem item)
    {
        if (item.Cursor == WorkItem.NotStarted)
        {
            item.Cursor = orders[item.Master].FirstCopy;
        }
        return item.Cursor;
    }

    private ref WorkItem Begin(WorkKind kind, int master, in OrderReport change)
    {
        orders.Hold(master);
        ref WorkItem item = ref work.Push(kind, accounts.Profile(change.Account).Provider);
        item.Master = master;
        item.Report = new CopyReport
        {
            MasterOrderId = change.OrderId,
            Provider = change.Account,
            Symbol = change.Symbol,
            ClientOrderId = orders.ClientId(master),
        };
        return ref item;
    }

    private void CloseCopy(ref WorkItem item, int copy, long now)
    {
        ref Order order = ref orders[copy];
        int follower = order.Account;
        int steps = StepsToClose(ref order, item.MasterSteps, orders[item.Master].OriginalSteps);
        bool isClosed = true;
        if (steps > 0)
        {
            isClosed = execution.TryPrepare(copy, steps, item.Pinned, now, out Closing closing);
            if (isClosed)
            {
                execution.Close(copy, in closing, item.Cause, default, now);
                item.Report.Copied++;
                item.Report.LotsSteps += steps;
            }
            else
            {
                item.Report.Skipped.Count(RejectCode.NoConversion);
                pending.Add(copy, item.Cause == Cause.Cascade ? item.Provider : -1);
            }
        }
        if (item.Cause == Cause.Cascade)
        {
            Provider provider = links[item.Provider];
            CountFollower(provider, follower, !isClosed);
            provider.Cascade.PositionsClosed += isClosed ? 1 : 0;
        }
    }

    private void CountFollower(Provider provider, int follower, bool hasFailed)
    {
        ref AccountProfile profile = ref accounts.Profile(follower);
        if (profile.CountedByCascade != provider.CascadeNumber)
        {
            profile.CountedByCascade = provider.CascadeNumber;
            provider.Cascade.TotalFollowers++;
        }
        if (hasFailed && profile.FailedByCascade != provider.CascadeNumber)
        {
            profile.FailedByCascade = provider.CascadeNumber;
            provider.Cascade.FailedFollowers++;
        }
    }

    private void ChangeStops(ref WorkItem item, int copy, long now)
    {
        ref Order order = ref orders[copy];
        int link = links.Find(item.Provider, order.Account);
        if (link < 0 || !links[item.Provider].Links[link].Settings.CopyStops)
        {
            return;
        }
        FanOut.CopyStops(ref order, ref orders[item.Master]);
        triggers.Arm(copy);
        accounts.MarkDirty(order.Account);
        OrderReport report = reports.Of(copy, OrderStatus.Modified, Cause.MasterModified, now);
        output.Emit(in report);
        item.Report.Copied++;
        item.Report.LotsSteps += order.Steps;
    }
}
