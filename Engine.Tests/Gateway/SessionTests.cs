using System.Net;
using CopyEngine.Commands;
using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using CopyEngine.Tests.Pipeline;
using CopyEngine.Tests.Protocol;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>Life and limits of sessions: heartbeats, rates, slow consumers, the end.</summary>
public class SessionTests
{
    [Fact]
    public async Task An_idle_server_says_that_it_is_alive_and_sends_a_silent_client_away()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync(new GatewayLimits { HeartbeatSeconds = 1 });
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        Assert.Equal(1L, client.Welcome[3]);
        Assert.Equal(103, (await client.NextAsync())!.Value.Type);
        Assert.Equal("SILENT", await client.GoodbyeAsync());
    }

    [Fact]
    public async Task A_client_that_is_heard_from_stays()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync(new GatewayLimits { HeartbeatSeconds = 1 });
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        for (int beats = 0; beats < 5; beats++)
        {
            Assert.Equal(103, (await client.NextAsync())!.Value.Type);
            client.Send(3, 1L);
        }
        client.Send(4);
        Assert.Equal("LOGGED_OUT", await client.GoodbyeAsync());
    }

    [Fact]
    public async Task Who_sends_too_much_is_throttled_and_nobody_else()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync(new GatewayLimits { MessagesPerSecond = 1, MessageBurst = 10 });
        using RawClient noisy = await world.LogInAsync(KeyRole.Provider);
        using RawClient calm = await world.LogInAsync(KeyRole.Provider, GatewayWorld.OtherProvider);
        long before = world.Engine.Statistics.Sequence;
        for (int i = 0; i < 100; i++)
        {
            noisy.Send(11, $"c{i}", GatewayWorld.Provider, 1L);
        }
        Eventually.Holds(() => world.Gateway.Statistics.RejectsWith(RejectCode.RateLimited) >= 80, "most are refused");
        Eventually.Holds(() => world.Engine.Statistics.Sequence - before >= 10, "the burst gets through");
        Assert.InRange(world.Engine.Statistics.Sequence - before, 10, 20);
        calm.Send(30, GatewayWorld.OtherProvider);
        await calm.ReceiveAsync(130);
        noisy.Send(4);
        Assert.Equal("LOGGED_OUT", await noisy.GoodbyeAsync());
    }

    [Fact]
    public async Task A_slow_consumer_is_cut_off_behind_what_it_was_sent_and_others_go_on()
    {
        var limits = new GatewayLimits { OutboundBytesOfWideKeys = 64 * 1024, GoodbyeTimeout = TimeSpan.FromSeconds(50) };
        await using GatewayWorld world = await GatewayWorld.StartAsync(limits);
        using RawClient slow = await RawClient.ConnectAsync(world.EndPoint, receiveBufferBytes: 4_096);
        await slow.LogInAsync(world.Key(KeyRole.Risk));
        using RawClient other = await world.LogInAsync(KeyRole.Provider, GatewayWorld.OtherProvider);
        PlaceOrder refused = world.Order(GatewayWorld.Provider) with { Symbol = -1 };
        for (int i = 0; world.Gateway.Statistics.SlowConsumers == 0; i++)
        {
            Assert.True(i < 1_000_000, "the slow consumer was never cut off");
            world.Engine.Publish(in refused, default, world.Engine.NowMicroseconds());
        }
        await world.TradeAsync(GatewayWorld.OtherProvider);
        Assert.Equal("FILLED", (await other.ReceiveAsync(110))[5]);
        // Every message up to the Goodbye is there: the client checks that no number is missing.
        Assert.Equal("SLOW_CONSUMER", await slow.GoodbyeAsync());
        Assert.Equal(1, world.Gateway.Statistics.SlowConsumers);
    }

    [Fact]
    public async Task A_client_that_never_takes_its_goodbye_is_cut_all_the_same()
    {
        var limits = new GatewayLimits { OutboundBytesOfWideKeys = 64 * 1024, GoodbyeTimeout = TimeSpan.FromMilliseconds(300) };
        await using GatewayWorld world = await GatewayWorld.StartAsync(limits);
        using RawClient slow = await RawClient.ConnectAsync(world.EndPoint, receiveBufferBytes: 4_096);
        await slow.LogInAsync(world.Key(KeyRole.Risk));
        PlaceOrder refused = world.Order(GatewayWorld.Provider) with { Symbol = -1 };
        while (world.Gateway.Statistics.SlowConsumers == 0)
        {
            world.Engine.Publish(in refused, default, world.Engine.NowMicroseconds());
        }
        Eventually.Holds(() => world.Gateway.Statistics.Connections == 0, "the connection is gone");
        Assert.Equal(0, world.Gateway.Statistics.Faults);
    }

    [Fact]
    public async Task When_the_engine_stops_what_was_taken_is_answered_before_the_goodbye()
    {
        GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.Send(10, "last", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", "0.01");
        Eventually.Holds(() => world.Gateway.Statistics.FramesIn >= 3, "the order is taken");
        ValueTask stopping = world.DisposeAsync();
        Assert.Equal("FILLED", (await client.ReceiveAsync(110))[5]);
        await client.ReceiveAsync(111);
        Assert.Equal("SHUTTING_DOWN", await client.GoodbyeAsync());
        client.Dispose();
        await stopping;
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using var second = new OrderGateway(new GatewayLimits(), world.Keys);
        second.Attach(world.Engine);
        var error = await Assert.ThrowsAsync<IOException>(() => second.StartAsync(new IPEndPoint(IPAddress.Loopback, world.EndPoint.Port)));
        Assert.Contains($"127.0.0.1:{world.EndPoint.Port}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_python_example_trades_with_the_real_engine()
    {
        await PeerProcess.SkipWithoutPythonMessagePackAsync();
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        string script = SharedDocument.FindUpwards("docs/examples/provider.py")!;
        (int exitCode, string output, string error) = await PeerProcess.RunAsync(
            PeerProcess.Python, [script, world.KeyFile(KeyRole.Provider, GatewayWorld.Provider), $"127.0.0.1:{world.EndPoint.Port}", "EURUSD", "0.50"]);
        Assert.True(exitCode == 0, error);
        Assert.Contains("'status': 'FILLED'", output, StringComparison.Ordinal);
        Assert.Contains("'stopLoss': '1.07810', 'takeProfit': '1.12210'", output, StringComparison.Ordinal);
        Assert.Contains("'status': 'PARTIALLY_CLOSED'", output, StringComparison.Ordinal);
        Assert.Contains("'status': 'CLOSED'", output, StringComparison.Ordinal);
        Assert.Contains("'action': 'OPEN', 'followers': 2, 'copied': 2", output, StringComparison.Ordinal);
        Assert.EndsWith("done\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_all_come_back_at_once_are_all_let_in()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync(new GatewayLimits { ConnectionsBeforeLogin = 1_000, ConnectionsBeforeLoginPerAddress = 1_000 });
        ApiKey[] keys = [.. Enumerable.Range(1, 50).Select(number => world.Key(KeyRole.Provider, $"strategy_provider:{number}"))];
        for (int round = 0; round < 3; round++)
        {
            RawClient[] clients = await Task.WhenAll(keys.Select(async key =>
            {
                RawClient client = await world.DialAsync();
                await client.LogInAsync(key);
                return client;
            }));
            Assert.Equal(keys.Length, world.Gateway.Statistics.Sessions);
            Array.ForEach(clients, client => client.Reset());
            Eventually.Holds(() => world.Gateway.Statistics.Connections == 0, "all are gone");
        }
        Assert.Equal(0, world.Gateway.Statistics.Faults);
    }
}
