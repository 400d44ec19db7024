using CopyEngine.Numerics;

namespace CopyEngine.Host.Telemetry;

/// <summary>Amounts in 10^-8 as plain decimals, at least two decimals, sums of any size.</summary>
internal static class MoneyText
{
    private static readonly Int128 One = Fixed8.One;

    public static string Of(Int128 units)
    {
        Int128 magnitude = units < 0 ? -units : units;
        string decimals = ((long)(magnitude % One)).ToString("D8", System.Globalization.CultureInfo.InvariantCulture).TrimEnd('0').PadRight(2, '0');
        return $"{(units < 0 ? "-" : "")}{magnitude / One}.{decimals}";
    }
}
