using System.Globalization;
using CopyEngine.Commands;

namespace CopyEngine.Events;

/// <summary>The name of an account, <c>&lt;user_type&gt;:&lt;account_id&gt;</c>.</summary>
/// <param name="UserType">First part.</param>
/// <param name="Number">Second part, positive.</param>
public readonly record struct AccountName(UserType UserType, long Number)
{
    /// <summary>Reads <c>strategy_provider:1</c>; no leading zeros, no sign.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AccountName name)
    {
        name = default;
        int colon = text.IndexOf(':');
        if (colon < 0)
        {
            return false;
        }
        UserType? userType = text[..colon] switch
        {
            "live" => UserType.Live,
            "demo" => UserType.Demo,
            "strategy_provider" => UserType.StrategyProvider,
            "copy_follower" => UserType.CopyFollower,
            _ => null,
        };
        ReadOnlySpan<char> digits = text[(colon + 1)..];
        if (userType is null || digits.IsEmpty || digits[0] == '0'
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }
        name = new AccountName(userType.Value, number);
        return true;
    }

    /// <summary>The name of a text that the program itself wrote.</summary>
    /// <exception cref="FormatException">The text is not an account name.</exception>
    public static AccountName Parse(string text) =>
        TryParse(text, out AccountName name) ? name : throw new FormatException($"'{text}' is not an account name");

    /// <summary>First part as it stands in keys and messages.</summary>
    public string UserTypeName => UserType switch
    {
        UserType.Live => "live",
        UserType.Demo => "demo",
        UserType.StrategyProvider => "strategy_provider",
        UserType.CopyFollower => "copy_follower",
        _ => throw new InvalidOperationException($"user type {UserType} has no name"),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{UserTypeName}:{Number}");
}
