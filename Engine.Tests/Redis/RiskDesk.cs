using System.Globalization;
using StackExchange.Redis;

namespace CopyEngine.Tests.Redis;

/// <summary>An account's figures as somebody computed them.</summary>
internal sealed record DeskFigures(decimal Equity, decimal UsedMargin, decimal Level);

/// <summary>
/// A risk desk's program that knows the keys of section 5 and the formulas of the rules, and nothing of the engine: own
/// connection, own arithmetic in <see cref="decimal"/>, not one type of the code under test.
/// </summary>
internal sealed class RiskDesk(IDatabase keys, IServer server)
{
    private readonly Dictionary<string, (decimal Bid, decimal Ask)> _market = [];
    private readonly Dictionary<string, Dictionary<string, string>> _groups = [];

    /// <summary>Rebuilds every account's figures from config, holdings, groups and market.</summary>
    public async Task<Dictionary<string, DeskFigures>> RebuildAsync()
    {
        foreach (RedisKey key in server.Keys(pattern: "market:*"))
        {
            Dictionary<string, string> price = await ReadAsync(key!);
            _market[key.ToString()["market:".Length..]] = (Number(price["bid"]), Number(price["ask"]));
        }
        foreach (RedisKey key in server.Keys(pattern: "groups:*"))
        {
            _groups[key!] = await ReadAsync(key!);
        }
        var figures = new Dictionary<string, DeskFigures>();
        foreach (RedisKey key in server.Keys(pattern: "user:{*}:config"))
        {
            string account = key.ToString().Split('{', '}')[1];
            figures[account] = await RebuildAsync(account, await ReadAsync(key!));
        }
        return figures;
    }

    /// <summary>What the engine says of an account.</summary>
    public async Task<DeskFigures> ReadPortfolioAsync(string account)
    {
        Dictionary<string, string> portfolio = await ReadAsync($"user_portfolio:{{{account}}}");
        return new DeskFigures(Number(portfolio["equity"]), Number(portfolio["used_margin"]), Number(portfolio["margin_level"]));
    }

    private async Task<DeskFigures> RebuildAsync(string account, Dictionary<string, string> config)
    {
        var holdings = new List<Dictionary<string, string>>();
        foreach (RedisValue id in await keys.SetMembersAsync($"user_orders_index:{{{account}}}"))
        {
            Dictionary<string, string> order = await ReadAsync($"user_holdings:{{{account}}}:{id}");
            if (order["execution_status"] == "EXECUTED")
            {
                holdings.Add(order);
            }
        }
        decimal equity = Number(config["wallet_balance"]);
        decimal used = 0;
        foreach (IGrouping<string, Dictionary<string, string>> symbol in holdings.GroupBy(order => order["symbol"]))
        {
            equity += Profit([.. symbol], symbol.Key, config);
            used += Margin([.. symbol], symbol.Key, config);
        }
        return new DeskFigures(equity, used, used == 0 ? 0 : equity / used * 100);
    }

    private decimal Profit(Dictionary<string, string>[] orders, string symbol, Dictionary<string, string> config)
    {
        Dictionary<string, string> terms = _groups[$"groups:{{{config["group"]}}}:{symbol}"];
        decimal contractSize = Number(terms["contract_size"]);
        decimal halfSpread = Number(terms["spread"]) * Number(terms["spread_pip"]) / 2;
        (decimal bid, decimal ask) = _market[symbol];
        decimal profit = 0;
        decimal costs = 0;
        foreach (Dictionary<string, string> order in orders)
        {
            decimal open = Number(order["order_price"]);
            decimal lots = Number(order["order_quantity"]);
            profit += (order["order_type"] == "BUY" ? bid - halfSpread - open : open - (ask + halfSpread)) * lots * contractSize;
            costs += Number(order["swap"]) - Number(order["commission_entry"]);
        }
        return Convert(profit, terms["profit"], config["currency"]) + costs;
    }

    private decimal Margin(Dictionary<string, string>[] orders, string symbol, Dictionary<string, string> config)
    {
        Dictionary<string, string> terms = _groups[$"groups:{{{config["group"]}}}:{symbol}"];
        Dictionary<string, string>[] buys = Array.FindAll(orders, order => order["order_type"] == "BUY");
        Dictionary<string, string>[] sells = Array.FindAll(orders, order => order["order_type"] == "SELL");
        if (terms["type"] == "4")
        {
            return Math.Max(buys.Sum(order => Number(order["margin"])), sells.Sum(order => Number(order["margin"])));
        }
        decimal lots = Math.Max(buys.Sum(order => Number(order["order_quantity"])), sells.Sum(order => Number(order["order_quantity"])));
        decimal cap = Number(_groups[$"groups:{{{config["group"]}}}:settings"]["max_leverage"]);
        decimal leverage = cap == 0 ? Number(config["leverage"]) : Math.Min(cap, Number(config["leverage"]));
        decimal ask = _market[symbol].Ask + Number(terms["spread"]) * Number(terms["spread_pip"]) / 2;
        return Convert(Number(terms["contract_size"]) * lots * ask / leverage, terms["profit"], config["currency"]);
    }

    /// <summary>Multiply by the ask of the pair, or divide by the ask of the pair the other way round, or through USD.</summary>
    private decimal Convert(decimal amount, string from, string to) =>
        TryConvert(amount, from, to, out decimal converted) ? converted
        : TryConvert(amount, from, "USD", out decimal dollars) && TryConvert(dollars, "USD", to, out converted) ? converted
        : throw new InvalidOperationException($"no rate from {from} to {to}");

    private bool TryConvert(decimal amount, string from, string to, out decimal converted)
    {
        converted = amount;
        if (from == to)
        {
            return true;
        }
        if (_market.TryGetValue(from + to, out (decimal Bid, decimal Ask) pair))
        {
            converted = amount * pair.Ask;
            return true;
        }
        if (_market.TryGetValue(to + from, out pair))
        {
            converted = amount / pair.Ask;
            return true;
        }
        return false;
    }

    private async Task<Dictionary<string, string>> ReadAsync(string key) =>
        (await keys.HashGetAllAsync(key)).ToDictionary(entry => entry.Name.ToString(), entry => entry.Value.ToString());

    private static decimal Number(string text) =>
        decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
}
