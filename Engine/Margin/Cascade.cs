using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Margin;

/// <summary>
/// A liquidated provider takes every follower's copies along, exactly once each: its holdings close in the first step
/// at the quotes of then, the tree of copies follows in slices at the same quotes, and what has no price or rate waits
/// and is tried again at every tick (semantics, section 7).
/// </summary>
internal sealed class Cascade(
    QuoteTable quotes,
    AccountTable accounts,
    Valuation valuation,
    OrderTable orders,
    OrderExecution execution,
    Liquidation liquidation,
    LinkTable links,
    Mirror mirror,
    PendingCloses pending,
    WorkQueue work,
    EventOutput output)
{
    private readonly List<ClosedMaster> _masters = [];
    private int _cascades;

    private readonly record struct ClosedMaster(int Place, OrderReport Close, RawQuote Quote, bool IsClosed);

    /// <summary>Begins the cascade of a provider at its liquidation level.</summary>
    public void Begin(int account, in Figures figures, long now)
    {
        int place = accounts.Profile(account).Provider;
        work.Complete(place);
        Provider provider = links[place];
        accounts[account].Set(AccountFlags.Liquidating, true);
        provider.CascadeNumber = ++_cascades;
        provider.Cascade = new CascadeReport
        {
            Provider = account,
            StartSequence = output.Sequence,
            StartedAt = now,
            TriggerEquity = figures.Equity,
            TriggerUsedMargin = figures.UsedMargin,
        };
        Report(account, MarginEventKind.CascadeStarted, figures.Equity, figures.UsedMargin, 0);
        work.Push(WorkKind.Cascade, place).Cause = Cause.Cascade;
        CloseOwn(account, place, provider, now);
    }

    /// <summary>The cascade's parts are all done: tells what became of it.</summary>
    public bool Finish(ref WorkItem item, long now)
    {
        Provider provider = links[item.Provider];
        Figures after = valuation.Of(provider.Account, now);
        provider.Cascade.SuccessfulFollowers = provider.Cascade.TotalFollowers - provider.Cascade.FailedFollowers;
        output.Emit(in provider.Cascade);
        Report(
            provider.Account,
            MarginEventKind.CascadeDone,
            after.Equity,
            after.UsedMargin,
            provider.Cascade.PositionsClosed);
        if (provider.PendingCloses == 0)
        {
            accounts[provider.Account].Set(AccountFlags.Liquidating, false);
        }
        return true;
    }

    /// <summary>Pauses the next links; only SetLinkStatus resumes them.</summary>
    public bool StepPauseLinks(ref WorkItem item, ref int budget)
    {
        PagedArray<CopyLink> followers = links[item.Provider].Links;
        int link = Math.Max(item.Cursor, 0);
        for (; link < followers.Count && budget > 0; link++)
        {
            ref CopyLink followed = ref followers[link];
            if (followed.IsRemoved || followed.Status == LinkStatus.Paused)
            {
                continue;
            }
            budget--;
            followed.Status = LinkStatus.Paused;
            followed.PauseReason = RejectCode.Liquidating;
            output.Emit(links.Describe(item.Provider, link));
        }
        item.Cursor = link;
        return link >= followers.Count;
    }

    /// <summary>Tries the next waiting closes again.</summary>
    /// <returns>True when all have been tried, false when the budget is used or copies have to be closed first.</returns>
    public bool StepRetry(ref WorkItem item, ref int budget, long now)
    {
        int entry = Math.Max(item.Cursor, 0);
        for (; entry < pending.Count; entry++)
        {
            if (budget-- <= 0)
            {
                item.Cursor = entry;
                return false;
            }
            if (pending.TryGet(entry, out int place, out int provider) && Retry(place, provider, now))
            {
                item.Cursor = entry + 1;
                return false;
            }
        }
        pending.DropDone();
        return true;
    }

    public void Transfer(StateTransfer transfer) => transfer.Value(ref _cascades);

    /// <returns>True when the copies of the order have to be closed before the next entry.</returns>
    private bool Retry(int place, int provider, long now)
    {
        ref Order order = ref orders[place];
        if (!quotes.IsTradable(order.Symbol, now))
        {
            return false;
        }
        RawQuote quote = quotes[order.Symbol].Raw;
        int steps = order.Master >= 0
            ? Mirror.StepsToClose(ref order, MasterClosedSteps(order.Master), orders[order.Master].OriginalSteps)
            : order.Steps;
        if (steps == 0)
        {
            order.Flags &= ~OrderFlags.PendingClose;
            return false;
        }
        if (!execution.TryPrepare(place, steps, quote, now, out Closing closing))
        {
            return false;
        }
        order.Flags &= ~OrderFlags.PendingClose;
        Cause cause = order.Master < 0 ? Cause.Liquidation : provider >= 0 ? Cause.Cascade : Cause.MasterClosed;
        if (order.Copies == 0)
        {
            execution.Close(place, in closing, cause, default, now);
            return false;
        }
        order.Flags |= OrderFlags.Cascading | OrderFlags.Held;
        OrderReport close = execution.Close(place, in closing, cause, default, now);
        mirror.BeginClose(place, in close, quote, Cause.Cascade);
        return true;
    }

    private int MasterClosedSteps(int master) => orders[master].OriginalSteps - orders[master].Steps;

    /// <summary>Closes what the provider holds; its copies are put on the chain so that the oldest master's come first.</summary>
    private void CloseOwn(int account, int place, Provider provider, long now)
    {
        liquidation.CancelWaiting(account, Cause.Liquidation, now);
        _masters.Clear();
        int next;
        for (int order = accounts[account].FirstOrder; order >= 0; order = next)
        {
            next = orders[order].NextOfAccount;
            CloseMaster(order, provider, now);
        }
        for (int i = _masters.Count - 1; i >= 0; i--)
        {
            Mirrored(_masters[i], place);
        }
        work.Push(WorkKind.PauseLinks, place);
    }

    private void CloseMaster(int order, Provider provider, long now)
    {
        ref Order master = ref orders[order];
        bool hasCopies = master.Copies > 0;
        RawQuote quote = quotes[master.Symbol].Raw;
        if (!quotes.IsTradable(master.Symbol, now)
            || !execution.TryPrepare(order, master.Steps, quote, now, out Closing closing))
        {
            pending.Add(order, accounts.Profile(master.Account).Provider);
            if (hasCopies)
            {
                _masters.Add(new ClosedMaster(order, default, default, false));
            }
            return;
        }
        if (hasCopies)
        {
            master.Flags |= OrderFlags.Cascading | OrderFlags.Held;
        }
        OrderReport close = execution.Close(order, in closing, Cause.Liquidation, default, now);
        provider.Cascade.ProviderPositionsClosed++;
        if (hasCopies)
        {
            _masters.Add(new ClosedMaster(order, close, quote, true));
        }
    }

    private void Mirrored(in ClosedMaster master, int provider)
    {
        if (master.IsClosed)
        {
            OrderReport close = master.Close;
            mirror.BeginClose(master.Place, in close, master.Quote, Cause.Cascade);
        }
        else
        {
            mirror.BeginCountPending(master.Place, provider);
        }
    }

    private void Report(int account, MarginEventKind kind, Numerics.Money equity, Numerics.Money usedMargin, int closed) =>
        output.Emit(new MarginReport
        {
            Account = account,
            CauseProvider = account,
            Closed = closed,
            Kind = kind,
            Equity = equity,
            UsedMargin = usedMargin,
        });
}
