using CopyEngine.Commands;
using CopyEngine.Host.Demo;
using CopyEngine.Host.World;
using CopyEngine.Numerics;
using Xunit;

namespace CopyEngine.Tests.Host;

public sealed class WorldReaderTests
{
    [Fact]
    public void Example_of_the_specification_is_read()
    {
        WorldDefinition world = WorldText.Read(WorldText.Sound);

        Assert.Equal(10_001, world.AccountCount);
        Assert.Equal(10_000, world.LinkCount);
        RegisterInstrument instrument = Assert.Single(world.Instruments);
        Assert.Equal(("EURUSD", 5, 100_000 * Fixed8.One), (instrument.Symbol.ToString(), (int)instrument.Digits, instrument.ContractSize));
        GroupDefinition group = Assert.Single(world.Groups);
        Assert.Equal((500_000, 100_000), (group.Group.WarningLevel, group.Group.LiquidationLevel));
        Assert.Equal(50 * Fixed8.One, Assert.Single(group.Instruments).Settings.MaxLot);
        Assert.Equal(1_000_00000000, world.Accounts[1].Balance);
    }

    [Fact]
    public void Absent_fields_take_their_documented_defaults()
    {
        WorldDefinition world = WorldText.Read("""
            { "instruments": [ { "symbol": "DE40", "digits": 1, "contractSize": 1, "baseCurrency": "DE40", "profitCurrency": "EUR", "assetClass": "index" } ],
              "groups": [ { "name": "G", "instruments": { "DE40": { } } } ],
              "accounts": [ { "account": "live:7", "group": "G", "currency": "EUR", "leverage": 20 } ] }
            """);

        RegisterInstrument instrument = world.Instruments[0];
        Assert.Equal((Fixed8.One / 100, Fixed8.One / 100, 100 * Fixed8.One), (instrument.MinLot, instrument.LotStep, instrument.MaxLot));
        Assert.Equal((Fixed8.One, SwapType.Points, DayOfWeek.Wednesday), (instrument.MarginFactor, instrument.SwapType, instrument.TripleSwapDay));
        RegisterGroup group = world.Groups[0].Group;
        Assert.Equal((LiquidationRule.LargestLossFirst, MarginPrice.Current, ConversionPrice.Ask), (group.Liquidation, group.MarginPrice, group.Conversion));
        Assert.Equal((true, 3_600, 500_000, 100_000), (group.NegativeBalanceProtection, group.WarningIntervalSeconds, group.WarningLevel, group.LiquidationLevel));
        SetGroupInstrument settings = world.Groups[0].Instruments[0].Settings;
        Assert.Equal((instrument.MinLot, instrument.MaxLot, CommissionBasis.PerLot, CommissionSide.Entry),
            (settings.MinLot, settings.MaxLot, settings.CommissionBasis, settings.CommissionSide));
        Assert.Equal(0, world.Accounts[0].Balance);
    }

    [Fact]
    public void Session_over_the_end_of_the_week_becomes_two_stretches()
    {
        WorldDefinition world = WorldText.Read(WorldText.Sound.Replace(
            "\"execution\": \"quote\"", "\"sessions\": [ { \"open\": \"sunday 22:00\", \"close\": \"friday 21:30\" } ]"));

        TradingSessions sessions = world.Instruments[0].Sessions;
        Assert.Equal(new TradingSession(6 * 1_440 + 22 * 60, 7 * 1_440), sessions[0]);
        Assert.Equal(new TradingSession(0, 4 * 1_440 + 21 * 60 + 30), sessions[1]);
        Assert.Equal(default, sessions[2]);
    }

    [Fact]
    public void Decimals_may_be_numbers_or_texts()
    {
        WorldDefinition world = WorldText.Read(WorldText.Sound.Replace("\"balance\": \"10000.00\"", "\"balance\": 10000.5"));

        Assert.Equal(Fixed8.Parse("10000.5"), world.Accounts[0].Balance);
    }

    [Fact]
    public void Yen_account_has_no_decimals()
    {
        string refusal = WorldText.Refusal(WorldText.Sound.Replace(
            "\"currency\": \"USD\", \"leverage\": 100, \"balance\": \"10000.00\"", "\"currency\": \"JPY\", \"leverage\": 100, \"balance\": \"10000.50\""));

        Assert.Contains("smallest unit (0 decimals)", refusal);
    }

    [Fact]
    public void Demo_world_has_instruments_of_four_classes_three_providers_and_a_thousand_followers()
    {
        WorldDefinition world = DemoWorld.Read(new EngineLimits());

        Assert.True(world.Instruments.Count >= 6);
        Assert.Equal(4, world.Instruments.Select(instrument => instrument.AssetClass).Distinct().Count());
        Assert.Equal(3, world.Accounts.Where(accounts => accounts.Range.UserType == UserType.StrategyProvider).Sum(accounts => accounts.Range.Count));
        AccountsDefinition[] followers = [.. world.Accounts.Where(accounts => accounts.Range.UserType == UserType.CopyFollower)];
        Assert.Equal(1_000, followers.Sum(accounts => accounts.Range.Count));
        Assert.Equal(2, followers.Select(accounts => accounts.Group).Distinct().Count());
        Assert.Equal(3, followers.Select(accounts => accounts.Currency).Distinct().Count());
        Assert.Equal(4, world.Links.Select(links => links.Settings.Mode).Distinct().Count());
    }
}
