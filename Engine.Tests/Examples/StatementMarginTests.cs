using System.Globalization;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Examples;

/// <summary>
/// Printed margins and stop-outs of real brokers' statements, with <c>marginPrice: open</c>: liquidation below level
/// 60, one position at a time, lowest result first, no negative balance protection.
/// </summary>
public sealed class StatementMarginTests
{
    private const string Trader = "live:1";
    private const string Statement = "alpari_usd_2023H1.csv";

    private static TestWorld World(int leverage) =>
        new TestWorld(new CoreEngine())
            .Group("Broker", (ref RegisterGroup group) =>
            {
                group.MarginPrice = MarginPrice.Open;
                group.WarningLevel = 600_000;
                group.LiquidationLevel = 600_000;
                group.Liquidation = LiquidationRule.LargestLossFirst;
                group.NegativeBalanceProtection = false;
            })
            .Account(Trader, "100.00", leverage: leverage)
            .Instrument("ZZZUSD");

    /// <summary>Symbols of the statement; forex by its currencies, others quoted in dollars.</summary>
    private static void Define(TestWorld world, string symbol, int digits, string contractSize) =>
        world.Instrument(symbol.ToUpperInvariant(), (ref RegisterInstrument instrument) =>
        {
            instrument.Digits = (byte)digits;
            instrument.ContractSize = Fixed8.Parse(contractSize);
            bool isForex = contractSize == "100000";
            instrument.AssetClass = isForex ? AssetClass.Forex : AssetClass.Commodity;
            instrument.ProfitCurrency = CurrencyCode.From(isForex ? symbol[3..].ToUpperInvariant() : "USD");
        });

    [Fact]
    public void Margin_of_an_open_position_is_that_of_its_opening_price()
    {
        StatementRow open = Assert.Single(StatementRow.Of("darwinex_usd_20240119.csv", "open_position"));
        TestWorld world = World(leverage: 20).Funds(Trader, "94074.94");
        Define(world, open.Symbol, open.Digits, "100000");
        world.Quote("AUDUSD", open.OpenPrice, open.OpenPrice);

        world.Sell(Trader, "AUDUSD", open.Lots);
        world.Quote("AUDUSD", open.ClosePrice, open.ClosePrice);

        Assert.Equal("16304.56", Shown(world.Figures(Trader).UsedMargin, 2));
    }

    [Theory]
    [InlineData("2023-04-28 09:20:11", "10.7")]
    [InlineData("2023-04-28 09:47:35", "6.7")]
    [InlineData("2023-04-28 09:52:02", "4.2")]
    [InlineData("2023-04-28 13:24:21", "4.5")]
    [InlineData("2023-04-28 16:02:14", "2.0")]
    [InlineData("2023-05-02 17:56:11", "4.7")]
    [InlineData("2023-05-25 16:16:55", "3.0")]
    public void Margins_at_stop_outs_come_out_as_printed(string time, string printed)
    {
        TestWorld world = World(leverage: 500);

        foreach (StatementRow row in OpenAt(time))
        {
            OpenPosition(world, row);
        }

        Assert.Equal(printed, Shown(world.Figures(Trader).UsedMargin, 1));
    }

    [Theory]
    [InlineData("2023-04-28 16:02:14", "56.0", "1.1")]
    [InlineData("2023-05-25 16:16:55", "59.9", "1.8")]
    public void Level_and_equity_at_stop_outs_come_out_as_printed(string time, string level, string equity)
    {
        TestWorld world = World(leverage: 500);
        List<StatementRow> open = OpenAt(time);
        open.ForEach(row => OpenPosition(world, row));
        StatementRow stopped = open.Single(row => row.Comment.StartsWith("so:", StringComparison.Ordinal) && row.CloseTime == time);
        LoseUntilBalanceIs(world, BalanceBefore(time) + open.Sum(row => row.Swap));
        string symbol = stopped.Symbol.ToUpperInvariant();
        world.Quote(symbol, stopped.ClosePrice, stopped.ClosePrice);
        Portfolio figures = world.Figures(Trader);
        Assert.Equal(equity, Shown(figures.Equity, 1));
        Assert.Equal(level, Level(figures));

        world.Tick();

        OrderReport closed = Assert.Single(world.Reports(Trader));
        Assert.Equal((Cause.Liquidation, stopped.Profit), (closed.Cause, Units.ToDecimal(closed.RealizedProfit.Units)));
    }

    /// <summary>
    /// Prices of the other symbols are not printed; those used here make the equity of each moment the printed one.
    /// </summary>
    [Fact]
    public void Positions_are_stopped_out_in_the_printed_order()
    {
        TestWorld world = World(leverage: 500);
        List<StatementRow> open = OpenAt("2023-04-28 09:20:11");
        open.ForEach(row => OpenPosition(world, row));
        LoseUntilBalanceIs(world, BalanceBefore("2023-04-28 09:20:11") + open.Sum(row => row.Swap));

        world.Quote("EURUSD", "1.10073", "1.10073").Quote("USDCHF", "0.89373", "0.89373").Quote("GBPUSD", "1.24713", "1.24713");
        Assert.Equal("6.4: xauusd -2.98", StoppedOut(world, "XAUUSD", "1986.62"));

        world.Quote("EURUSD", "1.10204", "1.10204");
        Assert.Equal("4.0: gbpusd 1.07", StoppedOut(world, "GBPUSD", "1.24824"));

        world.Quote("USDCHF", "0.89342", "0.89342");
        Assert.Equal("2.5: eurusd 1.56", StoppedOut(world, "EURUSD", "1.10317"));

        world.Quote("USDCHF", "0.89600", "0.89600");
        OpenPosition(world, OpenAt("2023-04-28 13:24:21").Single(row => row.Symbol == "gbpusd"));
        world.Quote("USDCHF", "0.89504", "0.89504");
        Assert.Equal("2.7: gbpusd -1.61", StoppedOut(world, "GBPUSD", "1.24766"));

        Assert.Equal("1.1: usdchf 2.94", StoppedOut(world, "USDCHF", "0.89363"));
        Assert.Equal("1.12", world.Balance(Trader));
    }

    /// <summary>The last quote brings the level below 60; the equity then, what is closed at the tick, and its profit.</summary>
    private static string StoppedOut(TestWorld world, string symbol, string price)
    {
        string equity = Shown(world.Quote(symbol, price, price).Figures(Trader).Equity, 1);
        world.Tick();
        OrderReport closed = Assert.Single(world.Reports(Trader));
        Assert.Equal(Cause.Liquidation, closed.Cause);
        string name = closed.Symbol == world.Symbol(symbol) ? symbol.ToLowerInvariant() : $"symbol {closed.Symbol}";
        return $"{equity}: {name} {closed.RealizedProfit}";
    }

    private static List<StatementRow> OpenAt(string time) =>
        StatementRow.Closed(Statement).FindAll(row =>
            string.CompareOrdinal(row.OpenTime, time) < 0 && string.CompareOrdinal(row.CloseTime, time) >= 0);

    /// <summary>The statement's balance just before a moment.</summary>
    private static decimal BalanceBefore(string time) =>
        new[] { "balance", "closed", "closed_summary_row" }
            .SelectMany(section => StatementRow.Of(Statement, section))
            .Where(row => string.CompareOrdinal(row.CloseTime, time) < 0)
            .Sum(row => row.Total);

    private static void OpenPosition(TestWorld world, StatementRow row)
    {
        string symbol = row.Symbol.ToUpperInvariant();
        Define(world, row.Symbol, row.Digits, row.ContractSize);
        world.Quote(symbol, row.OpenPrice, row.OpenPrice);
        OrderReport opened = row.IsBuy ? world.Buy(Trader, symbol, row.Lots) : world.Sell(Trader, symbol, row.Lots);
        Assert.Equal(RejectCode.None, opened.Reject);
    }

    /// <summary>A losing trade elsewhere; one point of it is one cent. Swaps of the statement are part of the balance here.</summary>
    private static void LoseUntilBalanceIs(TestWorld world, decimal balance)
    {
        decimal cents = (100m - balance) * 100;
        world.Quote("ZZZUSD", "0.50000", "0.50000");
        OrderReport losing = world.Sell(Trader, "ZZZUSD", "0.01");
        string price = (0.5m + cents / 100_000m).ToString("F5", CultureInfo.InvariantCulture);
        world.Quote("ZZZUSD", price, price);
        world.Close(Trader, losing.OrderId);
    }

    /// <summary>Statements print the level of the amounts as they are shown, in cents.</summary>
    private static string Level(in Portfolio figures) =>
        Round(100m * figures.Equity.RoundToMinorUnit(2).Units / figures.UsedMargin.RoundToMinorUnit(2).Units, 1);

    private static string Shown(Money amount, int decimals) => Round(Units.ToDecimal(amount.Units), decimals);

    private static string Round(decimal value, int decimals) =>
        decimal.Round(value, decimals, MidpointRounding.AwayFromZero).ToString($"F{decimals}", CultureInfo.InvariantCulture);
}
