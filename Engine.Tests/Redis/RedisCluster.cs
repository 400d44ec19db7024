using System.Diagnostics;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>Three masters that share the slots.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    public List<RedisServer> Servers { get; } = [];

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
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
