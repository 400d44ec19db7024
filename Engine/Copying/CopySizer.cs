using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Quotes;

namespace CopyEngine.Copying;

/// <summary>
/// The size of a copy (semantics, section 6): exact fractions, rounded down to the lot step once, then capped by the
/// link, capped by the group, then skipped or raised at the minimum.
/// </summary>
internal sealed class CopySizer(GroupTable groups, ConversionTable conversions, AccountTable accounts, Valuation valuation)
{
    /// <summary>Computes the steps of a copy, or why there is none.</summary>
    /// <param name="link">The follower and its settings.</param>
    /// <param name="provider">The provider's account.</param>
    /// <param name="instrument">What is copied.</param>
    /// <param name="fillPoints">The copy's own fill price.</param>
    /// <param name="now">Effective time.</param>
    /// <param name="sizing">Provider's equity and the master's lots; completed here.</param>
    /// <param name="steps">The size.</param>
    public RejectCode Size(
        ref CopyLink link, int provider, Instrument instrument, int fillPoints, long now, ref CopySizing sizing, out int steps)
    {
        steps = 0;
        RejectCode refusal = FollowerEquity(link.Follower, provider, now, out sizing.FollowerEquity);
        if (refusal != RejectCode.None)
        {
            return refusal;
        }
        sizing.Ratio = link.Settings.Ratio;
        if (!TryExactSteps(ref link, instrument, fillPoints, now, ref sizing, out Int128 exact))
        {
            return RejectCode.NoConversion;
        }
        steps = Cap(exact, in link.Settings, in groups[accounts[link.Follower].Group].For(instrument.Id), instrument);
        return steps == 0 ? RejectCode.BelowMinLot : RejectCode.None;
    }

    /// <summary>The follower's equity afresh, in the provider's currency.</summary>
    private RejectCode FollowerEquity(int follower, int provider, long now, out Money equity)
    {
        Figures figures = valuation.Of(follower, now);
        equity = figures.Equity;
        if (!figures.IsComputable)
        {
            return RejectCode.NoConversion;
        }
        if (equity.Units <= 0)
        {
            return RejectCode.NoEquity;
        }
        int from = accounts[follower].Currency;
        int to = accounts[provider].Currency;
        if (from == to)
        {
            return RejectCode.None;
        }
        ConversionPrice price = groups[accounts[follower].Group].Definition.Conversion;
        RateStatus status = conversions.Convert(equity.Units, from, to, price, isOwed: false, now, out Money converted);
        if (status != RateStatus.Fresh)
        {
            return RejectCode.NoConversion;
        }
        equity = converted;
        return RejectCode.None;
    }

    private bool TryExactSteps(
        ref CopyLink link, Instrument instrument, int fillPoints, long now, ref CopySizing sizing, out Int128 steps)
    {
        switch (link.Settings.Mode)
        {
            case CopyMode.FixedLots:
                sizing.RawLots = link.Settings.Lots;
                steps = link.Settings.Lots / instrument.StepUnits;
                return true;
            case CopyMode.Multiplier:
                return TryFraction((Int128)sizing.MasterSteps * link.Settings.Ratio, Fixed8.One, instrument, ref sizing, out steps);
            case CopyMode.FixedAmount:
                RateStatus status = valuation.MarginPerStep(link.Follower, instrument, fillPoints, now, out MarginRate rate);
                steps = 0;
                return status == RateStatus.Fresh
                    && rate.TryStepsFor(new Money(link.Settings.Amount), out Int128 available, out Int128 perStep)
                    && TryFraction(available, perStep, instrument, ref sizing, out steps);
            default:
                Int128 share = (Int128)sizing.MasterSteps * link.Settings.Ratio;
                Int128 whole = (Int128)sizing.ProviderEquity.Units * Fixed8.One;
                steps = 0;
                return Scaling.TryMultiply(share, sizing.FollowerEquity.Units, out Int128 product)
                    && TryFraction(product, whole, instrument, ref sizing, out steps);
        }
    }

    private static bool TryFraction(Int128 numerator, Int128 denominator, Instrument instrument, ref CopySizing sizing, out Int128 steps)
    {
        steps = numerator / denominator;
        Int128 rest = numerator - steps * denominator;
        Int128 lots = RawLots(steps, instrument);
        if (Scaling.TryMultiply(rest, instrument.StepUnits, out Int128 restUnits))
        {
            lots += restUnits / denominator;
        }
        sizing.RawLots = lots > long.MaxValue ? long.MaxValue : (long)lots;
        return true;
    }

    private static long RawLots(Int128 steps, Instrument instrument) =>
        steps > long.MaxValue / instrument.StepUnits ? long.MaxValue : (long)steps * instrument.StepUnits;

    private static int Cap(Int128 exact, in CopySettings settings, in GroupInstrument limits, Instrument instrument)
    {
        long linkCap = settings.MaxLots == Field.NotGiven ? long.MaxValue : settings.MaxLots / instrument.StepUnits;
        long cap = Math.Min(linkCap, limits.MaxSteps);
        int steps = exact > cap ? (int)cap : (int)exact;
        if (steps >= limits.MinSteps)
        {
            return steps;
        }
        bool isRaised = settings.MinLotPolicy == MinLotPolicy.Raise && cap >= limits.MinSteps;
        return isRaised ? limits.MinSteps : 0;
    }
}
