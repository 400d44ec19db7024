using CopyEngine.Commands;

namespace CopyEngine.Host.World;

/// <summary>
/// What exists before the first order, checked as a whole: instruments, groups, accounts and links as the commands that
/// will make them, with names where the engine has not given its dense ids yet.
/// </summary>
/// <param name="File">Where it was read from, for messages.</param>
/// <param name="Instruments">In the order of the file, as all of them.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Accounts">Accounts.</param>
/// <param name="Links">Links.</param>
internal sealed record WorldDefinition(
    string File,
    IReadOnlyList<RegisterInstrument> Instruments,
    IReadOnlyList<GroupDefinition> Groups,
    IReadOnlyList<AccountsDefinition> Accounts,
    IReadOnlyList<LinksDefinition> Links)
{
    public long AccountCount => Accounts.Sum(accounts => accounts.Range.Count);

    public long LinkCount => Links.Sum(links => links.Followers.Count);
}

/// <summary>A group and what it does differently for single instruments.</summary>
internal sealed record GroupDefinition(RegisterGroup Group, IReadOnlyList<GroupInstrumentDefinition> Instruments);

/// <summary>What a group does differently for one instrument; its dense ids are filled in when they are known.</summary>
internal sealed record GroupInstrumentDefinition(string Symbol, SetGroupInstrument Settings);

/// <summary>One account or a range of accounts with equal settings.</summary>
internal sealed record AccountsDefinition(AccountRange Range, string Group, string Currency, int Leverage, long Balance);

/// <summary>One follower or a range of followers of one provider with equal settings.</summary>
internal sealed record LinksDefinition(AccountRange Provider, AccountRange Followers, CopySettings Settings);
