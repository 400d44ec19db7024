using System.Diagnostics;
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
        await using Cluster cluster = await Cluster.StartAsync();
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
        await using Cluster cluster = await Cluster.StartAsync();
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
        await using Cluster cluster = await Cluster.StartAsync();
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

    private static async Task AssertKeysEqualStateAsync(ProjectedWorld projected, Cluster cluster)
    {
        await projected.CatchUpAsync();
        await using RedisServer single = await RedisServer.StartAsync();
        await projected.ProjectAgainAsync(single.Address);
        Assert.Equal(await KeyDump.OfAsync(single), await KeyDump.OfAsync(cluster.Servers));
    }

    /// <summary>Three masters that share the slots.</summary>
    private sealed class Cluster : IAsyncDisposable
    {
        public List<RedisServer> Servers { get; } = [];

        public static async Task<Cluster> StartAsync()
        {
            var cluster = new Cluster();
            for (int i = 0; i < 3; i++)
            {
                cluster.Servers.Add(await RedisServer.StartAsync("--cluster-enabled", "yes", "--cluster-node-timeout", "60000"));
            }
            string[] addresses = [.. cluster.Servers.Select(server => server.Address)];
            await CommandLineAsync(["--cluster", "create", .. addresses, "--cluster-yes"]);
            foreach (string address in addresses)
            {
                string port = address.Split(':')[1];
                await Eventually.HoldsAsync(
                    async () => (await CommandLineAsync(["-p", port, "cluster", "info"])).Contains("cluster_state:ok"), "the cluster is ready");
            }
            return cluster;
        }

        /// <summary>Moves 3,000 slots, keys included, from the first master to the last.</summary>
        public async Task MoveSlotsAsync()
        {
            string from = await NodeIdAsync(Servers[0]);
            string to = await NodeIdAsync(Servers[2]);
            await CommandLineAsync(
                ["--cluster", "reshard", Servers[0].Address, "--cluster-from", from, "--cluster-to", to, "--cluster-slots", "3000", "--cluster-yes"]);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (RedisServer server in Servers)
            {
                await server.DisposeAsync();
            }
        }

        private static async Task<string> NodeIdAsync(RedisServer server) =>
            (await CommandLineAsync(["-p", server.Address.Split(':')[1], "cluster", "myid"])).Trim();

        private static async Task<string> CommandLineAsync(string[] arguments)
        {
            var start = new ProcessStartInfo("redis-cli") { RedirectStandardOutput = true, RedirectStandardError = true };
            Array.ForEach(arguments, start.ArgumentList.Add);
            using Process process = Process.Start(start)!;
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(process.ExitCode == 0, output);
            return output;
        }
    }
}
