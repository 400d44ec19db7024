using System.Globalization;
using System.Text;
using CopyEngine.Events;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>Writes account names as ASCII without making strings.</summary>
internal static class AccountText
{
    /// <summary>Longest name: the longest user type, a colon and nineteen digits.</summary>
    public const int MaximumLength = 40;

    /// <summary>The name in <paramref name="buffer"/>; nothing for an account that is not known.</summary>
    public static ReadOnlySpan<byte> Of(EngineDirectory directory, int account, Span<byte> buffer)
    {
        if (account < 0)
        {
            return default;
        }
        AccountName name = directory.Account(account).Name;
        int length = Encoding.ASCII.GetBytes(name.UserTypeName, buffer);
        buffer[length++] = (byte)':';
        name.Number.TryFormat(buffer[length..], out int digits, default, CultureInfo.InvariantCulture);
        return buffer[..(length + digits)];
    }
}
