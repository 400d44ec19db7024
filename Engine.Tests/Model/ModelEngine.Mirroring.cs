using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>What the master does later reaches its copies.</summary>
internal sealed partial class ModelEngine
{
    /// <summary>In order of their creation.</summary>
    private List<ModelOrder> OpenCopiesOf(ModelOrder master) =>
        [.. _accounts.SelectMany(account => account.Holdings).Where(order => order.Master == master).OrderBy(order => order.Id)];

    /// <summary>
    /// Each copy's closed lots are brought up to original lots × the fraction of the master's lots closed so far,
    /// rounded down to the step; the master's last close takes all.
    /// </summary>
    private void MirrorClose(ModelOrder master)
    {
        List<ModelOrder> copies = OpenCopiesOf(master);
        if (copies.Count == 0)
        {
            return;
        }
        var waiting = new SortedDictionary<RejectCode, int>();
        int closed = 0;
        decimal lots = 0;
        foreach (ModelOrder copy in copies)
        {
            decimal due = LotsDue(copy);
            if (due == 0)
            {
                continue;
            }
            if (!CanClose(copy, due))
            {
                WaitForTicks(copy);
                waiting[RejectCode.NoConversion] = waiting.GetValueOrDefault(RejectCode.NoConversion) + 1;
                continue;
            }
            Close(copy, due, Cause.MasterClosed);
            closed++;
            lots += due;
        }
        EmitCopyReport(master, master.IsGone ? CopyAction.Close : CopyAction.PartialClose, copies.Count, closed, lots, waiting);
    }

    /// <summary>A close that cannot be converted is tried again at every tick, and when the master closes more.</summary>
    private void WaitForTicks(ModelOrder copy)
    {
        copy.Pending = copy.Pending == PendingClose.None ? PendingClose.Mirrored : copy.Pending;
        BeginToWait(copy);
    }

    /// <summary>What the master's closes so far ask of the copy beyond what it has closed, by hand included.</summary>
    private static decimal LotsDue(ModelOrder copy)
    {
        ModelOrder master = copy.Master!;
        if (master.IsGone)
        {
            return copy.Remaining;
        }
        Exact target = (Exact)copy.Lots * master.ClosedLots / master.Lots;
        return Math.Max(0, RoundDownToStep(copy.Instrument, target) - copy.ClosedLots);
    }

    private void RetryMirroredClose(ModelOrder copy)
    {
        decimal due = LotsDue(copy);
        if (due > 0 && !CanClose(copy, due))
        {
            return;
        }
        copy.PendingSince = 0;
        copy.Pending = copy.Pending == PendingClose.Mirrored ? PendingClose.None : copy.Pending;
        if (due > 0)
        {
            Close(copy, due, Cause.MasterClosed);
        }
    }

    /// <summary>Copies take over both levels as the master's now are.</summary>
    private void MirrorStops(ModelOrder master)
    {
        List<ModelOrder> copies = OpenCopiesOf(master);
        if (copies.Count == 0)
        {
            return;
        }
        List<ModelOrder> changed = copies.FindAll(copy => copy.Link!.Settings.CopyStops);
        foreach (ModelOrder copy in changed)
        {
            (decimal? stopLoss, decimal? takeProfit) = CopiedStops(master, copy.Link!);
            SetStops(copy, stopLoss, takeProfit);
            Report(copy, OrderStatus.Modified, Cause.MasterModified);
        }
        EmitCopyReport(master, CopyAction.Modify, copies.Count, changed.Count, changed.Sum(copy => copy.Remaining));
    }
}
