namespace CopyEngine.Numerics;

/// <summary>An exact positive fraction by which an amount is multiplied: a conversion rate, alone or through USD.</summary>
/// <param name="Numerator">Positive.</param>
/// <param name="Denominator">Positive.</param>
internal readonly record struct Ratio(long Numerator, long Denominator)
{
    public static readonly Ratio One = new(1, 1);

    public bool IsOne => Numerator == Denominator;
}

/// <summary>
/// Products through 128 bits, rounded once (semantics, section 1). What would leave 128 bits or the limit of an amount
/// is reported as not computable, never wrapped.
/// </summary>
internal static class Scaling
{
    /// <summary>Product that is known to fit, or false.</summary>
    public static bool TryMultiply(Int128 left, Int128 right, out Int128 product)
    {
        // Two magnitudes of a and b bits have a product of at most a + b bits; 127 bits are to be had.
        if (BitLength(left) + BitLength(right) > 126)
        {
            product = default;
            return false;
        }
        product = unchecked(left * right);
        return true;
    }

    /// <summary><paramref name="amount"/> × ratio, rounded half away from zero to the amount's own unit.</summary>
    public static bool TryScale(Int128 amount, Ratio ratio, out Money result) =>
        ratio.IsOne ? TryRound(amount, 1, out result) : TryScale(amount, ratio.Numerator, ratio.Denominator, out result);

    /// <summary><paramref name="amount"/> × numerator / denominator, rounded half away from zero.</summary>
    public static bool TryScale(Int128 amount, Int128 numerator, Int128 denominator, out Money result)
    {
        result = default;
        return TryMultiply(amount, numerator, out Int128 product) && TryRound(product, denominator, out result);
    }

    /// <summary><paramref name="amount"/> / denominator, rounded half away from zero.</summary>
    public static bool TryRound(Int128 amount, Int128 denominator, out Money result)
    {
        Int128 rounded;
        if (denominator == 1)
        {
            rounded = amount;
        }
        else if (FitsLong(amount) && FitsLong(denominator))
        {
            rounded = Rounding.DivideHalfAwayFromZero((long)amount, (long)denominator);
        }
        else
        {
            rounded = Rounding.DivideHalfAwayFromZero(amount, denominator);
        }
        if (rounded > Money.Limit.Units || rounded < -Money.Limit.Units)
        {
            result = default;
            return false;
        }
        result = new Money((long)rounded);
        return true;
    }

    /// <summary>The part of an amount that belongs to <paramref name="part"/> of <paramref name="whole"/> lots, half away from zero.</summary>
    public static Money Share(Money amount, int part, int whole) =>
        part == whole ? amount : new((long)Rounding.DivideHalfAwayFromZero((Int128)amount.Units * part, whole));

    private static bool FitsLong(Int128 value) => value == unchecked((long)value);

    private static int BitLength(Int128 value) =>
        128 - (int)UInt128.LeadingZeroCount((UInt128)(value < 0 ? -value : value));
}
