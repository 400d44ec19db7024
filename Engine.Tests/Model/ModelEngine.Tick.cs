using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>The tick: expiries, waiting closes, then every account that something happened to (semantics, section 7).</summary>
internal sealed partial class ModelEngine
{
    private void ApplyTick()
    {
        ExpireWaitingOrders();
        RetryPendingCloses();
        var completed = new TickCompleted { TickSequence = _command.Sequence };
        List<ModelInstrument> quoted = _instruments.FindAll(instrument => instrument.QuotedSinceTick);
        foreach (ModelAccount account in _accounts)
        {
            if (MustRecompute(account, quoted))
            {
                Recompute(account, ref completed);
            }
        }
        _instruments.ForEach(instrument => instrument.QuotedSinceTick = false);
        Emit(in completed);
    }

    /// <summary>Its orders or funds changed, or it holds a symbol that was quoted or whose conversion pair was quoted.</summary>
    private bool MustRecompute(ModelAccount account, List<ModelInstrument> quoted) =>
        account.IsDirty || account.Holdings.Any(order => quoted.Exists(instrument =>
            instrument == order.Instrument || RouteUses(instrument, order.Instrument.ProfitCurrency, account.Currency)));

    private void Recompute(ModelAccount account, ref TickCompleted completed)
    {
        completed.Recomputed++;
        account.IsDirty = false;
        Figures figures = FiguresOf(account);
        if (Publish(account, figures))
        {
            completed.Changed++;
        }
        if (WarnOrRestore(account, figures))
        {
            completed.Warnings++;
        }
        if (MustLiquidate(account, figures))
        {
            completed.Liquidations++;
            account.HasAlarmRung = false;
            Liquidate(account, figures);
        }
    }

    /// <summary>Published when something differs from what was published last; the first time always.</summary>
    private bool Publish(ModelAccount account, Figures figures)
    {
        Figures comparable = figures with { RestsOnStaleRate = false };
        if (account.Published == comparable)
        {
            return false;
        }
        account.Published = comparable;
        var batch = new PortfolioBatch { Count = 1 };
        batch.Portfolios[0] = PortfolioOf(account, figures);
        Emit(in batch);
        return true;
    }

    private static Portfolio PortfolioOf(ModelAccount account, Figures figures) => new()
    {
        Account = account.Id,
        IsDegraded = figures.IsDegraded,
        Balance = Units.Money(figures.Balance),
        Equity = Units.Money(figures.Equity),
        UsedMargin = Units.Money(figures.UsedMargin),
    };

    /// <summary>A warning disarms; a level above the warning level, or no used margin, arms again.</summary>
    private bool WarnOrRestore(ModelAccount account, Figures figures)
    {
        if (figures.IsDegraded)
        {
            return false;
        }
        RegisterGroup group = account.Group.Definition;
        if (!figures.IsAtOrBelow(group.WarningLevel))
        {
            if (!account.IsArmed)
            {
                account.IsArmed = true;
                EmitMargin(account, MarginEventKind.Restored, figures);
            }
            return false;
        }
        bool isDue = account.LastWarning is null || _now - account.LastWarning >= group.WarningIntervalSeconds * 1_000_000L;
        if (!account.IsArmed || !isDue)
        {
            return false;
        }
        account.IsArmed = false;
        account.LastWarning = _now;
        EmitMargin(account, MarginEventKind.Warning, figures);
        return true;
    }

    private void EmitMargin(ModelAccount account, MarginEventKind kind, Figures figures, int closed = 0, int causeProvider = -1) =>
        Emit(new MarginReport
        {
            Account = account.Id,
            CauseProvider = causeProvider,
            Closed = closed,
            Kind = kind,
            Equity = Units.Money(figures.Equity),
            UsedMargin = Units.Money(figures.UsedMargin),
        });
}
