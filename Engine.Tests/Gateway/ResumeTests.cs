using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Client;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>A client that comes back is told what it has missed: all of it, once, in order.</summary>
public class ResumeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Missed_events_are_told_before_new_ones_without_gap_or_repetition()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient witness = await world.ConnectAsync(KeyRole.Follower, null, "copy_follower:1");
        EventPosition? seen;
        await using (TradingClient client = await world.ConnectAsync(KeyRole.Provider))
        {
            await world.TradeAsync(GatewayWorld.Provider, "1.00");
            await client.ExecutionReports.ReadAsync(Cancellation);
            await client.CopyReports.ReadAsync(Cancellation);
            seen = client.LastEvent;
        }
        await world.TradeAsync(GatewayWorld.Provider, "2.00");
        await world.TradeAsync(GatewayWorld.OtherProvider, "5.00");
        await world.TradeAsync(GatewayWorld.Provider, "0.30");
        await using TradingClient again = await world.ConnectAsync(KeyRole.Provider, seen);
        await world.TradeAsync(GatewayWorld.Provider, "0.40");
        var lots = new List<decimal?>();
        var positions = new List<EventPosition>();
        for (int i = 0; i < 3; i++)
        {
            CopyEngine.Protocol.Client.ExecutionReport report = await again.ExecutionReports.ReadAsync(Cancellation);
            lots.Add(report.LastLots);
            positions.Add(report.Position);
        }
        Assert.Equal([2.00m, 0.30m, 0.40m], lots);
        Assert.Equal(positions.Order(), positions);
        Assert.All(positions, position => Assert.True(position.CompareTo(seen!.Value) > 0));
        Assert.False(again.ExecutionReports.TryRead(out _));
        Assert.Equal(0.10m, (await witness.ExecutionReports.ReadAsync(Cancellation)).LastLots);
    }

    [Fact]
    public async Task Coming_back_in_the_middle_of_a_stream_misses_nothing()
    {
        const int events = 6_000;
        var limits = new GatewayLimits { ResumeSlice = 16, ConnectionsBeforeLoginPerAddress = 256 };
        await using GatewayWorld world = await GatewayWorld.StartAsync(limits);
        using RawClient witness = await world.LogInAsync(KeyRole.Risk);
        PlaceOrder refused = world.Order(GatewayWorld.Provider) with { Symbol = -1 };
        Task stream = Task.Run(
            async () =>
            {
                for (int i = 0; i < events; i++)
                {
                    world.Engine.Publish(in refused, default, world.Engine.NowMicroseconds());
                    if (i % 20 == 0)
                    {
                        await Task.Delay(1, Cancellation);
                    }
                }
            },
            Cancellation);
        // Comes and goes while the events flow, and takes a few each time.
        var told = new List<(long, long)>();
        object?[] last = [0L, 0L];
        while (told.Count < events)
        {
            using RawClient client = await world.DialAsync();
            await client.LogInAsync(world.Key(KeyRole.Provider), last);
            for (int i = 0; i < 700 && told.Count < events; i++)
            {
                object?[] report = await client.ReceiveAsync(110);
                last = [report[16], report[19]];
                told.Add(((long)report[16]!, (long)report[19]!));
            }
        }
        await stream;
        var expected = new List<(long, long)>();
        for (int i = 0; i < events; i++)
        {
            object?[] report = await witness.ReceiveAsync(110);
            expected.Add(((long)report[16]!, (long)report[19]!));
        }
        Assert.Equal(expected, told);
    }

    [Fact]
    public async Task A_position_that_lies_too_far_back_or_ahead_is_refused_so_that_the_gap_is_seen()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync(engineLimits: new EngineLimits { RetainedEvents = 10 });
        for (int i = 0; i < 20; i++)
        {
            await world.TradeAsync(GatewayWorld.OtherProvider, "0.01");
        }
        foreach ((EventPosition position, string code) in ((EventPosition, string)[])
            [(new(0, 0), "RESUME_UNAVAILABLE"), (new(25, 0), "RESUME_UNAVAILABLE"), (new(1_000_000, 0), "RESUME_AHEAD")])
        {
            var refused = await Assert.ThrowsAsync<TradingConnectionException>(() => world.ConnectAsync(KeyRole.Provider, position));
            Assert.Equal(code, refused.GoodbyeCode);
        }
        Assert.Contains("ALARM", world.Log.Text, StringComparison.Ordinal);
        await using TradingClient now = await world.ConnectAsync(KeyRole.Risk);
        await using TradingClient kept = await world.ConnectAsync(KeyRole.Broker, now.LastEvent!.Value with { Sequence = now.LastEvent!.Value.Sequence - 3 });
        Assert.Equal(now.LastEvent.Value.Sequence - 2, (await kept.ExecutionReports.ReadAsync(Cancellation)).Position.Sequence);
    }

    [Fact]
    public async Task Answers_that_were_given_again_are_not_resumed()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using (RawClient client = await world.LogInAsync(KeyRole.Provider))
        {
            for (int i = 0; i < 3; i++)
            {
                client.Send(10, "same", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", "0.10");
                Assert.Equal(i > 0, (await client.ReceiveAsync(110))[18]);
                if (i == 0)
                {
                    await client.ReceiveAsync(111);
                }
            }
        }
        using RawClient again = await world.DialAsync();
        await again.LogInAsync(world.Key(KeyRole.Provider), [0L, 0L]);
        Assert.Equal(false, (await again.ReceiveAsync(110))[18]);
        await again.ReceiveAsync(111);
        again.Send(30, GatewayWorld.Provider);
        Assert.Equal(1L, (await again.ReceiveAsync(130))[8]);
    }
}
