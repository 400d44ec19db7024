using CopyEngine.Host.Gateway.Keys;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>While the disk is nearly full, what adds risk or moves money is refused and what lowers risk goes on.</summary>
public class StorageFullTests
{
    /// <summary>Message type and fields after the request id.</summary>
    public static readonly TheoryData<long, object?[]> Refused = new()
    {
        { 40, ["copy_follower:9", "Standard", "USD", 100L] },
        { 41, ["copy_follower:3", "100.00"] },
        { 41, ["copy_follower:3", "-100.00"] },
        { 42, [GatewayWorld.Provider, "copy_follower:3", (KeyValuePair<string, object?>[])[new("mode", "proportional")]] },
        { 44, ["copy_follower:3", "ACTIVE"] },
        { 45, [GatewayWorld.Provider, "copy_follower:1", "ACTIVE"] },
    };

    public static readonly TheoryData<long, object?[]> Taken = new()
    {
        { 43, [GatewayWorld.Provider, "copy_follower:1", "CLOSE"] },
        { 44, ["copy_follower:3", "CLOSE_ONLY"] },
        { 44, ["copy_follower:3", "SUSPENDED"] },
        { 45, [GatewayWorld.Provider, "copy_follower:1", "PAUSED"] },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_request_that_adds_risk_or_moves_money_waits_for_room(long type, object?[] fields)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient broker = await world.LogInAsync(KeyRole.Broker);
        world.IsStorageLow = true;
        long before = world.Engine.Statistics.Sequence;
        long sent = broker.Send(type, ["r1", .. fields]);
        object?[] reject = await broker.ReceiveAsync(112);
        Assert.Equal((sent, "r1", "STORAGE_FULL"), ((long)reject[0]!, (string)reject[1]!, (string)reject[2]!));
        Assert.Equal(before, world.Engine.Statistics.Sequence);

        // Nothing was done under the id, so the same request is good as soon as there is room.
        world.IsStorageLow = false;
        broker.Send(type, ["r1", .. fields]);
        object?[] done = await broker.ReceiveAsync(140);
        Assert.Equal(("r1", false), ((string)done[0]!, (bool)done[3]!));
    }

    [Theory]
    [MemberData(nameof(Taken))]
    public async Task A_request_that_lowers_risk_goes_on(long type, object?[] fields)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient broker = await world.LogInAsync(KeyRole.Broker);
        world.IsStorageLow = true;
        broker.Send(type, ["r1", .. fields]);
        Assert.Equal("r1", (await broker.ReceiveAsync(140))[0]);
    }

    [Fact]
    public async Task Orders_are_refused_while_those_that_exist_can_be_changed_cancelled_and_closed()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider, GatewayWorld.OtherProvider);
        long open = await PlaceAsync("open", "MARKET", null);
        long second = await PlaceAsync("second", "MARKET", null);
        long waiting = await PlaceAsync("waiting", "LIMIT", "1.00000");
        world.IsStorageLow = true;

        client.Send(10, "more", GatewayWorld.OtherProvider, "EURUSD", "BUY", "MARKET", "0.10");
        object?[] reject = await client.ReceiveAsync(112);
        Assert.Equal(("more", "STORAGE_FULL"), ((string)reject[1]!, (string)reject[2]!));
        Assert.Equal(1, world.Gateway.Statistics.RejectsWith(Commands.RejectCode.StorageFull));

        client.Send(12, "m1", GatewayWorld.OtherProvider, open, null, null, null, "1.00000");
        Assert.Equal("MODIFIED", (await client.ReceiveAsync(110))[5]);
        client.Send(11, "c1", GatewayWorld.OtherProvider, waiting);
        Assert.Equal("CANCELLED", (await client.ReceiveAsync(110))[5]);
        client.Send(13, "c2", GatewayWorld.OtherProvider, open);
        Assert.Equal("CLOSED", (await client.ReceiveAsync(110))[5]);
        client.Send(14, "c3", GatewayWorld.OtherProvider, null);
        object?[] closed = await client.ReceiveAsync(110);
        Assert.Equal((second, "CLOSED"), ((long)closed[1]!, (string)closed[5]!));
        Assert.Equal("c3", (await client.ReceiveAsync(140))[0]);
        client.Send(30, GatewayWorld.OtherProvider);
        Assert.Equal(0L, (await client.ReceiveAsync(130))[8]);

        async Task<long> PlaceAsync(string id, string type, string? price)
        {
            client.Send(10, id, GatewayWorld.OtherProvider, "EURUSD", "BUY", type, "0.10", price);
            return (long)(await client.ReceiveAsync(110))[1]!;
        }
    }

    [Fact]
    public async Task Who_may_not_do_it_anyway_is_told_so_and_quotes_go_on()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        world.IsStorageLow = true;
        using RawClient follower = await world.LogInAsync(KeyRole.Follower);
        follower.Send(41, "r1", "copy_follower:1", "100.00");
        Assert.Equal("NOT_AUTHORIZED", await follower.RejectAsync());
        using RawClient feed = await world.LogInAsync(KeyRole.Feed);
        feed.Send(20, "NOPE", "1.1", "1.1", null);
        Assert.Equal("UNKNOWN_SYMBOL", await feed.RejectAsync());
        feed.Send(20, "EURUSD", "0", "1.1", null);
        Assert.Equal("INVALID_PRICE", await feed.RejectAsync());
        Assert.Equal(0, world.Gateway.Statistics.RejectsWith(Commands.RejectCode.StorageFull));
    }
}
