using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Liquidation of one account, and the cascade when it is a provider.</summary>
internal sealed partial class ModelEngine
{
    /// <summary>
    /// At or under the level, on figures that are known and fresh, with something that can be closed. What is blocked
    /// rings and is looked at again at the next tick.
    /// </summary>
    private bool MustLiquidate(ModelAccount account, Figures figures)
    {
        bool isAtLevel = figures.IsAtOrBelow(account.Group.Definition.LiquidationLevel);
        if (!figures.IsDegraded && !isAtLevel)
        {
            account.HasAlarmRung = false;
            return false;
        }
        if (!figures.IsDegraded && account.IsLiquidating)
        {
            return false;
        }
        AlarmKind? obstacle = Obstacle(account, figures);
        if (obstacle is null)
        {
            return true;
        }
        account.IsDirty = true;
        RingOnce(account, obstacle.Value);
        return false;
    }

    private AlarmKind? Obstacle(ModelAccount account, Figures figures)
    {
        if (figures.IsDegraded || figures.RestsOnStaleRate)
        {
            return AlarmKind.ConversionMissing;
        }
        return account.Holdings.Any(order => IsTradable(order.Instrument)) ? null : AlarmKind.LiquidationBlocked;
    }

    private void Liquidate(ModelAccount account, Figures figures)
    {
        if (account.IsProvider)
        {
            Cascade(account, figures);
            return;
        }
        EmitMargin(account, MarginEventKind.LiquidationStarted, figures);
        CancelWaitingOrders(account);
        int closed = account.Group.Definition.Liquidation == LiquidationRule.All
            ? CloseAllTradable(account)
            : CloseLargestLossesFirst(account);
        EmitMargin(account, MarginEventKind.Liquidated, FiguresOf(account), closed);
    }

    private void CancelWaitingOrders(ModelAccount account)
    {
        foreach (ModelOrder order in account.WaitingOrders.OrderBy(order => order.Id).ToList())
        {
            Remove(order);
            Report(order, OrderStatus.Cancelled, Cause.Liquidation);
        }
    }

    private int CloseAllTradable(ModelAccount account)
    {
        List<ModelOrder> tradable = [.. account.Holdings.Where(IsClosable).OrderBy(order => order.Id)];
        tradable.ForEach(order => Close(order, order.Remaining, Cause.Liquidation));
        return tradable.Count;
    }

    private bool IsClosable(ModelOrder order) => IsTradable(order.Instrument) && CanClose(order);

    /// <summary>One by one until the level is above the liquidation level or nothing is left.</summary>
    private int CloseLargestLossesFirst(ModelAccount account)
    {
        int closed = 0;
        while (FiguresOf(account).IsAtOrBelow(account.Group.Definition.LiquidationLevel))
        {
            ModelOrder? worst = account.Holdings.Where(IsClosable).OrderBy(Result).ThenBy(order => order.Id).FirstOrDefault();
            if (worst is null)
            {
                break;
            }
            Close(worst, worst.Remaining, Cause.Liquidation);
            closed++;
        }
        return closed;
    }

    /// <summary>Converted profit + swap − commission.</summary>
    private decimal Result(ModelOrder order) =>
        ProfitInAccountCurrency(order, order.Remaining)!.Amount + order.Swap - order.EntryCommission;

    /// <summary>The provider's holdings, then every copy of them, all at the quotes of now; what cannot close stays pending.</summary>
    private void Cascade(ModelAccount provider, Figures figures)
    {
        provider.IsLiquidating = true;
        EmitMargin(provider, MarginEventKind.CascadeStarted, figures, causeProvider: provider.Id);
        PauseActiveLinks(provider);
        CancelWaitingOrders(provider);
        List<ModelOrder> masters = [.. provider.Holdings.OrderBy(order => order.Id)];
        List<ModelOrder> copies = [.. masters.SelectMany(OpenCopiesOf)];
        masters.ForEach(master => master.Pending = PendingClose.CascadeMaster);
        copies.ForEach(copy => copy.Pending = PendingClose.CascadeCopy);
        int closedMasters = masters.Count(TryClosePending);
        int closedCopies = copies.Count(TryClosePending);
        EmitAudit(provider, figures, copies, closedMasters, closedCopies);
        EmitMargin(provider, MarginEventKind.CascadeDone, FiguresOf(provider), closedCopies, provider.Id);
        provider.IsLiquidating = HasPendingCloses(provider);
    }

    private void PauseActiveLinks(ModelAccount provider)
    {
        foreach (ModelLink link in LinksOf(provider).Where(link => link.Status == LinkStatus.Active))
        {
            link.Status = LinkStatus.Paused;
            link.PauseReason = RejectCode.Liquidating;
            Tell(link);
        }
    }

    private bool TryClosePending(ModelOrder order)
    {
        if (order.IsGone || (order.Pending == PendingClose.CascadeCopy && !order.Master!.IsGone))
        {
            return false;
        }
        if (!IsClosable(order))
        {
            BeginToWait(order);
            return false;
        }
        Cause cause = order.Pending == PendingClose.CascadeMaster ? Cause.Liquidation : Cause.Cascade;
        (order.Pending, order.PendingSince) = (PendingClose.None, 0);
        Close(order, order.Remaining, cause);
        return true;
    }

    private void BeginToWait(ModelOrder order)
    {
        if (order.PendingSince == 0)
        {
            order.PendingSince = ++_lastEntry;
            Ring(AlarmKind.ClosePending, order);
        }
    }

    private void EmitAudit(ModelAccount provider, Figures trigger, List<ModelOrder> copies, int closedMasters, int closedCopies)
    {
        int total = copies.Select(copy => copy.Account).Distinct().Count();
        int failed = copies.Where(copy => !copy.IsGone).Select(copy => copy.Account).Distinct().Count();
        Emit(new CascadeReport
        {
            Provider = provider.Id,
            TotalFollowers = total,
            SuccessfulFollowers = total - failed,
            FailedFollowers = failed,
            PositionsClosed = closedCopies,
            ProviderPositionsClosed = closedMasters,
            StartSequence = _command.Sequence,
            StartedAt = _now,
            TriggerEquity = Units.Money(trigger.Equity),
            TriggerUsedMargin = Units.Money(trigger.UsedMargin),
        });
    }

    private bool HasPendingCloses(ModelAccount provider) =>
        provider.Holdings.Any(order => order.Pending == PendingClose.CascadeMaster)
        || _accounts.SelectMany(account => account.Holdings)
            .Any(order => order.Pending == PendingClose.CascadeCopy && order.Master!.Account == provider);

    /// <summary>At every tick, at the quotes of then, in the order in which they began to wait; a provider is free when nothing is left.</summary>
    private void RetryPendingCloses()
    {
        List<ModelOrder> waiting = [.. _accounts.SelectMany(account => account.Holdings).Where(IsRetriedAtTicks).OrderBy(order => order.PendingSince)];
        foreach (ModelOrder order in waiting.Where(order => IsTradable(order.Instrument)))
        {
            if (order.Pending == PendingClose.Mirrored || (order.Pending == PendingClose.CascadeCopy && !order.Master!.IsGone))
            {
                RetryMirroredClose(order);
            }
            else if (TryClosePending(order))
            {
                CopiesThatWaitFor(order).ForEach(copy => TryClosePending(copy));
            }
        }
        foreach (ModelAccount provider in _accounts.FindAll(account => account.IsLiquidating))
        {
            provider.IsLiquidating = HasPendingCloses(provider);
        }
    }

    private List<ModelOrder> CopiesThatWaitFor(ModelOrder master) =>
        [.. _accounts.SelectMany(account => account.Holdings)
            .Where(order => order.Pending == PendingClose.CascadeCopy && order.Master == master)
            .OrderBy(order => order.Id)];
}
