using System.Globalization;

namespace CopyEngine.Numerics;

/// <summary>What became of a decimal text.</summary>
public enum Fixed8Outcome : byte
{
    /// <summary>The text is a plain decimal and is held exactly.</summary>
    Ok,

    /// <summary>The text is not a plain decimal: a sign too many, an exponent, white space, nothing at all.</summary>
    Malformed,

    /// <summary>The text is a plain decimal with more than eight decimals or too large to be held.</summary>
    Unrepresentable,
}

/// <summary>
/// Decimal numbers at the edge of the engine: prices, lots and money as integers of 10^-8. Exact in both directions;
/// what cannot be held exactly is never rounded but reported, and travels as <see cref="Unrepresentable"/>, which every
/// validation refuses.
/// </summary>
public static class Fixed8
{
    /// <summary>10^8: one unit of a price, lot or currency.</summary>
    public const long One = 100_000_000;

    /// <summary>Number of decimals.</summary>
    public const int Decimals = 8;

    /// <summary>Stands in a command for a number that the client wrote but that cannot be held.</summary>
    public const long Unrepresentable = long.MinValue;

    /// <summary>Longest text that <see cref="Format(long, Span{byte}, out int)"/> writes.</summary>
    public const int MaxLength = 21;

    /// <summary>Ten to the power of <paramref name="exponent"/>, 0 to 18.</summary>
    public static long PowerOfTen(int exponent) => Powers[exponent];

    private static readonly long[] Powers =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    /// <summary>Reads a plain decimal: optional minus, digits, optionally a point and digits. No exponent, no white space.</summary>
    public static Fixed8Outcome TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        bool negative = text.Length > 0 && text[0] == (byte)'-';
        int position = negative ? 1 : 0;
        int digits = 0;
        int decimals = -1;
        bool tooLarge = false;
        bool tooFine = false;
        for (; position < text.Length; position++)
        {
            byte symbol = text[position];
            if (symbol == (byte)'.' && decimals < 0 && digits > 0)
            {
                decimals = 0;
                continue;
            }
            int digit = symbol - '0';
            if (digit is < 0 or > 9)
            {
                return Fixed8Outcome.Malformed;
            }
            digits++;
            if (decimals >= Decimals)
            {
                tooFine |= digit != 0;
                continue;
            }
            if (decimals >= 0)
            {
                decimals++;
            }
            tooLarge |= value > (long.MaxValue - digit) / 10;
            value = tooLarge ? 0 : value * 10 + digit;
        }
        if (digits == 0 || decimals == 0)
        {
            return Fixed8Outcome.Malformed;
        }
        long scale = Powers[Decimals - Math.Max(decimals, 0)];
        if (tooLarge || tooFine || value > long.MaxValue / scale)
        {
            value = Unrepresentable;
            return Fixed8Outcome.Unrepresentable;
        }
        value *= negative ? -scale : scale;
        return Fixed8Outcome.Ok;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out long)"/>
    public static Fixed8Outcome TryParse(ReadOnlySpan<char> text, out long value)
    {
        Span<byte> ascii = stackalloc byte[64];
        if (text.Length > ascii.Length)
        {
            value = 0;
            return Fixed8Outcome.Malformed;
        }
        for (int i = 0; i < text.Length; i++)
        {
            ascii[i] = text[i] < 128 ? (byte)text[i] : (byte)0;
        }
        return TryParse(ascii[..text.Length], out value);
    }

    /// <summary>Reads a decimal that stands in the program's own configuration or tests.</summary>
    /// <exception cref="FormatException">The text is not a plain decimal that 10^-8 units hold exactly.</exception>
    public static long Parse(string text) =>
        TryParse(text.AsSpan(), out long value) == Fixed8Outcome.Ok
            ? value
            : throw new FormatException($"'{text}' is not a plain decimal of at most {Decimals} decimals");

    /// <summary>
    /// The value that a binary floating point number denotes: the multiple of <paramref name="step"/> within half a
    /// millionth of a step, else the nearest 10^-8 (which later checks refuse as off its step), else
    /// <see cref="Unrepresentable"/>. Only for numbers that a client sent as float64 (interfaces, section 4).
    /// </summary>
    public static long FromDouble(double value, long step)
    {
        double scaled = value * One;
        if (!double.IsFinite(scaled) || Math.Abs(scaled) > 9e15)
        {
            return Unrepresentable;
        }
        long nearestStep = (long)Math.Round(scaled / step) * step;
        return Math.Abs(scaled - nearestStep) <= step * 0.5e-6 ? nearestStep : OffStep((long)Math.Round(scaled), step);
    }

    /// <summary>A value that is near a step but does not denote it must not become it by rounding.</summary>
    private static long OffStep(long rounded, long step) => rounded % step == 0 ? Unrepresentable : rounded;

    /// <summary>Writes the shortest plain decimal: no trailing zeros, no exponent.</summary>
    public static bool Format(long value, Span<byte> destination, out int written)
    {
        int decimals = Decimals;
        UInt128 magnitude = Magnitude(value);
        while (decimals > 0 && magnitude % 10 == 0)
        {
            magnitude /= 10;
            decimals--;
        }
        return FormatMagnitude(value < 0, magnitude, decimals, destination, out written);
    }

    /// <summary>Writes <paramref name="units"/> of 10^-<paramref name="decimals"/> with exactly that many decimals.</summary>
    public static bool FormatUnits(long units, int decimals, Span<byte> destination, out int written) =>
        FormatMagnitude(units < 0, Magnitude(units), decimals, destination, out written);

    /// <summary>The shortest plain decimal as a string; for edges that are not hot.</summary>
    public static string ToText(long value)
    {
        Span<byte> buffer = stackalloc byte[MaxLength + 2];
        Format(value, buffer, out int written);
        return System.Text.Encoding.ASCII.GetString(buffer[..written]);
    }

    /// <summary><paramref name="units"/> of 10^-<paramref name="decimals"/> as a string, e.g. points of a price.</summary>
    public static string UnitsToText(long units, int decimals)
    {
        Span<byte> buffer = stackalloc byte[MaxLength + 2];
        FormatUnits(units, decimals, buffer, out int written);
        return System.Text.Encoding.ASCII.GetString(buffer[..written]);
    }

    private static UInt128 Magnitude(long value) => value < 0 ? (UInt128)(-(Int128)value) : (UInt128)value;

    private static bool FormatMagnitude(bool negative, UInt128 magnitude, int decimals, Span<byte> destination, out int written)
    {
        written = 0;
        UInt128 scale = (UInt128)Powers[decimals];
        ulong whole = (ulong)(magnitude / scale);
        ulong fraction = (ulong)(magnitude % scale);
        if (negative)
        {
            if (destination.IsEmpty)
            {
                return false;
            }
            destination[written++] = (byte)'-';
        }
        if (!whole.TryFormat(destination[written..], out int length, default, CultureInfo.InvariantCulture))
        {
            return false;
        }
        written += length;
        if (decimals == 0)
        {
            return true;
        }
        if (destination.Length < written + 1 + decimals)
        {
            return false;
        }
        destination[written++] = (byte)'.';
        for (int i = decimals - 1; i >= 0; i--)
        {
            destination[written + i] = (byte)('0' + fraction % 10);
            fraction /= 10;
        }
        written += decimals;
        return true;
    }
}
