using System.Globalization;
using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.World;

/// <summary>Accounts of one user type with consecutive numbers, <c>copy_follower:1..10000</c>, or a single one.</summary>
internal readonly record struct AccountRange(UserType UserType, long First, long Last)
{
    public long Count => Last - First + 1;

    public bool IsSingle => First == Last;

    public IEnumerable<AccountName> Names
    {
        get
        {
            for (long number = First; number <= Last; number++)
            {
                yield return new AccountName(UserType, number);
            }
        }
    }

    public bool Overlaps(AccountRange other) => UserType == other.UserType && First <= other.Last && other.First <= Last;

    /// <summary>Reads a name or a range of names; the reason says what is wrong with the text.</summary>
    public static bool TryParse(string text, out AccountRange range, out string reason)
    {
        range = default;
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        string first = dots < 0 ? text : text[..dots];
        if (!AccountName.TryParse(first, out AccountName name))
        {
            reason = $"'{first}' is not an account: write live, demo, strategy_provider or copy_follower, a colon and a positive number";
            return false;
        }
        long last = name.Number;
        if (dots >= 0 && !TryParseLast(text[(dots + 2)..], name.Number, out last))
        {
            reason = $"'{text}' is not a range: the number after '..' must not be below {name.Number}";
            return false;
        }
        range = new AccountRange(name.UserType, name.Number, last);
        reason = "";
        return true;
    }

    public override string ToString()
    {
        string first = new AccountName(UserType, First).ToString();
        return IsSingle ? first : string.Create(CultureInfo.InvariantCulture, $"{first}..{Last}");
    }

    private static bool TryParseLast(string digits, long first, out long last) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out last) && last >= first && digits[0] != '0';
}
