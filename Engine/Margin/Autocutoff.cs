using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Orders;
using CopyEngine.Quotes;

namespace CopyEngine.Margin;

/// <summary>
/// Looks at margin levels (semantics, section 7): warns once per episode, rings an alarm when it must not act on what it
/// does not know, hands accounts at their liquidation level to liquidation or, providers, to the cascade.
/// </summary>
internal sealed class Autocutoff(
    InstrumentTable instruments,
    CurrencyTable currencies,
    QuoteTable quotes,
    AccountTable accounts,
    OrderTable orders,
    Liquidation liquidation,
    Cascade cascade,
    EventOutput output)
{
    private const long MicrosecondsPerSecond = 1_000_000;

    /// <summary>A cheap look: false when nothing could possibly have to be done.</summary>
    public bool Concerns(int account, in Figures figures, Group group) =>
        figures.IsDegraded
        || figures.IsAtOrBelow(group.Definition.WarningLevel)
        || accounts[account].Has(AccountFlags.Disarmed | AccountFlags.AlarmRang);

    /// <summary>Warns, restores, rings or liquidates.</summary>
    /// <returns>True when a cascade was begun.</returns>
    public bool Act(int account, in Figures figures, Group group, ref TickCompleted tick, long now)
    {
        ref Account held = ref accounts[account];
        if (figures.IsDegraded)
        {
            RingOnce(account, AlarmKind.ConversionMissing, figures.Unconvertible);
            return false;
        }
        Warn(account, in figures, group, ref tick, now);
        if (!figures.IsAtOrBelow(group.Definition.LiquidationLevel))
        {
            held.Set(AccountFlags.AlarmRang, false);
            return false;
        }
        if (held.Has(AccountFlags.Liquidating))
        {
            return false;
        }
        if (figures.IsStale)
        {
            RingOnce(account, AlarmKind.ConversionMissing, figures.Unconvertible);
            return false;
        }
        if (!HoldsTradable(account, now))
        {
            RingOnce(account, AlarmKind.LiquidationBlocked, -1);
            return false;
        }
        held.Set(AccountFlags.AlarmRang, false);
        tick.Liquidations++;
        if (accounts.Profile(account).Provider >= 0)
        {
            cascade.Begin(account, in figures, now);
            return true;
        }
        liquidation.Run(account, in figures, group, now);
        return false;
    }

    private void Warn(int account, in Figures figures, Group group, ref TickCompleted tick, long now)
    {
        ref Account held = ref accounts[account];
        ref AccountProfile profile = ref accounts.Profile(account);
        if (!figures.IsAtOrBelow(group.Definition.WarningLevel))
        {
            if (held.Has(AccountFlags.Disarmed))
            {
                held.Set(AccountFlags.Disarmed, false);
                Report(account, MarginEventKind.Restored, in figures);
            }
            return;
        }
        long interval = group.Definition.WarningIntervalSeconds * MicrosecondsPerSecond;
        if (held.Has(AccountFlags.Disarmed) || (profile.LastWarningAt != 0 && now - profile.LastWarningAt < interval))
        {
            return;
        }
        held.Set(AccountFlags.Disarmed, true);
        profile.LastWarningAt = now;
        tick.Warnings++;
        Report(account, MarginEventKind.Warning, in figures);
    }

    private bool HoldsTradable(int account, long now)
    {
        for (int order = accounts[account].FirstOrder; order >= 0; order = orders[order].NextOfAccount)
        {
            if (orders[order].State == OrderStage.Open && quotes.IsTradable(orders[order].Symbol, now))
            {
                return true;
            }
        }
        return false;
    }

    private void RingOnce(int account, AlarmKind kind, int symbol)
    {
        ref Account held = ref accounts[account];
        // Looked at again by the next tick: what stands in the way may go without a quote, by a session that opens.
        accounts.MarkDirty(account);
        if (held.Has(AccountFlags.AlarmRang))
        {
            return;
        }
        held.Set(AccountFlags.AlarmRang, true);
        var alarm = new Alarm { Account = account, Symbol = symbol, Kind = kind };
        if (symbol >= 0)
        {
            alarm.From = currencies.Code(instruments[symbol].ProfitCurrency);
            alarm.To = currencies.Code(held.Currency);
        }
        output.Emit(in alarm);
    }

    private void Report(int account, MarginEventKind kind, in Figures figures) => output.Emit(new MarginReport
    {
        Account = account,
        CauseProvider = -1,
        Kind = kind,
        Equity = figures.Equity,
        UsedMargin = figures.UsedMargin,
    });
}
