using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>Money and margin levels as clients see them (semantics, sections 1 and 3).</summary>
internal static class MoneyFormat
{
    /// <summary>Units of 10^-8 in a hundredth of a percent.</summary>
    private const long LevelUnit = Fixed8.One / 100;

    /// <summary>An amount in the minor unit of its currency, half away from zero.</summary>
    public static WireNumber Amount(Money amount, int minorDecimals) =>
        WireNumber.FromMoney(amount.RoundToMinorUnit(minorDecimals), minorDecimals);

    /// <summary>Equity in percent of used margin with two decimals; 0.00 when no margin is used.</summary>
    public static WireNumber MarginLevel(Money equity, Money usedMargin)
    {
        if (usedMargin.Units <= 0)
        {
            return WireNumber.FromFixed8(0, 2);
        }
        Int128 hundredths = Rounding.DivideHalfAwayFromZero((Int128)equity.Units * 10_000, usedMargin.Units);
        // A level that no number holds is still above every limit, or below: it is shown as the largest there is.
        Int128 shown = Int128.Clamp(hundredths, -(long.MaxValue / LevelUnit), long.MaxValue / LevelUnit);
        return WireNumber.FromFixed8((long)shown * LevelUnit, 2);
    }
}
