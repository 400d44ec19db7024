using System.Runtime.CompilerServices;
using System.Text;
using CopyEngine.Commands;

namespace CopyEngine.Protocol.Messages;

/// <summary>
/// The names under which the members of an enumeration travel: the member's name in capitals with underscores, for the
/// settings of a copy link in small letters. Made once for each enumeration; looking one up allocates nothing.
/// </summary>
internal static class WireNames<TEnum> where TEnum : unmanaged, Enum
{
    private static readonly byte[][] Names = BuildNames();

    /// <summary>The name of a member; empty for a number that is no member, and for a member called None.</summary>
    public static ReadOnlySpan<byte> Of(TEnum value)
    {
        var number = Unsafe.BitCast<TEnum, byte>(value);
        return number < Names.Length ? Names[number] : default;
    }

    /// <summary>False, and the member of number 0, if no member has this name.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out TEnum value)
    {
        for (var number = 0; number < Names.Length && !name.IsEmpty; number++)
        {
            if (!name.SequenceEqual(Names[number]))
                continue;
            value = Unsafe.BitCast<byte, TEnum>((byte)number);
            return true;
        }
        value = default;
        return false;
    }

    private static byte[][] BuildNames()
    {
        var values = Enum.GetValues<TEnum>();
        var names = new byte[values.Max(value => Unsafe.BitCast<TEnum, byte>(value)) + 1][];
        Array.Fill(names, []);
        foreach (var value in values)
        {
            if (value.ToString() is not "None")
                names[Unsafe.BitCast<TEnum, byte>(value)] = Encoding.ASCII.GetBytes(WireNames.ToWire(value.ToString(), IsSetting));
        }
        return names;
    }

    private static bool IsSetting => typeof(TEnum) == typeof(CopyMode) || typeof(TEnum) == typeof(MinLotPolicy);
}

/// <summary>How a member's name becomes a name on the wire.</summary>
internal static class WireNames
{
    /// <summary><c>StopLimit</c> becomes <c>STOP_LIMIT</c>, or <c>stop_limit</c>.</summary>
    public static string ToWire(string member, bool smallLetters)
    {
        var name = new StringBuilder();
        foreach (var letter in member)
        {
            if (char.IsAsciiLetterUpper(letter) && name.Length > 0)
                name.Append('_');
            name.Append(smallLetters ? char.ToLowerInvariant(letter) : char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }
}
