using System.Runtime.CompilerServices;
using CopyEngine.Commands;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Quotes;

namespace CopyEngine.Accounts;

/// <summary>An account's figures at the current quotes.</summary>
internal struct Figures
{
    public Money Equity;
    public Money UsedMargin;

    /// <summary>A conversion rate was never quoted: holdings are left out.</summary>
    public bool IsDegraded;

    /// <summary>A conversion rate is stale: good for display, not for opening or liquidating.</summary>
    public bool IsStale;

    /// <summary>Instrument whose conversion is missing or stale, -1: none.</summary>
    public int Unconvertible;

    public readonly bool IsComputable => !IsDegraded && !IsStale;

    /// <summary>Equity × 100 % / used margin ≤ level, exactly; never without used margin. Level in 10^-4 percent.</summary>
    public readonly bool IsAtOrBelow(int level) =>
        UsedMargin.Units > 0 && (Int128)Equity.Units * 1_000_000 <= (Int128)UsedMargin.Units * level;
}

/// <summary>An order that is not yet there, to see what it would do.</summary>
internal struct Addition
{
    public int Symbol;
    public Side Side;
    public int Steps;
    public int OpenPoints;
    public Money EntryCommission;
    public Money FrozenMargin;
}

/// <summary>
/// Equity and used margin of an account from its exposures (semantics, sections 3 and 4): profit is summed exactly per
/// symbol, converted once and rounded once.
/// </summary>
internal sealed class Valuation(
    InstrumentTable instruments,
    GroupTable groups,
    QuoteTable quotes,
    ConversionTable conversions,
    AccountTable accounts,
    ExposureTable exposures)
{
    /// <summary>The account as it is.</summary>
    public Figures Of(int account, long now)
    {
        var sum = new Sum(in accounts[account]);
        for (int at = accounts[account].FirstExposure; at >= 0; at = exposures[at].Next)
        {
            Add(ref sum, in exposures[at], account, now);
        }
        return sum.ToFigures();
    }

    /// <summary>The account as it would be with one order more.</summary>
    public Figures With(int account, in Addition addition, long now)
    {
        var sum = new Sum(in accounts[account]);
        sum.Equity -= addition.EntryCommission.Units;
        bool isKnown = false;
        for (int at = accounts[account].FirstExposure; at >= 0; at = exposures[at].Next)
        {
            if (exposures[at].Symbol != addition.Symbol)
            {
                Add(ref sum, in exposures[at], account, now);
                continue;
            }
            Exposure enlarged = exposures[at];
            enlarged.Add(addition.Side, addition.Steps, addition.OpenPoints, addition.FrozenMargin);
            Add(ref sum, in enlarged, account, now);
            isKnown = true;
        }
        if (!isKnown)
        {
            var created = new Exposure { Symbol = addition.Symbol };
            created.Add(addition.Side, addition.Steps, addition.OpenPoints, addition.FrozenMargin);
            Add(ref sum, in created, account, now);
        }
        return sum.ToFigures();
    }

    /// <summary>Leverage that counts for an account in an instrument: its own, capped by instrument and group.</summary>
    public int Leverage(int account, Instrument instrument)
    {
        int leverage = accounts[account].Leverage;
        int groupCap = groups[accounts[account].Group].Definition.MaxLeverage;
        int instrumentCap = instrument.Definition.MaxLeverage;
        if (groupCap > 0 && groupCap < leverage)
        {
            leverage = groupCap;
        }
        return instrumentCap > 0 && instrumentCap < leverage ? instrumentCap : leverage;
    }

    /// <summary>Whether margin of this instrument is fixed at the opening for this account.</summary>
    public bool FreezesMargin(int account, Instrument instrument) =>
        instrument.IsCrypto || groups[accounts[account].Group].FreezesMargin;

    /// <summary>
    /// The margin that one lot step needs, unrounded, as amount × rate / divisor in account currency (semantics,
    /// section 4): at the ask of now, or frozen at the opening price.
    /// </summary>
    public RateStatus MarginPerStep(int account, Instrument instrument, int openPoints, long now, out MarginRate margin)
    {
        Group group = groups[accounts[account].Group];
        int from = instrument.ProfitCurrency;
        Int128 amount;
        if (!FreezesMargin(account, instrument))
        {
            int ask = quotes[instrument.Id].AskPoints + group.For(instrument.Id).HalfSpreadPoints;
            amount = (Int128)ask * instrument.PointValue;
        }
        else if (group.FreezesMargin && instrument.IsForex)
        {
            amount = instrument.BaseUnitsPerStep;
            from = instrument.BaseCurrency;
        }
        else
        {
            amount = (Int128)openPoints * instrument.PointValue;
        }
        Ratio factor = instrument.IsCrypto ? instrument.MarginFactor : Ratio.One;
        RateStatus status = conversions.Rate(
            from, accounts[account].Currency, group.Definition.Conversion, isOwed: true, now, out Ratio rate);
        margin = new MarginRate(
            amount * factor.Numerator, rate.Numerator, (Int128)rate.Denominator * Leverage(account, instrument) * factor.Denominator);
        return status;
    }

    /// <summary>The margin that is fixed for an order at its opening; zero where margin follows the market.</summary>
    public RateStatus FrozenMargin(int account, Instrument instrument, int steps, int openPoints, long now, out Money margin)
    {
        margin = Money.Zero;
        if (!FreezesMargin(account, instrument))
        {
            return RateStatus.Fresh;
        }
        return OwnMargin(account, instrument, steps, openPoints, now, out margin);
    }

    /// <summary>An order's own margin, as if nothing else were open.</summary>
    public RateStatus OwnMargin(int account, Instrument instrument, int steps, int openPoints, long now, out Money margin)
    {
        RateStatus status = MarginPerStep(account, instrument, openPoints, now, out MarginRate rate);
        return status == RateStatus.Missing || !rate.TryFor(steps, out margin) ? Missing(out margin) : status;
    }

    private static RateStatus Missing(out Money margin)
    {
        margin = Money.Zero;
        return RateStatus.Missing;
    }

    private void Add(ref Sum sum, in Exposure exposure, int account, long now)
    {
        Instrument instrument = instruments[exposure.Symbol];
        Group group = groups[accounts[account].Group];
        int halfSpread = group.For(exposure.Symbol).HalfSpreadPoints;
        ref readonly MarketQuote quote = ref quotes[exposure.Symbol];
        int bid = quote.Raw.ClosePrice(Side.Buy, halfSpread);
        int ask = quote.Raw.ClosePrice(Side.Sell, halfSpread);
        long pointSteps = exposure.LongSteps * bid - exposure.ShortSteps * ask - exposure.OpenValue;
        ConversionPrice price = group.Definition.Conversion;
        int currency = accounts[account].Currency;
        RateStatus status = conversions.Rate(
            instrument.ProfitCurrency, currency, price, isOwed: pointSteps < 0, now, out Ratio rate);
        if (status == RateStatus.Missing
            || !Scaling.TryScale((Int128)pointSteps * instrument.PointValue, rate, out Money profit))
        {
            sum.MarkMissing(exposure.Symbol);
        }
        else
        {
            sum.Equity += profit.Units;
            sum.MarkStatus(status, exposure.Symbol);
        }
        AddMargin(ref sum, in exposure, instrument, account, ask, price, now);
    }

    private void AddMargin(
        ref Sum sum, in Exposure exposure, Instrument instrument, int account, int ask, ConversionPrice price, long now)
    {
        if (FreezesMargin(account, instrument))
        {
            sum.UsedMargin += Math.Max(exposure.FrozenLong.Units, exposure.FrozenShort.Units);
            return;
        }
        Int128 notional = (Int128)(Math.Max(exposure.LongSteps, exposure.ShortSteps) * ask) * instrument.PointValue;
        RateStatus status = conversions.Rate(
            instrument.ProfitCurrency, accounts[account].Currency, price, isOwed: true, now, out Ratio rate);
        Int128 divisor = (Int128)rate.Denominator * Leverage(account, instrument);
        if (status == RateStatus.Missing || !Scaling.TryScale(notional, rate.Numerator, divisor, out Money margin))
        {
            sum.MarkMissing(exposure.Symbol);
            return;
        }
        sum.UsedMargin += margin.Units;
        sum.MarkStatus(status, exposure.Symbol);
    }

    /// <summary>Sums in 128 bits, so that no number of large holdings can leave the range on the way.</summary>
    private ref struct Sum
    {
        public Int128 Equity;
        public Int128 UsedMargin;
        private bool _isDegraded;
        private bool _isStale;
        private int _unconvertible = -1;

        public Sum(in Account account)
        {
            Equity = (Int128)account.Balance.Units + account.Carried.Units;
        }

        public void MarkMissing(int symbol)
        {
            _isDegraded = true;
            _unconvertible = symbol;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void MarkStatus(RateStatus status, int symbol)
        {
            if (status == RateStatus.Stale)
            {
                _isStale = true;
                _unconvertible = _unconvertible < 0 ? symbol : _unconvertible;
            }
        }

        public readonly Figures ToFigures() => new()
        {
            Equity = Clamp(Equity),
            UsedMargin = Clamp(UsedMargin),
            IsDegraded = _isDegraded || !IsHeld(Equity) || !IsHeld(UsedMargin),
            IsStale = _isStale,
            Unconvertible = _unconvertible,
        };

        private static bool IsHeld(Int128 units) => units <= Money.Limit.Units && units >= -Money.Limit.Units;

        private static Money Clamp(Int128 units) =>
            new(units > Money.Limit.Units ? Money.Limit.Units : units < -Money.Limit.Units ? -Money.Limit.Units : (long)units);
    }
}

/// <summary>Margin of one lot step: amount × numerator / denominator, not yet rounded.</summary>
/// <param name="Amount">In 10^-8 of the currency that is converted.</param>
/// <param name="Numerator">Of the rate.</param>
/// <param name="Denominator">Of the rate, times leverage.</param>
internal readonly record struct MarginRate(Int128 Amount, long Numerator, Int128 Denominator)
{
    /// <summary>Margin of so many steps, rounded once.</summary>
    public bool TryFor(int steps, out Money margin) =>
        Scaling.TryScale(Amount * steps, Numerator, Denominator, out margin);

    /// <summary>Steps whose margin is an amount, as the exact fraction available / perStep.</summary>
    public bool TryStepsFor(Money margin, out Int128 available, out Int128 perStep)
    {
        perStep = 0;
        return Scaling.TryMultiply(margin.Units, Denominator, out available)
            && Scaling.TryMultiply(Amount, Numerator, out perStep) && perStep > 0;
    }
}
