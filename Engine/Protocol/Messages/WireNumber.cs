using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Protocol.Messages;

/// <summary>How a price, lots or an amount was given.</summary>
internal enum WireNumberKind : byte
{
    NotGiven,
    /// <summary>An exact number of 10^-8.</summary>
    Exact,
    /// <summary>A float64, which means the step of the instrument that it denotes; only the receiver knows the step.</summary>
    Float,
    /// <summary>An empty text: the level is to be removed.</summary>
    Remove,
    /// <summary>A number that 10^-8 in 64 bits cannot hold.</summary>
    Unrepresentable,
}

/// <summary>A price, lots, a ratio or an amount of money as it travels; <c>default</c> is "not given".</summary>
internal readonly struct WireNumber : IEquatable<WireNumber>
{
    private readonly long _bits;
    private readonly byte _minimumDecimals;

    private WireNumber(WireNumberKind kind, long bits, int minimumDecimals = 0)
    {
        Kind = kind;
        _bits = bits;
        _minimumDecimals = (byte)minimumDecimals;
    }

    public static WireNumber NotGiven => default;

    public static WireNumber Remove => new(WireNumberKind.Remove, 0);

    public static WireNumber Unrepresentable => new(WireNumberKind.Unrepresentable, 0);

    public WireNumberKind Kind { get; }

    public bool IsGiven => Kind != WireNumberKind.NotGiven;

    /// <summary>An exact number; written with at least <paramref name="minimumDecimals"/> decimals and never rounded.</summary>
    public static WireNumber FromFixed8(long fixed8, int minimumDecimals = 0) => new(WireNumberKind.Exact, fixed8, minimumDecimals);

    /// <summary>An amount of money, with the decimals of its currency's minor unit.</summary>
    public static WireNumber FromMoney(Money amount, int minorDecimals) => FromFixed8(amount.Units, minorDecimals);

    /// <summary>A price in points of an instrument, with all its digits.</summary>
    public static WireNumber FromPoints(long points, int digits) =>
        FromFixed8(points * Fixed8.PowerOfTen(Fixed8.Decimals - digits), digits);

    /// <summary>A price level in points, where 0 says that there is none.</summary>
    public static WireNumber FromLevel(long points, int digits) => points == 0 ? NotGiven : FromPoints(points, digits);

    public static WireNumber FromDouble(double value) => new(WireNumberKind.Float, BitConverter.DoubleToInt64Bits(value));

    public static WireNumber FromInteger(long value) =>
        value is <= long.MaxValue / Fixed8.One and >= -(long.MaxValue / Fixed8.One) ? FromFixed8(value * Fixed8.One) : Unrepresentable;

    /// <summary>False if the text is no plain decimal at all.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out WireNumber number)
    {
        var outcome = Fixed8.TryParse(text, out var value);
        number = outcome == Fixed8Outcome.Ok ? FromFixed8(value) : Unrepresentable;
        return outcome != Fixed8Outcome.Malformed;
    }

    /// <summary>
    /// The number in 10^-8, a float snapped to <paramref name="step"/> (also in 10^-8). What is no number becomes one of the
    /// marks that commands carry: <see cref="Field.NotGiven"/>, <see cref="Field.Remove"/>, <see cref="Fixed8.Unrepresentable"/>.
    /// </summary>
    public long ToFixed8(long step) => Kind switch
    {
        WireNumberKind.Exact => _bits,
        WireNumberKind.Float => Fixed8.FromDouble(BitConverter.Int64BitsToDouble(_bits), step),
        WireNumberKind.NotGiven => Field.NotGiven,
        WireNumberKind.Remove => Field.Remove,
        _ => Fixed8.Unrepresentable,
    };

    /// <summary>The number as a plain decimal; of anything but an exact number, nothing.</summary>
    public bool TryFormat(Span<byte> destination, out int written)
    {
        written = 0;
        if (Kind != WireNumberKind.Exact)
            return false;
        var units = _bits;
        var decimals = Fixed8.Decimals;
        for (; decimals > _minimumDecimals && units % 10 == 0; decimals--)
            units /= 10;
        return Fixed8.FormatUnits(units, decimals, destination, out written);
    }

    public double AsDouble() => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>Equal as numbers; how many decimals are written makes no difference.</summary>
    public bool Equals(WireNumber other) => Kind == other.Kind && _bits == other._bits;

    public override bool Equals(object? obj) => obj is WireNumber other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Kind, _bits);

    public override string ToString() => Kind == WireNumberKind.Exact ? Fixed8.ToText(_bits) : Kind.ToString();
}
