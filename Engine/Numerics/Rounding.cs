namespace CopyEngine.Numerics;

/// <summary>The two roundings that the rules know: half away from zero for money, down for sizes.</summary>
internal static class Rounding
{
    /// <summary>Quotient rounded half away from zero; the divisor is positive.</summary>
    public static long DivideHalfAwayFromZero(long dividend, long divisor)
    {
        long quotient = dividend / divisor;
        long remainder = dividend - quotient * divisor;
        // |remainder| < divisor, so the comparison cannot overflow the way 2 × remainder could.
        long magnitude = remainder < 0 ? -remainder : remainder;
        if (magnitude >= divisor - magnitude)
        {
            quotient += dividend < 0 ? -1 : 1;
        }
        return quotient;
    }

    /// <summary>Quotient rounded half away from zero; the divisor is positive.</summary>
    public static Int128 DivideHalfAwayFromZero(Int128 dividend, Int128 divisor)
    {
        Int128 quotient = dividend / divisor;
        Int128 remainder = dividend - quotient * divisor;
        Int128 magnitude = remainder < 0 ? -remainder : remainder;
        if (magnitude >= divisor - magnitude)
        {
            quotient += dividend < 0 ? -1 : 1;
        }
        return quotient;
    }
}
