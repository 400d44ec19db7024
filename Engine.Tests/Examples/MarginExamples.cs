using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Examples;

/// <summary>Semantics, section 9, examples 6 to 14. Run for the core and for the model.</summary>
public abstract class MarginExamples
{
    private const string Trader = "live:1";

    private protected abstract IRulesEngine NewEngine();

    private TestWorld World(Adjust<RegisterGroup>? group = null) => new TestWorld(NewEngine()).Group("Standard", group);

    /// <summary>One unit of <paramref name="symbol"/> per lot, so that any profit and margin can be set to the cent by its price.</summary>
    private static TestWorld Unit(TestWorld world, string symbol, AssetClass assetClass = AssetClass.Index) =>
        world.Instrument(symbol, (ref RegisterInstrument instrument) =>
        {
            instrument.ContractSize = Fixed8.Parse("1");
            instrument.Digits = 2;
            instrument.AssetClass = assetClass;
            instrument.ProfitCurrency = CurrencyCode.From("USD");
        });

    [Fact]
    public void Example_6_margin_of_half_a_lot_of_sterling()
    {
        TestWorld world = World().Instrument("GBPUSD").Account(Trader, "10000.00").Quote("GBPUSD", "1.38730", "1.38730");

        world.Buy(Trader, "GBPUSD", "0.50");

        Assert.Equal("693.65", world.UsedMargin(Trader));
    }

    [Fact]
    public void Example_7_margin_in_francs_is_divided_by_the_ask()
    {
        TestWorld world = World().Instrument("USDCHF").Account(Trader, "10000.00").Quote("USDCHF", "0.91230", "0.91247");

        world.Buy(Trader, "USDCHF", "0.30");

        Assert.Equal("300", world.UsedMargin(Trader));
    }

    /// <summary>One lot at 1:1 makes the margin the price; a loss elsewhere then sets the equity.</summary>
    private TestWorld AtEquityAndMargin(string equity, string margin)
    {
        TestWorld world = World((ref RegisterGroup group) => group.MarginPrice = MarginPrice.Open);
        Unit(world, "AAAUSD").Account(Trader, "1000000.00", leverage: 1).Quote("AAAUSD", margin, margin);
        world.Buy(Trader, "AAAUSD", "1.00");
        long loss = Fixed8.Parse("1000000.00") - Fixed8.Parse(equity);
        Unit(world, "BBBUSD").Quote("BBBUSD", "1000.00", "1000.00");
        world.Sell(Trader, "BBBUSD", "1.00");
        string worse = Fixed8.ToText(Fixed8.Parse("1000.00") + loss);
        world.Quote("BBBUSD", worse, worse);
        world.CloseAll(Trader, "BBBUSD");
        return world;
    }

    [Fact]
    public void Example_8_level_of_736_81()
    {
        Portfolio figures = AtEquityAndMargin("2282.71", "309.81").Figures(Trader);

        Assert.Equal(("2282.71", "309.81"), (figures.Equity.ToString(), figures.UsedMargin.ToString()));
        Assert.Equal(736.81m, decimal.Round(2282.71m / 309.81m * 100, 2, MidpointRounding.AwayFromZero));
    }

    [Theory]
    [InlineData("1.00", 1)]
    [InlineData("1.01", 0)]
    public void Example_8_a_level_of_exactly_ten_is_liquidated(string equity, int liquidations)
    {
        TestWorld world = AtEquityAndMargin(equity, "10.00");

        world.Tick();

        Assert.Equal(liquidations, world.Last.Of<MarginReport>().Count(report => report.Kind == MarginEventKind.Liquidated));
    }

    [Fact]
    public void Example_9_hedged_lots_cost_the_larger_leg()
    {
        TestWorld world = World().Instrument("EURUSD").Account(Trader, "10000.00").Quote("EURUSD", "1.10000", "1.10000");

        world.Buy(Trader, "EURUSD", "1.00");
        world.Sell(Trader, "EURUSD", "0.60");

        Assert.Equal("1100", world.UsedMargin(Trader));
    }

    [Fact]
    public void Example_10_liquidation_stops_as_soon_as_the_level_is_restored()
    {
        TestWorld world = World((ref RegisterGroup group) => group.MarginPrice = MarginPrice.Open);
        Unit(Unit(Unit(world, "AAAUSD"), "BBBUSD"), "CCCUSD").Account(Trader, "1000.00", leverage: 1)
            .Quote("AAAUSD", "523.60", "523.60").Quote("BBBUSD", "300.00", "300.00").Quote("CCCUSD", "176.40", "176.40");
        long worst = world.Buy(Trader, "AAAUSD", "1.00").OrderId;
        world.Buy(Trader, "BBBUSD", "1.00");
        world.Buy(Trader, "CCCUSD", "1.00");
        world.Quote("AAAUSD", "73.60", "73.60").Quote("BBBUSD", "0.01", "0.01").Quote("CCCUSD", "11.19", "11.19");
        Assert.Equal(("84.8", "1000"), (world.Equity(Trader), world.UsedMargin(Trader)));

        world.Tick();

        OrderReport closed = Assert.Single(world.Reports(Trader));
        Assert.Equal((worst, "-450"), (closed.OrderId, closed.RealizedProfit.ToString()));
        Assert.Equal(("84.8", "476.4"), (world.Equity(Trader), world.UsedMargin(Trader)));
        Assert.Equal(2, world.Holdings(Trader).Count);
    }

    [Fact]
    public void Example_11_what_is_below_zero_is_forgiven()
    {
        TestWorld world = Unit(World(), "AAAUSD").Account(Trader, "100.00", leverage: 10).Quote("AAAUSD", "1000.00", "1000.00");
        world.Buy(Trader, "AAAUSD", "1.00");
        world.Quote("AAAUSD", "762.02", "762.02");

        world.Tick();

        List<LedgerPosting> postings = world.Last.Of<LedgerPosting>();
        Assert.Equal("137.98", postings.Single(posting => posting.NegativeBalance != Money.Zero).NegativeBalance.ToString());
        Assert.Equal("0", world.Balance(Trader));
    }

    [Fact]
    public void Example_12_profit_of_half_a_lot_and_of_a_follower_twice_as_large()
    {
        TestWorld world = World().Instrument("EURUSD")
            .Account("strategy_provider:1", "10000.00").Account("copy_follower:1", "20000.00")
            .Follow("copy_follower:1", "strategy_provider:1").Quote("EURUSD", "1.12000", "1.12000");
        OrderReport master = world.Buy("strategy_provider:1", "EURUSD", "0.50");
        world.Quote("EURUSD", "1.13000", "1.13000");

        world.Close("strategy_provider:1", master.OrderId);

        Assert.Equal("500", world.Report("strategy_provider:1").RealizedProfit.ToString());
        Assert.Equal("1000", world.Report("copy_follower:1").RealizedProfit.ToString());
        Assert.Equal("1", world.Lots(world.Report("copy_follower:1"), world.Report("copy_follower:1").LastLotsSteps));
    }

    [Fact]
    public void Example_13_profit_in_yen_is_divided_by_the_ask()
    {
        TestWorld world = World().Instrument("USDJPY").Account(Trader, "10000.00").Quote("USDJPY", "149.990", "150.000");
        OrderReport order = world.Buy(Trader, "USDJPY", "1.00");
        world.Quote("USDJPY", "151.000", "151.020");

        Assert.Equal("662.16", world.Close(Trader, order.OrderId).RealizedProfit.ToString());
    }
}
