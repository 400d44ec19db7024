using CopyEngine.Events;
using CopyEngine.Host.World;

namespace CopyEngine.Host.Gateway.Keys;

/// <summary>The accounts of a key: names and ranges of names, whether they exist already or not.</summary>
internal sealed class AccountSet
{
    public static readonly AccountSet Empty = new([]);

    private readonly AccountRange[] _ranges;

    private AccountSet(AccountRange[] ranges)
    {
        _ranges = ranges;
        Texts = Array.ConvertAll(ranges, range => range.ToString());
    }

    /// <summary>As the key has them, <c>strategy_provider:1</c> or <c>copy_follower:1..100</c>.</summary>
    public string[] Texts { get; }

    public IReadOnlyList<AccountRange> Ranges => _ranges;

    public static bool TryParse(IReadOnlyCollection<string> texts, out AccountSet accounts, out string reason)
    {
        accounts = Empty;
        reason = "";
        var ranges = new List<AccountRange>();
        foreach (string text in texts)
        {
            if (!AccountRange.TryParse(text, out AccountRange range, out reason))
            {
                return false;
            }
            ranges.Add(range);
        }
        accounts = new AccountSet([.. ranges]);
        return true;
    }

    public bool Contains(AccountName name)
    {
        foreach (AccountRange range in _ranges)
        {
            if (range.UserType == name.UserType && range.First <= name.Number && name.Number <= range.Last)
            {
                return true;
            }
        }
        return false;
    }
}
