using System.Text.Json;
using CopyEngine.Host.Json;
using CopyEngine.Instruments;
using CopyEngine.Numerics;

namespace CopyEngine.Host.World;

/// <summary>Reads one element of <c>accounts</c>.</summary>
internal static class AccountReader
{
    private const int MaxLeverage = 10_000;

    public static AccountsDefinition? Read(JsonElement element, string path, FaultList faults, IReadOnlySet<string> groups)
    {
        var fields = new StrictObject(element, path, faults, WorldFields.Account);
        AccountRange? range = RangeReader.Read(fields, "account", "accounts");
        string group = Names.Group(fields, "group");
        if (fields.Has("group") && group != Names.Substitute && !groups.Contains(group))
        {
            fields.Fault("group", $"unknown group '{group}': the file's groups do not define it");
        }
        string currency = Names.Currency(fields, "currency", "the currency of the account's balance and margin");
        fields.Require("leverage", "1 to 10000, e.g. 100 for 1:100");
        int leverage = (int)fields.Whole("leverage", 1, 1, MaxLeverage);
        long balance = fields.Decimal("balance", 0, 0, Money.Limit.Units);
        int minorDecimals = CurrencyTable.MinorDecimals(currency);
        if (balance % Fixed8.PowerOfTen(Fixed8.Decimals - minorDecimals) != 0)
        {
            fields.Fault("balance", $"{Fixed8.ToText(balance)} is not a whole number of {currency}'s smallest unit ({minorDecimals} decimals)");
        }
        return range is { } known ? new AccountsDefinition(known, group, currency, leverage, balance) : null;
    }
}
