using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Core;

/// <summary>Stops at one level fire in the order in which they were set, whatever moves the level meanwhile.</summary>
public sealed class TriggerOrderTests
{
    private static readonly string[] InOrderOfEntry = ["live:1", "live:2", "live:3"];
    private readonly TestWorld _world = new(new CoreEngine());

    [Theory]
    [InlineData("Wide", "Tight", "Wide")]
    [InlineData("Tight", "Wide", "Tight")]
    [InlineData("Wide", "Wide", "Tight")]
    public void A_half_spread_that_becomes_equal_to_another_groups_keeps_the_order_of_entry(params string[] groups)
    {
        _world.Instrument("EURUSD").Group("Wide").Group("Tight");
        SetHalfSpread("Wide", 10);
        for (int i = 0; i < groups.Length; i++)
        {
            _world.Account(InOrderOfEntry[i], "10000.00", group: groups[i]);
        }
        _world.Quote("EURUSD", "1.10000", "1.10002");
        foreach (string account in InOrderOfEntry)
        {
            _world.Buy(account, "EURUSD", "0.10", (ref PlaceOrder order) => order.StopLoss = Fixed8.Parse("1.09500"));
        }

        SetHalfSpread("Wide", 0);
        _world.Quote("EURUSD", "1.09400", "1.09402");

        Assert.Equal(
            InOrderOfEntry.Select(_world.Id), _world.Last.Of<OrderReport>().Select(report => report.Account));
        Assert.All(_world.Last.Of<OrderReport>(), report => Assert.Equal(Cause.StopLoss, report.Cause));
    }

    private void SetHalfSpread(string group, int points) =>
        _world.GroupInstrument(group, "EURUSD", (ref SetGroupInstrument settings) => settings.HalfSpreadPoints = points);
}
