using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Instruments;

/// <summary>An instrument with its numbers in the core's own units.</summary>
internal sealed class Instrument
{
    /// <summary>Largest price in points. Keeps lots × price within 64 bits and a bid plus an ask within 32.</summary>
    public const int MaxPricePoints = 1_000_000_000;

    /// <summary>Most lot steps of one order.</summary>
    public const int MaxOrderSteps = 100_000_000;

    public required int Id { get; init; }

    private RegisterInstrument _definition;

    /// <summary>The definition as registered last; by reference, because it is large and looked at for every order.</summary>
    public ref readonly RegisterInstrument Definition => ref _definition;

    public required int BaseCurrency { get; init; }

    public required int ProfitCurrency { get; init; }

    /// <summary>One point in 10^-8 of the profit currency.</summary>
    public required long PointUnits { get; init; }

    /// <summary>One lot step in 10^-8 lots.</summary>
    public required long StepUnits { get; init; }

    /// <summary>What one point of one lot step is worth, in 10^-8 of the profit currency; exact.</summary>
    public required long PointValue { get; init; }

    /// <summary>Units of the base currency in one lot step, in 10^-8; exact.</summary>
    public required long BaseUnitsPerStep { get; init; }

    /// <summary>Ten to the power of the digits: points per unit of price.</summary>
    public required long PointsPerUnit { get; init; }

    public int MinSteps { get; set; }

    public int MaxSteps { get; set; }

    /// <summary>Crypto: the margin factor as a reduced fraction.</summary>
    public Ratio MarginFactor { get; set; } = Ratio.One;

    public bool IsCrypto => Definition.AssetClass == AssetClass.Crypto;

    public bool IsForex => Definition.AssetClass == AssetClass.Forex;

    /// <summary>Takes over a definition.</summary>
    public void Define(in RegisterInstrument definition) => _definition = definition;

    /// <summary>A price in 10^-8 as points, or false when it is off the grid or out of range.</summary>
    public bool TryPoints(long price, out int points)
    {
        points = 0;
        if (price <= 0 || price % PointUnits != 0 || price / PointUnits > MaxPricePoints)
        {
            return false;
        }
        points = (int)(price / PointUnits);
        return true;
    }

    /// <summary>Whether the instrument trades at a time (microseconds since the Unix epoch).</summary>
    public bool IsInSession(long time)
    {
        ref readonly TradingSessions sessions = ref _definition.Sessions;
        if (sessions[0].CloseMinute == 0)
        {
            return true;
        }
        int minute = MinuteOfWeek(time);
        for (int i = 0; i < TradingSessions.Count && sessions[i].CloseMinute != 0; i++)
        {
            if (minute >= sessions[i].OpenMinute && minute < sessions[i].CloseMinute)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Minutes since Monday 00:00 UTC. The Unix epoch was a Thursday.</summary>
    private static int MinuteOfWeek(long time)
    {
        const long microsecondsPerMinute = 60_000_000;
        const int minutesPerWeek = 7 * 24 * 60;
        const int thursday = 3 * 24 * 60;
        long minutes = Math.DivRem(time, microsecondsPerMinute, out long rest) - (rest < 0 ? 1 : 0);
        return (int)(((minutes + thursday) % minutesPerWeek + minutesPerWeek) % minutesPerWeek);
    }
}
