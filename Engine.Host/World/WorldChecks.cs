using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Json;

namespace CopyEngine.Host.World;

/// <summary>What can only be checked when the whole world file has been read.</summary>
internal static class WorldChecks
{
    public static void CheckAccounts(PlacedRanges<AccountsDefinition> accounts, EngineLimits limits, FaultList faults)
    {
        foreach ((AccountRange shared, string path, string earlierPath) in accounts.Overlaps())
        {
            faults.Add(path, $"account '{shared}' is defined twice, first at {earlierPath}");
        }
        Int128 count = accounts.Entries.Aggregate((Int128)0, (sum, entry) => sum + entry.Range.Last - entry.Range.First + 1);
        if (count > limits.Accounts)
        {
            faults.Add("$.accounts", $"{count} accounts are more than the limit of {limits.Accounts} (setting limits.accounts)");
        }
    }

    public static void CheckLinks(
        IReadOnlyList<(LinksDefinition Definition, string Path)> links, PlacedRanges<AccountsDefinition> accounts, FaultList faults)
    {
        foreach ((LinksDefinition link, string path) in links)
        {
            CheckExists(link.Provider, $"{path}.provider", accounts, faults);
            CheckExists(link.Followers, link.Followers.IsSingle ? $"{path}.follower" : $"{path}.followers", accounts, faults);
        }
        foreach (IGrouping<AccountRange, (LinksDefinition Definition, string Path)> ofProvider in links.GroupBy(link => link.Definition.Provider))
        {
            var followers = new PlacedRanges<LinksDefinition>();
            foreach ((LinksDefinition link, string path) in ofProvider)
            {
                followers.Add(link.Followers, path, link);
            }
            foreach ((AccountRange shared, string path, string earlierPath) in followers.Overlaps())
            {
                faults.Add(path, $"'{shared}' follows '{ofProvider.Key}' twice, first at {earlierPath}");
            }
        }
    }

    public static void CheckCapacities(
        IReadOnlyDictionary<string, RegisterInstrument> instruments,
        IReadOnlyDictionary<string, GroupDefinition> groups,
        PlacedRanges<AccountsDefinition> accounts,
        EngineLimits limits,
        FaultList faults)
    {
        var currencies = new HashSet<string>(StringComparer.Ordinal) { "USD" };
        foreach (RegisterInstrument instrument in instruments.Values)
        {
            currencies.Add(instrument.BaseCurrency.ToString());
            currencies.Add(instrument.ProfitCurrency.ToString());
        }
        currencies.UnionWith(accounts.Definitions.Select(account => account.Currency));
        CheckCapacity("$.instruments", "instruments", instruments.Count, limits.Instruments, faults);
        CheckCapacity("$.groups", "groups", groups.Count, limits.Groups, faults);
        CheckCapacity("$", "currencies", currencies.Count, limits.Currencies, faults);
    }

    private static void CheckExists(AccountRange wanted, string path, PlacedRanges<AccountsDefinition> accounts, FaultList faults)
    {
        if (accounts.FirstMissing(wanted) is { } missing)
        {
            faults.Add(path, $"unknown account '{new AccountName(wanted.UserType, missing)}': the file's accounts do not define it");
        }
    }

    private static void CheckCapacity(string path, string what, int count, int limit, FaultList faults)
    {
        if (count > limit)
        {
            faults.Add(path, $"{count} {what} are more than the limit of {limit} (setting limits.{what})");
        }
    }
}
