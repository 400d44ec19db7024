using CopyEngine.Host.Redis.Connection;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>How values of hashes are written: everything as text, decimals plain. Each method adds a field and its value.</summary>
internal static class Fields
{
    private const int UnitsPerHundredth = 1_000_000;

    public static CommandBatch Field(this CommandBatch batch, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => batch.Add(name).Add(value);

    public static CommandBatch Field(this CommandBatch batch, ReadOnlySpan<byte> name, string value) => batch.Add(name).Add(value);

    public static CommandBatch Field(this CommandBatch batch, ReadOnlySpan<byte> name, long value) => batch.Add(name).Add(value);

    /// <summary>10^-<paramref name="decimals"/> units with exactly that many decimals: prices, lots.</summary>
    public static CommandBatch Units(this CommandBatch batch, ReadOnlySpan<byte> name, long units, int decimals) =>
        batch.Add(name).WriteUnits(units, decimals).End();

    /// <summary>Money as it is shown: two decimals, half away from zero.</summary>
    public static CommandBatch Shown(this CommandBatch batch, ReadOnlySpan<byte> name, Money money) =>
        batch.Units(name, Rounding.DivideHalfAwayFromZero(money.Units, UnitsPerHundredth), 2);

    /// <summary>An exact amount: two decimals, or as many as it takes.</summary>
    public static CommandBatch Exact(this CommandBatch batch, ReadOnlySpan<byte> name, long units) =>
        units % UnitsPerHundredth == 0
            ? batch.Units(name, units / UnitsPerHundredth, 2)
            : batch.Add(name).WriteShortest(units).End();

    /// <summary>10^-8 units as the shortest decimal: settings.</summary>
    public static CommandBatch Setting(this CommandBatch batch, ReadOnlySpan<byte> name, long units) =>
        batch.Add(name).WriteShortest(units).End();

    /// <summary>A margin level in percent with two decimals, 0.00 when no margin is used.</summary>
    public static CommandBatch Level(this CommandBatch batch, ReadOnlySpan<byte> name, Money equity, Money usedMargin) =>
        batch.Units(name, LevelHundredths(equity, usedMargin), 2);

    /// <summary>A margin level in hundredths of a percent, half away from zero.</summary>
    public static long LevelHundredths(Money equity, Money usedMargin)
    {
        if (usedMargin.Units <= 0)
        {
            return 0;
        }
        Int128 level = Rounding.DivideHalfAwayFromZero((Int128)equity.Units * 10_000, usedMargin.Units);
        // A cent of margin under a large equity exceeds 64 bits of nothing anybody reads.
        return (long)Int128.Clamp(level, long.MinValue / 2, long.MaxValue / 2);
    }
}
