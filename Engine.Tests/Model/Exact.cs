using System.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>An exact fraction: what formulas are computed in until the rules say round.</summary>
internal readonly struct Exact : IComparable<Exact>
{
    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;

    private Exact(BigInteger numerator, BigInteger denominator)
    {
        _numerator = denominator.Sign < 0 ? -numerator : numerator;
        _denominator = BigInteger.Abs(denominator);
    }

    public static Exact Zero => 0m;

    public int Sign => _numerator.Sign;

    public static implicit operator Exact(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        BigInteger magnitude = unchecked(((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0]);
        int scale = (bits[3] >> 16) & 0xFF;
        return new Exact(value < 0 ? -magnitude : magnitude, BigInteger.Pow(10, scale));
    }

    public static Exact operator +(Exact left, Exact right) =>
        new(left._numerator * right._denominator + right._numerator * left._denominator, left._denominator * right._denominator);

    public static Exact operator -(Exact left, Exact right) => left + -right;

    public static Exact operator -(Exact value) => new(-value._numerator, value._denominator);

    public static Exact operator *(Exact left, Exact right) =>
        new(left._numerator * right._numerator, left._denominator * right._denominator);

    public static Exact operator /(Exact left, Exact right) =>
        new(left._numerator * right._denominator, left._denominator * right._numerator);

    public static bool operator <(Exact left, Exact right) => left.CompareTo(right) < 0;

    public static bool operator >(Exact left, Exact right) => left.CompareTo(right) > 0;

    public static bool operator <=(Exact left, Exact right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Exact left, Exact right) => left.CompareTo(right) >= 0;

    public int CompareTo(Exact other) => (_numerator * other._denominator).CompareTo(other._numerator * _denominator);

    /// <summary>Largest whole number that is not above the value.</summary>
    public BigInteger Floor()
    {
        BigInteger quotient = BigInteger.DivRem(_numerator, _denominator, out BigInteger remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>Rounded half away from zero; what a decimal cannot hold is not an amount of money.</summary>
    public decimal? Round(int decimals)
    {
        BigInteger scale = BigInteger.Pow(10, decimals);
        BigInteger magnitude = (2 * BigInteger.Abs(_numerator) * scale + _denominator) / (2 * _denominator);
        if (magnitude > BigInteger.Pow(10, 27))
        {
            return null;
        }
        return (decimal)magnitude / (decimal)scale * (_numerator.Sign < 0 ? -1 : 1);
    }
}
