using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Core;

/// <summary>An account whose currency cannot be converted: nothing opens, and nothing is liquidated on an unknown figure (case F9).</summary>
public sealed class MissingConversionTests
{
    private const string Account = "live:1";
    private readonly CoreEngine _core = new();
    private readonly TestWorld _world;

    public MissingConversionTests()
    {
        _world = new TestWorld(_core);
        _world.Instrument("EURUSD").Instrument("USDJPY", (ref RegisterInstrument pair) => pair.StaleAfterSeconds = 60);
        _world.Group("Standard").Account(Account, "200000", "JPY");
        _world.Quote("EURUSD", "1.10000", "1.10001");
    }

    [Fact]
    public void Without_a_conversion_pair_an_order_is_refused_and_nothing_changes()
    {
        OrderReport refused = _world.Buy(Account, "EURUSD", "0.10");

        Assert.Equal((OrderStatus.Rejected, RejectCode.NoConversion), (refused.Status, refused.Reject));
        Assert.Equal(0, _core.Core.Holdings);
    }

    [Fact]
    public void With_a_stale_pair_an_account_is_not_liquidated_rings_once_and_is_closed_when_the_pair_returns()
    {
        _world.Quote("USDJPY", "150.000", "150.010");
        Assert.Equal(OrderStatus.Filled, _world.Buy(Account, "EURUSD", "1.00").Status);

        _world.Advance(TimeSpan.FromMinutes(5)).Quote("EURUSD", "1.08000", "1.08001").Tick();
        Assert.Equal([AlarmKind.ConversionMissing], AlarmsOfTheLastCommand());
        Assert.Equal(1, _core.Core.Holdings);

        _world.Quote("EURUSD", "1.07900", "1.07901").Tick();
        Assert.Empty(AlarmsOfTheLastCommand());
        Assert.Equal(1, _core.Core.Holdings);

        _world.Quote("USDJPY", "150.000", "150.010").Tick();
        Assert.Equal(0, _core.Core.Holdings);
        _core.Core.Validate();
    }

    private AlarmKind[] AlarmsOfTheLastCommand() => [.. _world.Last.Of<Alarm>().Select(alarm => alarm.Kind)];
}
