using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>
/// Somebody who knows only the description of the keys comes to the figures that the engine writes: hedged positions,
/// yen, gold, indices, crypto, accounts in four currencies, half-spread 0.
/// </summary>
public sealed class RiskDeskTests
{
    private static readonly string[] Accounts =
    [
        "strategy_provider:1", "strategy_provider:2", "copy_follower:1", "copy_follower:2", "copy_follower:3", "live:1", "live:2", "live:3", "demo:1",
    ];

    private static readonly (string Symbol, int Digits, decimal Middle, string Lots)[] Instruments =
    [
        ("EURUSD", 5, 1.10000m, "0.40"), ("USDJPY", 3, 150.000m, "0.30"), ("GBPUSD", 5, 1.27000m, "0.20"), ("GBPJPY", 3, 190.500m, "0.25"),
        ("XAUUSD", 2, 2050.00m, "0.10"), ("US500", 1, 5000.0m, "1.00"), ("GER40", 1, 17000.0m, "0.50"), ("BTCUSD", 1, 60000.0m, "0.05"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Equity_used_margin_and_level_of_every_account_are_rebuilt_to_a_cent(int seed)
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        TestWorld world = fixture.World;
        Prepare(world);
        var random = new Random(seed);
        int compared = 0;
        for (int round = 0; round < 5; round++)
        {
            Trade(world, random);
            if (round == 2)
            {
                world.Rollover();
                QuoteAll(world, random);
            }
            world.Tick();
            await fixture.Projected.CatchUpAsync();
            compared += await CompareAsync(fixture);
        }
        Assert.True(compared >= 25, $"only {compared} accounts with open positions were compared");
    }

    private static async Task<int> CompareAsync(ProjectionFixture fixture)
    {
        var desk = new RiskDesk(fixture.Keys, fixture.Redis.GetServer(fixture.Server.Address));
        Dictionary<string, DeskFigures> rebuilt = await desk.RebuildAsync();
        Assert.Equal(Accounts.Order(), rebuilt.Keys.Order());
        foreach ((string account, DeskFigures own) in rebuilt)
        {
            DeskFigures engine = await desk.ReadPortfolioAsync(account);
            Assert.True(Math.Abs(own.Equity - engine.Equity) <= 0.01m, $"{account}: equity {own.Equity} by the desk, {engine.Equity} by the engine");
            Assert.True(
                Math.Abs(own.UsedMargin - engine.UsedMargin) <= 0.01m, $"{account}: margin {own.UsedMargin} by the desk, {engine.UsedMargin} by the engine");
            Assert.True(Math.Abs(own.Level - engine.Level) <= 0.01m, $"{account}: level {own.Level} by the desk, {engine.Level} by the engine");
        }
        return rebuilt.Values.Count(figures => figures.UsedMargin > 0);
    }

    private static void Prepare(TestWorld world)
    {
        world.Instrument("EURUSD", WithSwap).Instrument("USDJPY", WithSwap).Instrument("GBPUSD").Instrument("GBPJPY", WithSwap)
            .Instrument("XAUUSD", (ref RegisterInstrument gold) => Become(ref gold, AssetClass.Commodity, "100", 2, "USD"))
            .Instrument("US500", (ref RegisterInstrument index) => Become(ref index, AssetClass.Index, "10", 1, "USD"))
            .Instrument("GER40", (ref RegisterInstrument index) => Become(ref index, AssetClass.Index, "1", 1, "EUR"))
            .Instrument("BTCUSD", (ref RegisterInstrument crypto) =>
            {
                Become(ref crypto, AssetClass.Crypto, "1", 1, "USD");
                crypto.MarginFactor = Fixed8.Parse("2.5");
            })
            .Group("Standard").Group("Capped", (ref RegisterGroup group) => group.MaxLeverage = 30)
            .GroupInstrument("Standard", "EURUSD", (ref SetGroupInstrument terms) => terms.Commission = Fixed8.Parse("7.13"));
        QuoteAll(world, new Random(0));
        world.Account("strategy_provider:1", "50000.00").Account("strategy_provider:2", "40000.00", "EUR", group: "Capped")
            .Account("copy_follower:1", "20000.00", "GBP").Account("copy_follower:2", "3000000", "JPY", leverage: 200)
            .Account("copy_follower:3", "15000.00", "EUR", group: "Capped").Account("live:1", "90000.00", leverage: 500)
            .Account("live:2", "60000.00", "GBP").Account("live:3", "9000000", "JPY").Account("demo:1", "70000.00", "EUR", leverage: 50);
        world.Follow("copy_follower:1", "strategy_provider:1").Follow("copy_follower:2", "strategy_provider:1")
            .Follow("copy_follower:3", "strategy_provider:2").Follow("copy_follower:1", "strategy_provider:2");
    }

    private static void Trade(TestWorld world, Random random)
    {
        for (int i = 0; i < 60; i++)
        {
            string account = Accounts[random.Next(Accounts.Length)];
            (string symbol, _, _, string lots) = Instruments[random.Next(Instruments.Length)];
            List<OrderReport> holdings = world.Holdings(account);
            if (holdings.Count > 6)
            {
                OrderReport order = holdings[random.Next(holdings.Count)];
                world.Close(account, order.OrderId, random.Next(2) == 0 ? null : "0.01");
            }
            else
            {
                world.Place(account, symbol, random.Next(2) == 0 ? Side.Buy : Side.Sell, OrderType.Market, lots);
            }
            if (i % 10 == 0)
            {
                world.Limit(account, "EURUSD", Side.Buy, "0.10", "0.90000");
                QuoteAll(world, random);
            }
        }
    }

    private static void QuoteAll(TestWorld world, Random random)
    {
        foreach ((string symbol, int digits, decimal middle, _) in Instruments)
        {
            decimal point = (decimal)Math.Pow(10, -digits);
            decimal bid = Math.Round(middle * (1 + (random.Next(2_001) - 1_000) / 200_000m), digits);
            world.Quote(symbol, bid.ToString($"F{digits}"), (bid + random.Next(1, 20) * point).ToString($"F{digits}"));
        }
    }

    private static void Become(ref RegisterInstrument instrument, AssetClass assetClass, string contractSize, byte digits, string profitCurrency)
    {
        instrument.AssetClass = assetClass;
        instrument.ContractSize = Fixed8.Parse(contractSize);
        instrument.Digits = digits;
        instrument.ProfitCurrency = CurrencyCode.From(profitCurrency);
    }

    private static void WithSwap(ref RegisterInstrument instrument)
    {
        instrument.SwapLong = Fixed8.Parse("-6.3");
        instrument.SwapShort = Fixed8.Parse("1.7");
    }
}
