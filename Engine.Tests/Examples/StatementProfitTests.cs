using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Examples;

/// <summary>
/// Closed trades of real brokers' statements: opened and closed at the printed prices, the core books the printed
/// profit. Rows that need a third rate, and the three that the data's README excludes, are no examples.
/// </summary>
public sealed class StatementProfitTests
{
    private const string Trader = "live:1";

    [Theory]
    [InlineData("alpari_usd_2023H1.csv", "USD", 979)]
    [InlineData("darwinex_eur_201710.csv", "EUR", 57)]
    [InlineData("darwinex_usd_20240119.csv", "USD", 97)]
    [InlineData("demo_usd_201805.csv", "USD", 17)]
    [InlineData("magellan_usd_mam_follower_201601.csv", "USD", 333)]
    [InlineData("ronnaru_jpy_20190921.csv", "JPY", 218)]
    public void Closed_trades_give_the_printed_profit(string statement, string currency, int trades)
    {
        List<StatementRow> rows = StatementRow.Closed(statement)
            .FindAll(row => row.IsExact && row.ProfitClass is ("quote_is_account" or "base_is_account"));
        Assert.Equal(trades, rows.Count);
        TestWorld world = new TestWorld(new CoreEngine()).Group("Broker").Account(Trader, "1000000000", currency, leverage: 1_000);
        foreach (IGrouping<string, StatementRow> symbol in rows.GroupBy(SymbolOf))
        {
            Define(world, symbol.Key, [.. symbol], currency);
        }

        foreach (StatementRow row in rows)
        {
            Assert.Equal((row.Ticket, row.Profit), (row.Ticket, Traded(world, row)));
        }
    }

    /// <summary>Profit in the account's currency, or of a pair whose base is the account's currency.</summary>
    private static void Define(TestWorld world, string name, StatementRow[] rows, string currency)
    {
        bool isQuotedInAccountCurrency = rows[0].ProfitClass == "quote_is_account";
        world.Instrument(name, (ref RegisterInstrument instrument) =>
        {
            // Every symbol is a world of its own: other currencies must not lend their rates.
            string own = rows[0].Symbol.ToUpperInvariant();
            instrument.BaseCurrency = CurrencyCode.From(isQuotedInAccountCurrency ? own[..Math.Min(8, own.Length)] : currency);
            instrument.ProfitCurrency = CurrencyCode.From(isQuotedInAccountCurrency ? currency : own[..Math.Min(8, own.Length)]);
            instrument.Digits = (byte)rows.Max(row => row.Digits);
            instrument.ContractSize = Fixed8.Parse(rows[0].ContractSize);
        });
    }

    private static string SymbolOf(StatementRow row) => $"{row.Symbol}{row.ContractSize.Length}";

    private static decimal Traded(TestWorld world, StatementRow row)
    {
        string symbol = SymbolOf(row);
        world.Quote(symbol, row.OpenPrice, row.OpenPrice);
        OrderReport opened = row.IsBuy ? world.Buy(Trader, symbol, row.Lots) : world.Sell(Trader, symbol, row.Lots);
        Assert.Equal(RejectCode.None, opened.Reject);
        world.Quote(symbol, row.ClosePrice, row.ClosePrice);
        return Units.ToDecimal(world.Close(Trader, opened.OrderId).RealizedProfit.Units);
    }
}
