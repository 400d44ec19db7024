using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Examples;

/// <summary>Semantics, section 9, examples 1 to 5 and the partial closes. Run for the core and for the model.</summary>
public abstract class CopySizeExamples
{
    private const string Provider = "strategy_provider:1";
    private const string Follower = "copy_follower:1";

    private protected abstract IRulesEngine NewEngine();

    /// <summary>An instrument so small that margin never matters, quoted without a spread so that equities stay as deposited.</summary>
    private TestWorld World(string providerEquity, string followerEquity, Adjust<CopySettings>? settings = null)
    {
        var world = new TestWorld(NewEngine());
        world.Instrument("EURUSD", (ref RegisterInstrument instrument) => instrument.ContractSize = Fixed8.Parse("1"))
            .Group("Standard")
            .Account(Provider, providerEquity)
            .Account(Follower, followerEquity)
            .Quote("EURUSD", "1.10000", "1.10000");
        return world.Follow(Follower, Provider, settings);
    }

    private static string CopiedLots(TestWorld world, string masterLots)
    {
        Assert.Equal(RejectCode.None, world.Buy(Provider, "EURUSD", masterLots).Reject);
        List<OrderReport> copies = world.Reports(Follower);
        return copies.Count == 0 ? world.Last.Of<CopySkipped>()[0].Reason.ToString() : world.Lots(copies[0], copies[0].LotsSteps);
    }

    [Theory]
    [InlineData("4000.00", "1000.00", "4.00", "1", "1")]
    [InlineData("2000.00", "1000.00", "4.00", "1", "2")]
    [InlineData("5000.00", "1000.00", "4.00", "1", "0.8")]
    [InlineData("10000.00", "1000.00", "0.50", "1", "0.05")]
    [InlineData("10000.00", "1000.00", "0.50", "2", "0.1")]
    [InlineData("2000.00", "5000.00", "2.50", "0.5", "3.12")]
    [InlineData("100.00", "190.00", "0.01", "1", "0.01")]
    [InlineData("150000.00", "299.00", "10.00", "1", "0.01")]
    [InlineData("150000.00", "140.00", "10.00", "1", "BelowMinLot")]
    public void Examples_1_to_3_proportional_sizes_round_down(
        string providerEquity, string followerEquity, string masterLots, string ratio, string copied)
    {
        TestWorld world = World(providerEquity, followerEquity, (ref CopySettings settings) => settings.Ratio = Fixed8.Parse(ratio));

        Assert.Equal(copied, CopiedLots(world, masterLots));
    }

    [Fact]
    public void Example_2_keeps_the_size_before_rounding()
    {
        TestWorld world = World("2000.00", "5000.00", (ref CopySettings settings) => settings.Ratio = Fixed8.Parse("0.5"));

        CopiedLots(world, "2.50");

        CopySizing sizing = world.Report(Follower).Sizing;
        Assert.Equal("3.125", Fixed8.ToText(sizing.RawLots));
        Assert.Equal(("2000", "5000", "0.5", 250),
            (sizing.ProviderEquity.ToString(), sizing.FollowerEquity.ToString(), Fixed8.ToText(sizing.Ratio), sizing.MasterSteps));
    }

    [Fact]
    public void Example_3_raise_takes_the_minimum()
    {
        TestWorld world = World("150000.00", "140.00", (ref CopySettings settings) => settings.MinLotPolicy = MinLotPolicy.Raise);

        Assert.Equal("0.01", CopiedLots(world, "10.00"));
    }

    [Theory]
    [InlineData("0.29")]
    [InlineData("0.57")]
    [InlineData("0.58")]
    [InlineData("1.13")]
    public void Example_4_equal_equities_copy_the_same_lots(string lots)
    {
        Assert.Equal(lots, CopiedLots(World("1000.00", "1000.00"), lots));
    }

    [Fact]
    public void Example_5_a_follower_without_equity_is_skipped()
    {
        Assert.Equal(nameof(RejectCode.NoEquity), CopiedLots(World("1000.00", "0"), "1.00"));
    }

    [Fact]
    public void A_master_that_closes_a_fifth_closes_a_fifth_of_the_copy()
    {
        TestWorld world = World("10000.00", "1000.00");
        OrderReport master = world.Buy(Provider, "EURUSD", "10.00");

        world.Close(Provider, master.OrderId, "2.00");

        OrderReport copy = world.Report(Follower);
        Assert.Equal(("0.2", "0.8"), (world.Lots(copy, copy.LastLotsSteps), world.Lots(copy, copy.RemainingSteps)));
        Assert.Equal((OrderStatus.PartiallyClosed, Cause.MasterClosed), (copy.Status, copy.Cause));
    }

    [Fact]
    public void Rounding_of_partial_closes_never_drifts()
    {
        TestWorld world = World("9000.00", "2000.00");
        OrderReport master = world.Buy(Provider, "EURUSD", "0.09");
        Assert.Equal("0.02", world.Lots(world.Report(Follower), world.Report(Follower).LotsSteps));

        world.Close(Provider, master.OrderId, "0.03");
        Assert.Empty(world.Reports(Follower));

        world.Close(Provider, master.OrderId, "0.03");
        Assert.Equal("0.01", world.Lots(world.Report(Follower), world.Report(Follower).LastLotsSteps));

        world.Close(Provider, master.OrderId);
        Assert.Equal("0.01", world.Lots(world.Report(Follower), world.Report(Follower).LastLotsSteps));
        Assert.Equal(OrderStatus.Closed, world.Report(Follower).Status);
    }
}
