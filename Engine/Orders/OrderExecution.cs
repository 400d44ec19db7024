using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Quotes;
using CopyEngine.State;

namespace CopyEngine.Orders;

/// <summary>What an order costs at its opening, computed before anything changes.</summary>
internal struct Opening
{
    public int Account;
    public int Symbol;
    public Side Side;
    public int Steps;
    public int FillPoints;
    public Money Commission;
    public Money FrozenMargin;
}

/// <summary>What a close brings, computed before anything changes.</summary>
internal struct Closing
{
    public int Steps;
    public int ClosePoints;
    public CloseEntries Entries;
    public Money FrozenMargin;
}

/// <summary>
/// Fills and closes: first everything that could fail is computed, then the order, the account's exposure, the books
/// and the triggers change together.
/// </summary>
internal sealed class OrderExecution(
    InstrumentTable instruments,
    GroupTable groups,
    ConversionTable conversions,
    AccountTable accounts,
    ExposureTable exposures,
    Valuation valuation,
    Ledger ledger,
    OrderTable orders,
    TriggerTable triggers,
    ExpiryQueue expiries,
    SwapCharge swaps,
    OrderReports reports,
    EventOutput output)
{
    /// <summary>Fills so far; each opening and each close is one.</summary>
    public long Executions { get; private set; }

    /// <summary>Computes an opening and whether the account can carry it (semantics, section 4).</summary>
    public RejectCode Prepare(ref Opening opening, long now)
    {
        Instrument instrument = instruments[opening.Symbol];
        Group group = groups[accounts[opening.Account].Group];
        ref readonly GroupInstrument settings = ref group.For(opening.Symbol);
        if ((settings.ChargesEntry
                && !TryCommission(opening.Account, instrument, opening.Steps, opening.FillPoints, now, out opening.Commission))
            || valuation.FrozenMargin(
                opening.Account, instrument, opening.Steps, opening.FillPoints, now, out opening.FrozenMargin) != RateStatus.Fresh)
        {
            return RejectCode.NoConversion;
        }
        Figures after = valuation.With(opening.Account, AdditionOf(in opening), now);
        return !after.IsComputable ? RejectCode.NoConversion
            : after.Equity < after.UsedMargin ? RejectCode.InsufficientMargin
            : RejectCode.None;
    }

    /// <summary>Whether the opening leaves the exposure within what can be held.</summary>
    public bool HasRoom(in Opening opening) => exposures.HasRoom(opening.Account, opening.Symbol, opening.Side, opening.Steps);

    /// <summary>Fills a prepared opening: a new order, or the waiting one at <paramref name="place"/>.</summary>
    public int Fill(int place, in Opening opening, long now, OrderFlags flags = OrderFlags.None)
    {
        if (place < 0)
        {
            place = orders.Add(opening.Account, OrderStage.Open, flags);
            orders[place].Type = OrderType.Market;
        }
        else
        {
            expiries.Remove(place);
            triggers.Disarm(place);
            orders.BecomeHolding(place);
            orders[place].ExpiresAt = 0;
        }
        ref Order order = ref orders[place];
        order.Symbol = opening.Symbol;
        order.Side = opening.Side;
        order.Steps = order.OriginalSteps = opening.Steps;
        order.OpenPoints = opening.FillPoints;
        order.Commission = opening.Commission;
        order.FrozenMargin = opening.FrozenMargin;
        order.OpenedAt = now;
        order.SwapDay = swaps.LastDay;
        accounts[opening.Account].Carried -= opening.Commission;
        exposures.Open(opening.Account, opening.Symbol, opening.Side, opening.Steps, opening.FillPoints, opening.FrozenMargin);
        accounts.MarkDirty(opening.Account);
        Executions++;
        return place;
    }

    /// <summary>Computes a close; false when it cannot be converted at fresh rates, so that nothing may be booked.</summary>
    public bool TryPrepare(int place, int steps, RawQuote raw, long now, out Closing closing)
    {
        swaps.EnsureCharged(place, now);
        ref Order order = ref orders[place];
        Instrument instrument = instruments[order.Symbol];
        Group group = groups[accounts[order.Account].Group];
        ref readonly GroupInstrument settings = ref group.For(order.Symbol);
        closing = new Closing { Steps = steps, ClosePoints = raw.ClosePrice(order.Side, settings.HalfSpreadPoints) };
        long move = order.Side == Side.Buy ? (long)closing.ClosePoints - order.OpenPoints : (long)order.OpenPoints - closing.ClosePoints;
        RateStatus status = conversions.Convert(
            (Int128)(move * steps) * instrument.PointValue,
            instrument.ProfitCurrency,
            accounts[order.Account].Currency,
            group.Definition.Conversion,
            isOwed: move < 0,
            now,
            out closing.Entries.Profit);
        if (status != RateStatus.Fresh
            || (settings.ChargesExit
                && !TryCommission(order.Account, instrument, steps, closing.ClosePoints, now, out closing.Entries.ExitCommission)))
        {
            return false;
        }
        closing.Entries.EntryCommission = Scaling.Share(order.Commission, steps, order.Steps);
        closing.Entries.Swap = Scaling.Share(order.Swap, steps, order.Steps);
        closing.FrozenMargin = Scaling.Share(order.FrozenMargin, steps, order.Steps);
        return closing.Entries.AreWithinLimit && BalanceStaysWithinLimit(order.Account, in closing.Entries);
    }

    /// <summary>Books a prepared close and reports it; a full close ends the order.</summary>
    public OrderReport Close(int place, in Closing closing, Cause cause, in ClientOrderId clientOrderId, long now)
    {
        ref Order order = ref orders[place];
        int account = order.Account;
        bool isLast = closing.Steps == order.Steps;
        order.Commission -= closing.Entries.EntryCommission;
        order.Swap -= closing.Entries.Swap;
        order.FrozenMargin -= closing.FrozenMargin;
        accounts[account].Carried += closing.Entries.EntryCommission - closing.Entries.Swap;
        exposures.Close(account, order.Symbol, order.Side, closing.Steps, order.OpenPoints, closing.FrozenMargin, isLast);
        order.Steps -= closing.Steps;
        LedgerPosting posting = ledger.Close(account, order.Id, in closing.Entries);
        OrderReport report = reports.Of(place, isLast ? OrderStatus.Closed : OrderStatus.PartiallyClosed, cause, now);
        report.ExecutionId = ++Executions;
        report.LastLotsSteps = closing.Steps;
        report.LastPricePoints = closing.ClosePoints;
        report.RealizedProfit = posting.Profit;
        report.Commission = -posting.Commission;
        report.Swap = posting.Swap;
        report.ClientOrderId = clientOrderId;
        output.Emit(in report);
        if (isLast)
        {
            triggers.Disarm(place);
            orders.Remove(place);
            ledger.Protect(account, report.OrderId);
        }
        return report;
    }

    /// <summary>Ends a waiting order and reports it.</summary>
    public OrderReport EndWaiting(int place, OrderStatus status, Cause cause, RejectCode reject, in ClientOrderId clientOrderId, long now)
    {
        OrderReport report = reports.Of(place, status, cause, now);
        report.Reject = reject;
        report.RemainingSteps = 0;
        report.ClientOrderId = clientOrderId;
        expiries.Remove(place);
        triggers.Disarm(place);
        accounts.MarkDirty(report.Account);
        orders.Remove(place);
        output.Emit(in report);
        return report;
    }

    public void Transfer(StateTransfer transfer) => Executions = transfer.Kept(Executions);

    private static Addition AdditionOf(in Opening opening) => new()
    {
        Symbol = opening.Symbol,
        Side = opening.Side,
        Steps = opening.Steps,
        OpenPoints = opening.FillPoints,
        EntryCommission = opening.Commission,
        FrozenMargin = opening.FrozenMargin,
    };

    private bool TryCommission(int account, Instrument instrument, int steps, int points, long now, out Money commission)
    {
        Group group = groups[accounts[account].Group];
        ref readonly GroupInstrument settings = ref group.For(instrument.Id);
        if (settings.CommissionBasis == CommissionBasis.PerLot)
        {
            return Scaling.TryScale((Int128)settings.Commission * steps, instrument.StepUnits, Fixed8.One, out commission);
        }
        RateStatus status = conversions.Rate(
            instrument.ProfitCurrency, accounts[account].Currency, group.Definition.Conversion, isOwed: true, now, out Ratio rate);
        commission = Money.Zero;
        const long percent = 100 * Fixed8.One;
        return status == RateStatus.Fresh
            && Scaling.TryMultiply((Int128)((long)steps * points) * instrument.PointValue, settings.Commission, out Int128 amount)
            && Scaling.TryScale(amount, rate.Numerator, (Int128)rate.Denominator * percent, out commission);
    }

    private bool BalanceStaysWithinLimit(int account, in CloseEntries entries)
    {
        Money total = entries.Profit - entries.EntryCommission - entries.ExitCommission + entries.Swap;
        return (accounts[account].Balance + total).IsWithinLimit;
    }
}
