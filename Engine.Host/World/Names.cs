using System.Buffers;
using CopyEngine.Host.Json;
using CopyEngine.Numerics;

namespace CopyEngine.Host.World;

/// <summary>
/// Reads the names of a world file. Symbols and groups become parts of Redis keys, where braces, colons and blanks would
/// change the key's meaning.
/// </summary>
internal static class Names
{
    private static readonly SearchValues<char> SymbolCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._#/+-&");

    private static readonly SearchValues<char> CurrencyCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    /// <summary>Stands for a name that is wrong, so that reading can go on.</summary>
    public const string Substitute = "?";

    public static string Symbol(StrictObject fields, string name)
    {
        if (!fields.Require(name, "the instrument's symbol, e.g. EURUSD") || fields.Text(name) is not { } text)
        {
            return Substitute;
        }
        return IsSymbol(text) ? text : Fault(fields, name, text, $"a symbol of 1 to {Numerics.Symbol.Length} letters, digits or ._#/+-&");
    }

    public static string Currency(StrictObject fields, string name, string meaning)
    {
        if (!fields.Require(name, meaning) || fields.Text(name) is not { } text)
        {
            return Substitute;
        }
        bool isCode = text.Length is > 0 and <= CurrencyCode.Length && !text.AsSpan().ContainsAnyExcept(CurrencyCharacters);
        return isCode ? text : Fault(fields, name, text, $"a currency code of 1 to {CurrencyCode.Length} capital letters or digits");
    }

    public static string Group(StrictObject fields, string name)
    {
        if (!fields.Require(name, "the group's name, e.g. Standard") || fields.Text(name) is not { } text)
        {
            return Substitute;
        }
        return IsGroup(text) ? text : Fault(fields, name, text, $"a group name of 1 to {GroupName.Length} printable ASCII characters without braces and colons");
    }

    private static bool IsSymbol(string text) =>
        text.Length is > 0 and <= Numerics.Symbol.Length && !text.AsSpan().ContainsAnyExcept(SymbolCharacters);

    private static bool IsGroup(string text) =>
        text.Length is > 0 and <= GroupName.Length && text.Trim() == text
        && text.All(symbol => symbol is >= ' ' and <= '~' and not ('{' or '}' or ':'));

    private static string Fault(StrictObject fields, string name, string text, string expected)
    {
        fields.Fault(name, $"'{text}' is not {expected}");
        return Substitute;
    }
}
