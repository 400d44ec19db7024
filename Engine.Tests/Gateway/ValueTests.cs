using CopyEngine.Host.Gateway.Keys;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>Numbers as they come over the wire: extreme ones, floats, texts that are none.</summary>
public class ValueTests
{
    public static TheoryData<object, string> Lots => new()
    {
        { "0", "INVALID_LOTS" },
        { "-1", "INVALID_LOTS" },
        { 0L, "INVALID_LOTS" },
        { -1L, "INVALID_LOTS" },
        { long.MaxValue, "INVALID_LOTS" },
        { long.MinValue, "INVALID_LOTS" },
        { ulong.MaxValue, "INVALID_LOTS" },
        { "0.00000001", "LOTS_OFF_STEP" },
        { "0.000000001", "INVALID_LOTS" },
        { "1000000000000000000", "INVALID_LOTS" },
        { "99999999999999999999999999", "INVALID_LOTS" },
        { "92233720368.54775807", "LOTS_OFF_STEP" },
        { "0.015", "LOTS_OFF_STEP" },
        { "100.01", "LOTS_ABOVE_MAXIMUM" },
        { double.NaN, "INVALID_LOTS" },
        { double.PositiveInfinity, "INVALID_LOTS" },
        { double.NegativeInfinity, "INVALID_LOTS" },
        { double.Epsilon, "INVALID_LOTS" },
        { -0.0, "INVALID_LOTS" },
        { double.MaxValue, "INVALID_LOTS" },
        { 0.015, "LOTS_OFF_STEP" },
    };

    public static TheoryData<object, string> Prices => new()
    {
        { "0", "INVALID_PRICE" },
        { "-1.1", "INVALID_PRICE" },
        { "1.000001", "INVALID_PRICE" },
        { "0.00000001", "INVALID_PRICE" },
        { "1000000000000000000", "INVALID_PRICE" },
        { "92233720368.54775807", "INVALID_PRICE" },
        { long.MaxValue, "INVALID_PRICE" },
        { long.MinValue, "INVALID_PRICE" },
        { double.NaN, "INVALID_PRICE" },
        { double.NegativeInfinity, "INVALID_PRICE" },
        { 1e300, "INVALID_PRICE" },
        { 2.0, "INVALID_PRICE" },
    };

    [Theory]
    [MemberData(nameof(Lots))]
    public async Task Lots_that_cannot_be_are_refused_by_their_code(object lots, string code)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.Send(10, "a", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", lots);
        object?[] report = await client.ReceiveAsync(110);
        Assert.Equal(("REJECTED", code), ((string)report[5]!, (string)report[14]!));
        Assert.Null(report[1]);
    }

    [Theory]
    [MemberData(nameof(Prices))]
    public async Task Prices_that_cannot_be_are_refused_by_their_code(object price, string code)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.Send(10, "a", GatewayWorld.Provider, "EURUSD", "BUY", "LIMIT", "0.01", price);
        Assert.Equal(code, (await client.ReceiveAsync(110))[14]);
        client.Send(10, "b", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", "0.01", null, null, price);
        Assert.Equal("INVALID_STOPS", (await client.ReceiveAsync(110))[14]);
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("1e5")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("NaN")]
    [InlineData("")]
    public async Task A_text_that_is_no_plain_decimal_is_malformed(string lots)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.Send(10, "a", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", lots);
        object?[] reject = await client.ReceiveAsync(112);
        Assert.Equal(("a", "MALFORMED"), ((string)reject[1]!, (string)reject[2]!));
    }

    [Fact]
    public async Task Numbers_are_taken_as_texts_integers_and_floats_and_sent_as_texts()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.Send(10, "a", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", 0.1 + 0.2, null, null, 1.0 + 0.05, "1.2");
        object?[] report = await client.ReceiveAsync(110);
        Assert.Equal(["0.30", "0.30", "1.10010", "1.10010", "0.30", "1.05000", "1.20000"], report[6..13]);
        await client.ReceiveAsync(111);
        client.Send(12, "b", GatewayWorld.Provider, report[1], null, null, null, 1.07, "");
        report = await client.ReceiveAsync(110);
        Assert.Equal(["1.07000", null], report[11..13]);
        await client.ReceiveAsync(111);
        client.Send(13, "c", GatewayWorld.Provider, ((long)report[1]!).ToString(System.Globalization.CultureInfo.InvariantCulture), 0.29);
        Assert.Equal("0.01", (await client.ReceiveAsync(110))[10]);
        await client.ReceiveAsync(111);

        client.Send(10, "d", GatewayWorld.Provider, "XAUUSD", "SELL", "MARKET", 0.01);
        object? gold = (await client.ReceiveAsync(110))[1];
        await client.ReceiveAsync(111);
        client.Send(12, "e", GatewayWorld.Provider, gold, null, null, null, 2450.55, 2300L);
        Assert.Equal(["2450.55", "2300.00"], (await client.ReceiveAsync(110))[11..13]);
    }

    [Theory]
    [InlineData("LONG", "MARKET", "GTC", "INVALID_SIDE")]
    [InlineData("buy", "MARKET", "GTC", "INVALID_SIDE")]
    [InlineData("BUY", "ICEBERG", "GTC", "INVALID_ORDER_TYPE")]
    [InlineData("BUY", "MARKET", "FOREVER", "INVALID_ORDER_TYPE")]
    public async Task A_name_that_is_none_has_the_code_of_its_field(string side, string type, string timeInForce, string code)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.Send(10, "a", GatewayWorld.Provider, "EURUSD", side, type, "0.01", null, null, null, null, timeInForce);
        Assert.Equal(code, (await client.ReceiveAsync(110))[14]);
    }

    [Theory]
    [InlineData("provider", "Standard", "USD", 100L, "INVALID_SETTING")]
    [InlineData("live:0", "Standard", "USD", 100L, "INVALID_SETTING")]
    [InlineData("live:1", "Gold", "USD", 100L, "UNKNOWN_GROUP")]
    [InlineData("live:1", "Standard", "FAR-TOO-LONG", 100L, "INVALID_SETTING")]
    [InlineData("live:1", "Standard", "USD", 0L, "INVALID_SETTING")]
    [InlineData("live:1", "Standard", "USD", 4_294_967_396L, "INVALID_SETTING")]
    [InlineData("strategy_provider:1", "Standard", "USD", 100L, "DUPLICATE_ACCOUNT")]
    public async Task An_account_that_cannot_be_is_refused_by_its_code(string account, string group, string currency, long leverage, string code)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient broker = await world.LogInAsync(KeyRole.Broker);
        broker.Send(40, "r", account, group, currency, leverage);
        object?[] reject = await broker.ReceiveAsync(112);
        Assert.Equal((3L, "r", code), ((long)reject[0]!, (string)reject[1]!, (string)reject[2]!));
    }

    [Fact]
    public async Task A_setting_of_a_link_that_is_not_known_is_refused_rather_than_ignored()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient broker = await world.LogInAsync(KeyRole.Broker);
        broker.Send(42, "r", GatewayWorld.Provider, "copy_follower:3", (KeyValuePair<string, object?>[])[new("maxLot", "1")]);
        Assert.Equal("MALFORMED", await broker.RejectAsync());
    }
}
