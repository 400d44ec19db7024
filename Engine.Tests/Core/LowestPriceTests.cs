using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Core;

/// <summary>A market that falls below a group's half-spread still has a price: one point, never zero or less.</summary>
public sealed class LowestPriceTests
{
    private readonly TestWorld _world = new(new CoreEngine());

    public LowestPriceTests()
    {
        _world.Instrument("EURUSD", (ref RegisterInstrument instrument) =>
            {
                instrument.SwapType = SwapType.PercentPerYear;
                instrument.SwapLong = -360 * Numerics.Fixed8.One;
            })
            .Group("Wide")
            .Account("live:1", "1000000.00");
        _world.GroupInstrument("Wide", "EURUSD", (ref SetGroupInstrument settings) => settings.HalfSpreadPoints = 10);
    }

    [Theory]
    [InlineData("0.00010")]
    [InlineData("0.00003")]
    public void A_sale_fills_at_one_point_and_is_a_holding(string bid)
    {
        _world.Quote("EURUSD", bid, "0.00012");

        OrderReport sold = _world.Sell("live:1", "EURUSD", "0.10");

        Assert.Equal((OrderStatus.Filled, 1), (sold.Status, sold.AveragePricePoints));
        Assert.Equal("1000000", _world.Balance("live:1"));
        Assert.Equal("999997.9", _world.Equity("live:1"));
    }

    [Fact]
    public void What_was_bought_closes_at_one_point_and_has_that_equity_before()
    {
        _world.Quote("EURUSD", "0.10000", "0.10000");
        OrderReport bought = _world.Buy("live:1", "EURUSD", "1.00");
        _world.Quote("EURUSD", "0.00001", "0.00001");

        Assert.Equal("989991", _world.Equity("live:1"));

        Assert.Equal(1, _world.Close("live:1", bought.OrderId).LastPricePoints);
        Assert.Equal("989991", _world.Balance("live:1"));
    }

    [Fact]
    public void A_yearly_swap_is_a_share_of_one_point()
    {
        _world.Quote("EURUSD", "0.10000", "0.10000");
        _world.Buy("live:1", "EURUSD", "1.00");
        _world.Quote("EURUSD", "0.00001", "0.00001");

        _world.Rollover();

        Assert.Equal("-0.01", Assert.Single(_world.Last.Of<SwapCharged>()).Amount.ToString());
    }
}
