using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>The end of a business day: swaps (semantics, section 5).</summary>
internal sealed partial class ModelEngine
{
    private int? _lastRolledDay;

    private void Apply(Rollover command)
    {
        if (_lastRolledDay is not null && command.Day <= _lastRolledDay)
        {
            return;
        }
        _lastRolledDay = command.Day;
        int charged = 0;
        foreach (ModelOrder order in _accounts.SelectMany(account => account.Holdings).ToList())
        {
            int nights = Nights(order.Instrument, DayOfWeekOf(command.Day));
            charged += nights > 0 && SwapRate(order) != 0 && TryCharge(order, nights) ? 1 : 0;
        }
        ExpireWaitingOrders();
        Emit(new RolloverCompleted { Day = command.Day, Charged = charged });
    }

    private static DayOfWeek DayOfWeekOf(int day) => DateTime.UnixEpoch.AddDays(day).DayOfWeek;

    /// <summary>None at the weekend, three on the triple day; crypto one every day.</summary>
    private static int Nights(ModelInstrument instrument, DayOfWeek day)
    {
        if (instrument.IsCrypto)
        {
            return 1;
        }
        if (day is DayOfWeek.Saturday or DayOfWeek.Sunday)
        {
            return 0;
        }
        return day == instrument.Definition.TripleSwapDay ? 3 : 1;
    }

    /// <summary>Nothing is charged without a conversion.</summary>
    private bool TryCharge(ModelOrder order, int nights)
    {
        Exact swap = SwapOfOneNight(order) * nights;
        Converted? converted = ConvertToAccount(swap, order.Instrument.ProfitCurrency, order.Account, swap.Sign < 0);
        if (converted is null)
        {
            Ring(AlarmKind.ConversionMissing, order);
            return false;
        }
        order.Swap += converted.Amount;
        order.Account.IsDirty = true;
        Emit(new SwapCharged
        {
            OrderId = order.Id,
            Account = order.Account.Id,
            Amount = Units.Money(converted.Amount),
            Swap = Units.Money(order.Swap),
        });
        return true;
    }

    private static decimal SwapRate(ModelOrder order) =>
        Units.ToDecimal(order.Side == Side.Buy ? order.Instrument.Definition.SwapLong : order.Instrument.Definition.SwapShort);

    /// <summary>Points × contract size × lots, or contract size × lots × client bid × rate / 100 / 360.</summary>
    private static Exact SwapOfOneNight(ModelOrder order)
    {
        RegisterInstrument definition = order.Instrument.Definition;
        decimal rate = SwapRate(order);
        Exact contracts = (Exact)order.Instrument.ContractSize * order.Remaining;
        return definition.SwapType == SwapType.Points
            ? contracts * rate * order.Instrument.Point
            : contracts * ClientBid(order.Account.Group, order.Instrument) * rate / 100m / 360m;
    }
}
