using CopyEngine.Host.Redis;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>A cluster of three masters.</summary>
public sealed class ClusterTests
{
    private static readonly RedisLimits Limits = ProjectedWorld.QuickLimits with { SocketTimeout = TimeSpan.FromSeconds(3) };

    [Fact]
    public async Task Keys_are_spread_over_the_masters_and_equal_those_of_a_single_server()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(cluster.Servers[0].Address, Limits);
        WithTrade(projected);

        await AssertKeysEqualStateAsync(projected, cluster);
        foreach (RedisServer server in cluster.Servers)
        {
            Assert.NotEmpty(await KeyDump.OfAsync(server));
        }
    }

    [Fact]
    public async Task A_master_that_loses_its_keys_gets_them_again()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(cluster.Servers[0].Address, Limits);
        WithTrade(projected);
        foreach (RedisServer server in cluster.Servers)
        {
            await projected.CatchUpAsync();
            long failures = projected.Projection.Status.Failures;
            ConnectionMultiplexer redis = await server.ConnectAsync();
            await redis.GetServer(server.Address).FlushAllDatabasesAsync();
            await redis.CloseAsync(allowCommandsToComplete: false);
            await Eventually.HoldsAsync(() => projected.Projection.Status.Failures > failures, "the empty master is noticed");
        }
        await AssertKeysEqualStateAsync(projected, cluster);
    }

    [Fact]
    public async Task Slots_that_move_are_followed_and_a_stalled_master_is_caught_up_with()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(cluster.Servers[0].Address, Limits);
        WithTrade(projected);
        await projected.CatchUpAsync();

        await cluster.MoveSlotsAsync();
        for (int i = 0; i < 20; i++)
        {
            projected.World.Quote("EURUSD", $"1.10{i:000}", $"1.10{i + 2:000}").Tick();
        }
        await projected.CatchUpAsync();

        long failures = projected.Projection.Status.Failures;
        cluster.Servers[1].Stall();
        projected.World.CloseAll("live:3").Tick();
        await Eventually.HoldsAsync(() => projected.Projection.Status.Failures > failures, "the stall is noticed");
        cluster.Servers[1].Continue();
        await AssertKeysEqualStateAsync(projected, cluster);
    }

    private static void WithTrade(ProjectedWorld projected)
    {
        projected.World.Instrument("EURUSD").Instrument("USDJPY").Group("Standard")
            .Quote("EURUSD", "1.10000", "1.10002").Quote("USDJPY", "150.000", "150.020")
            .Account("strategy_provider:1", "10000.00").Account("live:3", "8000.00");
        for (int i = 1; i <= 20; i++)
        {
            projected.World.Account($"copy_follower:{i}", "5000.00").Follow($"copy_follower:{i}", "strategy_provider:1");
        }
        projected.World.Buy("strategy_provider:1", "EURUSD", "1.00", ProjectionFixture.WithStops);
        projected.World.Buy("live:3", "USDJPY", "0.30");
        projected.World.Limit("live:3", "EURUSD", Commands.Side.Buy, "0.30", "1.09000");
        projected.World.Tick();
    }

    private static async Task AssertKeysEqualStateAsync(ProjectedWorld projected, RedisCluster cluster)
    {
        await projected.CatchUpAsync();
        await using RedisServer single = await RedisServer.StartAsync();
        await projected.ProjectAgainAsync(single.Address);
        Assert.Equal(await KeyDump.OfAsync(single), await KeyDump.OfAsync(cluster.Servers));
    }
}
