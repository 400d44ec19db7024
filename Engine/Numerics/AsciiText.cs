using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace CopyEngine.Numerics;

/// <summary>
/// Short printable ASCII texts that travel inside commands and events: zero-padded, no length byte, compared byte by
/// byte. Only the edges turn them into strings.
/// </summary>
public static class AsciiText
{
    /// <summary>True if the text is printable ASCII (0x20 to 0x7E), not empty and at most <paramref name="maxLength"/> long.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text, int maxLength) =>
        text.Length > 0 && text.Length <= maxLength && !text.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E);

    /// <summary>Copies <paramref name="text"/> into a zero-padded field.</summary>
    /// <exception cref="ArgumentException">The text is longer than the field.</exception>
    public static void Write(Span<byte> field, ReadOnlySpan<byte> text)
    {
        if (text.Length > field.Length)
        {
            throw new ArgumentException($"a text of {text.Length} bytes does not fit into {field.Length}", nameof(text));
        }
        text.CopyTo(field);
        field[text.Length..].Clear();
    }

    /// <summary>The bytes of a zero-padded field without its padding.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    internal static TField From<TField>(string text) where TField : unmanaged
    {
        TField field = default;
        Span<byte> ascii = stackalloc byte[128];
        if (text.Length > ascii.Length || !Ascii.IsValid(text))
        {
            throw new ArgumentException($"'{text}' is not a short ASCII text", nameof(text));
        }
        int length = Encoding.ASCII.GetBytes(text, ascii);
        Write(Bytes(ref field), ascii[..length]);
        return field;
    }

    internal static Span<byte> Bytes<TField>(ref TField field) where TField : unmanaged =>
        MemoryMarshal.AsBytes(new Span<TField>(ref field));

    internal static ReadOnlySpan<byte> ReadOnlyBytes<TField>(ref readonly TField field) where TField : unmanaged =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<TField>(in field));

    internal static string ToText<TField>(ref readonly TField field) where TField : unmanaged =>
        Encoding.ASCII.GetString(Trim(ReadOnlyBytes(in field)));
}

/// <summary>A symbol, 1 to 16 printable ASCII characters.</summary>
[InlineArray(Length)]
public struct Symbol
{
    /// <summary>Longest symbol.</summary>
    public const int Length = 16;
    private byte _first;

    /// <summary>The symbol of a string.</summary>
    public static Symbol From(string text) => AsciiText.From<Symbol>(text);

    /// <inheritdoc/>
    public override readonly string ToString() => AsciiText.ToText(in this);
}

/// <summary>A currency code, 1 to 8 printable ASCII characters.</summary>
[InlineArray(Length)]
public struct CurrencyCode
{
    /// <summary>Longest code.</summary>
    public const int Length = 8;
    private byte _first;

    /// <summary>The code of a string.</summary>
    public static CurrencyCode From(string text) => AsciiText.From<CurrencyCode>(text);

    /// <inheritdoc/>
    public override readonly string ToString() => AsciiText.ToText(in this);
}

/// <summary>The name of a group, 1 to 32 printable ASCII characters.</summary>
[InlineArray(Length)]
public struct GroupName
{
    /// <summary>Longest name.</summary>
    public const int Length = 32;
    private byte _first;

    /// <summary>The name of a string.</summary>
    public static GroupName From(string text) => AsciiText.From<GroupName>(text);

    /// <inheritdoc/>
    public override readonly string ToString() => AsciiText.ToText(in this);
}

/// <summary>A client's own id of an order or request, 1 to 36 printable ASCII characters.</summary>
[InlineArray(Length)]
public struct ClientOrderId
{
    /// <summary>Longest id.</summary>
    public const int Length = 36;
    private byte _first;

    /// <summary>The id of a string.</summary>
    public static ClientOrderId From(string text) => AsciiText.From<ClientOrderId>(text);

    /// <summary>True when no id was given.</summary>
    public readonly bool IsEmpty => this[0] == 0;

    /// <inheritdoc/>
    public override readonly string ToString() => AsciiText.ToText(in this);
}

/// <summary>Free text of a movement of funds, up to 48 printable ASCII characters.</summary>
[InlineArray(Length)]
public struct Comment
{
    /// <summary>Longest comment.</summary>
    public const int Length = 48;
    private byte _first;

    /// <summary>The comment of a string.</summary>
    public static Comment From(string text) => AsciiText.From<Comment>(text);

    /// <inheritdoc/>
    public override readonly string ToString() => AsciiText.ToText(in this);
}
