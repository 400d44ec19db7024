using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Quotes;
using CopyEngine.State;

namespace CopyEngine.Orders;

/// <summary>
/// Swap of a night (semantics, section 5): points per lot or percent a year, triple on the instrument's triple day, none
/// at the weekend, crypto every day; each holding once per business day.
/// </summary>
internal sealed class SwapCharge(
    InstrumentTable instruments,
    GroupTable groups,
    QuoteTable quotes,
    ConversionTable conversions,
    AccountTable accounts,
    OrderTable orders,
    EventOutput output)
{
    private const int DaysPerYear = 360;

    /// <summary>Days since the Unix epoch of the last business day that was rolled over, 0: none yet.</summary>
    public int LastDay { get; private set; }

    /// <summary>Begins a day's charges; orders filled from here on are not part of it.</summary>
    public bool TryBegin(int day)
    {
        if (day <= LastDay)
        {
            return false;
        }
        LastDay = day;
        return true;
    }

    /// <summary>Charges a holding that the unfinished rollover has not reached, before it closes.</summary>
    public void EnsureCharged(int place, long now)
    {
        if (orders[place].SwapDay < LastDay)
        {
            Charge(place, now);
        }
    }

    /// <summary>Charges a holding for the last day; true if there was something to charge.</summary>
    public bool Charge(int place, long now)
    {
        ref Order order = ref orders[place];
        order.SwapDay = LastDay;
        Instrument instrument = instruments[order.Symbol];
        int nights = Nights(instrument, LastDay);
        long rate = order.Side == Side.Buy ? instrument.Definition.SwapLong : instrument.Definition.SwapShort;
        if (nights == 0 || rate == 0)
        {
            return false;
        }
        if (!TryAmount(ref order, instrument, rate * nights, now, out Money amount))
        {
            output.Emit(new Alarm
            {
                Account = order.Account,
                Symbol = order.Symbol,
                OrderId = order.Id,
                Kind = AlarmKind.ConversionMissing,
            });
            return false;
        }
        order.Swap += amount;
        accounts[order.Account].Carried += amount;
        accounts.MarkDirty(order.Account);
        output.Emit(new SwapCharged { OrderId = order.Id, Account = order.Account, Amount = amount, Swap = order.Swap });
        return true;
    }

    public void Transfer(StateTransfer transfer) => LastDay = transfer.Kept(LastDay);

    /// <summary>Nights that a day counts for. The Unix epoch was a Thursday.</summary>
    private static int Nights(Instrument instrument, int day)
    {
        if (instrument.IsCrypto)
        {
            return 1;
        }
        var weekday = (DayOfWeek)((day + (int)DayOfWeek.Thursday) % 7);
        return weekday is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0
            : weekday == instrument.Definition.TripleSwapDay ? 3
            : 1;
    }

    private bool TryAmount(ref Order order, Instrument instrument, long rate, long now, out Money amount)
    {
        amount = Money.Zero;
        Group group = groups[accounts[order.Account].Group];
        bool isPoints = instrument.Definition.SwapType == SwapType.Points;
        long points = isPoints ? 1 : quotes[order.Symbol].Raw.ClosePrice(Side.Buy, group.For(order.Symbol).HalfSpreadPoints);
        long divisor = isPoints ? Fixed8.One : Fixed8.One * 100 * DaysPerYear;
        RateStatus status = conversions.Rate(
            instrument.ProfitCurrency, accounts[order.Account].Currency, group.Definition.Conversion, isOwed: rate < 0, now, out Ratio ratio);
        return status != RateStatus.Missing
            && Scaling.TryMultiply((Int128)(points * order.Steps) * instrument.PointValue, rate, out Int128 value)
            && Scaling.TryScale(value, ratio.Numerator, (Int128)ratio.Denominator * divisor, out amount);
    }
}
