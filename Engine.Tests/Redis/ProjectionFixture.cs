using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Redis;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>A server, a world whose keys it holds, and a connection of the test's own.</summary>
internal sealed class ProjectionFixture : IAsyncDisposable
{
    private ProjectionFixture(RedisServer server, ProjectedWorld projected, ConnectionMultiplexer redis)
    {
        Server = server;
        Projected = projected;
        Redis = redis;
    }

    public RedisServer Server { get; }

    public ProjectedWorld Projected { get; }

    public ConnectionMultiplexer Redis { get; }

    public TestWorld World => Projected.World;

    public IDatabase Keys => Redis.GetDatabase();

    public RedisStatus Status => Projected.Projection.Status;

    public static Task<ProjectionFixture> StartAsync(params string[] settings) => StartAsync(_ => Task.CompletedTask, settings);

    /// <summary>Prepares the server before the projection comes to it.</summary>
    public static async Task<ProjectionFixture> StartAsync(Func<IDatabase, Task> prepare, params string[] settings)
    {
        RedisServer server = await RedisServer.StartAsync(settings);
        ConnectionMultiplexer redis = await server.ConnectAsync();
        await prepare(redis.GetDatabase());
        ProjectedWorld projected = await ProjectedWorld.StartAsync(server.Address);
        return new ProjectionFixture(server, projected, redis);
    }

    /// <summary>Two instruments, a provider with two followers who hold copies, a trader with waiting orders and stops.</summary>
    public ProjectionFixture WithTrade()
    {
        World.Instrument("EURUSD").Instrument("USDJPY").Group("Standard")
            .Quote("EURUSD", "1.10000", "1.10002").Quote("USDJPY", "150.000", "150.020")
            .Account("strategy_provider:1", "10000.00").Account("copy_follower:1", "5000.00").Account("copy_follower:2", "2000.00")
            .Account("live:3", "8000.00")
            .Follow("copy_follower:1", "strategy_provider:1").Follow("copy_follower:2", "strategy_provider:1");
        World.Buy("strategy_provider:1", "EURUSD", "1.00", WithStops);
        World.Sell("strategy_provider:1", "USDJPY", "0.50");
        World.Limit("live:3", "EURUSD", Side.Buy, "0.30", "1.09000");
        World.Stop("live:3", "USDJPY", Side.Sell, "0.20", "149.000");
        World.Buy("live:3", "EURUSD", "0.40", WithStops);
        World.Tick();
        return this;
    }

    /// <summary>Much of what was there ends, something new begins.</summary>
    public ProjectionFixture WithChanges()
    {
        OrderReport master = World.Holdings("strategy_provider:1")[0];
        World.Close("strategy_provider:1", master.OrderId, "0.50");
        World.Unfollow("copy_follower:2", "strategy_provider:1", OpenCopies.Close);
        World.Cancel("live:3", World.Waiting("live:3")[0].OrderId);
        World.Close("live:3", World.Holdings("live:3")[0].OrderId);
        World.Sell("live:3", "USDJPY", "0.70", (ref PlaceOrder order) => order.StopLoss = Fixed8.Parse("152.000"));
        World.Account("demo:9", "700.00").Quote("EURUSD", "1.10100", "1.10102").Tick();
        return this;
    }

    public static void WithStops(ref PlaceOrder order)
    {
        order.StopLoss = Fixed8.Parse("1.08000");
        order.TakeProfit = Fixed8.Parse("1.15000");
    }

    /// <summary>The keys are what they would be had nothing ever gone wrong.</summary>
    public async Task AssertKeysEqualStateAsync()
    {
        await Projected.CatchUpAsync();
        await using RedisServer untroubled = await RedisServer.StartAsync();
        await Projected.ProjectAgainAsync(untroubled.Address);
        string[] expected = await KeyDump.OfAsync(untroubled);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, await KeyDump.OfAsync(Server));
    }

    public async ValueTask DisposeAsync()
    {
        await Projected.DisposeAsync();
        await Redis.CloseAsync(allowCommandsToComplete: false);
        await Server.DisposeAsync();
    }
}
