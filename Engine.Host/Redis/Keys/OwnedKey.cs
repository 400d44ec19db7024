using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CopyEngine.Events;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>Families of keys that mirror the state, so that one without its counterpart is to be removed.</summary>
internal enum KeyFamily
{
    /// <summary>Not ours, or history that expires by itself; never touched.</summary>
    Foreign,
    Config,
    Portfolio,
    OrdersIndex,
    Holdings,
    SymbolHolders,
    OrderData,
    OrderTriggers,
    PendingOrder,
    StopLossIndex,
    TakeProfitIndex,
    PendingIndex,
    Market,
    Group,
    MasterFollowers,
    FollowerMaster,
    AlertSent,
    Liquidating,
}

/// <summary>
/// A key of Redis as one of ours. The whole key has to have the exact form of section 5: other programs keep keys that
/// begin alike.
/// </summary>
internal sealed partial record OwnedKey(KeyFamily Family, string Text)
{
    /// <summary>Account in the key.</summary>
    public AccountName Account { get; private init; }

    /// <summary>Number in the key: an order, a provider or a follower.</summary>
    public long Number { get; private init; }

    /// <summary>Symbol in the key.</summary>
    public string Symbol { get; private init; } = "";

    /// <summary>Group in the key; a user type, side or kind of waiting order.</summary>
    public string Qualifier { get; private init; } = "";

    /// <summary>True for a set or sorted set whose members are looked at one by one.</summary>
    public bool IsCollection => Family is KeyFamily.SymbolHolders or KeyFamily.StopLossIndex or KeyFamily.TakeProfitIndex
        or KeyFamily.PendingIndex or KeyFamily.MasterFollowers;

    /// <summary>True for a sorted set.</summary>
    public bool IsSorted => Family is KeyFamily.StopLossIndex or KeyFamily.TakeProfitIndex or KeyFamily.PendingIndex;

    /// <summary>Reads a key; one that is not ours comes back as <see cref="KeyFamily.Foreign"/>.</summary>
    public static OwnedKey Parse(ReadOnlySpan<byte> key)
    {
        string text = Encoding.UTF8.GetString(key);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
        {
            foreach ((KeyFamily family, Regex form) in FormsOf(text[..colon]))
            {
                Match match = form.Match(text);
                if (match.Success && TryRead(family, text, match) is { } owned)
                {
                    return owned;
                }
            }
        }
        return new OwnedKey(KeyFamily.Foreign, text);
    }

    private static (KeyFamily Family, Regex Form)[] FormsOf(string prefix) => prefix switch
    {
        "user" => [(KeyFamily.Config, ConfigForm)],
        "user_portfolio" => [(KeyFamily.Portfolio, PortfolioForm)],
        "user_orders_index" => [(KeyFamily.OrdersIndex, OrdersIndexForm)],
        "user_holdings" => [(KeyFamily.Holdings, HoldingsForm)],
        "symbol_holders" => [(KeyFamily.SymbolHolders, SymbolHoldersForm)],
        "order_data" => [(KeyFamily.OrderData, OrderForm)],
        "order_triggers" => [(KeyFamily.OrderTriggers, OrderForm)],
        "pending_orders" => [(KeyFamily.PendingOrder, OrderForm)],
        "sl_index" => [(KeyFamily.StopLossIndex, StopIndexForm)],
        "tp_index" => [(KeyFamily.TakeProfitIndex, StopIndexForm)],
        "pending_index" => [(KeyFamily.PendingIndex, PendingIndexForm)],
        "market" => [(KeyFamily.Market, MarketForm)],
        "groups" => [(KeyFamily.Group, GroupForm)],
        "copy_master_followers" => [(KeyFamily.MasterFollowers, MasterFollowersForm)],
        "copy_follower_master" => [(KeyFamily.FollowerMaster, FollowerMasterForm)],
        "autocutoff" => [(KeyFamily.AlertSent, AlertSentForm), (KeyFamily.Liquidating, LiquidatingForm)],
        _ => [],
    };

    private static OwnedKey? TryRead(KeyFamily family, string text, Match match)
    {
        AccountName account = default;
        long number = 0;
        Group accountPart = match.Groups["account"];
        Group numberPart = match.Groups["number"];
        if (accountPart.Success && !AccountName.TryParse(accountPart.Value, out account))
        {
            return null;
        }
        if (numberPart.Success && !long.TryParse(numberPart.Value, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return null;
        }
        return new OwnedKey(family, text)
        {
            Account = account,
            Number = number,
            Symbol = match.Groups["symbol"].Value,
            Qualifier = match.Groups["qualifier"].Value,
        };
    }

    [GeneratedRegex(@"^user:\{(?<account>[a-z_]+:[0-9]+)\}:config$")]
    private static partial Regex ConfigForm { get; }

    [GeneratedRegex(@"^user_portfolio:\{(?<account>[a-z_]+:[0-9]+)\}$")]
    private static partial Regex PortfolioForm { get; }

    [GeneratedRegex(@"^user_orders_index:\{(?<account>[a-z_]+:[0-9]+)\}$")]
    private static partial Regex OrdersIndexForm { get; }

    [GeneratedRegex(@"^user_holdings:\{(?<account>[a-z_]+:[0-9]+)\}:(?<number>[0-9]+)$")]
    private static partial Regex HoldingsForm { get; }

    [GeneratedRegex("^symbol_holders:(?<symbol>[^:{}]+):(?<qualifier>live|demo|strategy_provider|copy_follower)$")]
    private static partial Regex SymbolHoldersForm { get; }

    [GeneratedRegex("^[a-z_]+:(?<number>[0-9]+)$")]
    private static partial Regex OrderForm { get; }

    [GeneratedRegex(@"^[st][lp]_index:\{(?<symbol>[^:{}]+)\}:(?<qualifier>BUY|SELL)$")]
    private static partial Regex StopIndexForm { get; }

    [GeneratedRegex(@"^pending_index:\{(?<symbol>[^:{}]+)\}:(?<qualifier>(BUY|SELL)_(LIMIT|STOP))$")]
    private static partial Regex PendingIndexForm { get; }

    [GeneratedRegex("^market:(?<symbol>[^:{}]+)$")]
    private static partial Regex MarketForm { get; }

    [GeneratedRegex(@"^groups:\{(?<qualifier>[^{}]+)\}:(?<symbol>[^:{}]+)$")]
    private static partial Regex GroupForm { get; }

    [GeneratedRegex("^copy_master_followers:(?<number>[0-9]+):active$")]
    private static partial Regex MasterFollowersForm { get; }

    [GeneratedRegex("^copy_follower_master:(?<number>[0-9]+):provider_id$")]
    private static partial Regex FollowerMasterForm { get; }

    [GeneratedRegex("^autocutoff:alert_sent:(?<account>[a-z_]+:[0-9]+)$")]
    private static partial Regex AlertSentForm { get; }

    [GeneratedRegex("^autocutoff:liquidating:(?<account>[a-z_]+:[0-9]+)$")]
    private static partial Regex LiquidatingForm { get; }
}
