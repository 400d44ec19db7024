using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>A client that comes back after a restart of the engine is told exactly what it has missed.</summary>
public class RestartTests
{
    /// <summary>
    /// Wherever the client stopped reading, wherever the snapshot was taken and wherever the journal ended, the stream goes on
    /// as if nothing had been: every cut of the same run into seen, saved, replayed and live.
    /// </summary>
    [Fact]
    public async Task Whatever_was_saved_and_whatever_was_replayed_the_stream_has_no_gap_and_no_repetition()
    {
        var recorded = new RecordedEvents();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: recorded);
        for (int i = 0; i < 4; i++)
        {
            await world.TradeAsync(GatewayWorld.Provider, "0.50");
            await world.TradeAsync(GatewayWorld.OtherProvider, "0.10");
        }
        await world.DoAsync(new CloseAll { Account = world.Account(GatewayWorld.Provider), Symbol = CloseAll.EverySymbol });
        IReadOnlyList<EventSlot> all = recorded.All;
        List<EventPosition> stream = Stream(all, world.Account(GatewayWorld.Provider));
        long first = stream[0].Sequence;
        long last = stream[^1].Sequence;
        Assert.True(stream.Count > 8);

        for (long snapshot = first - 1; snapshot <= last; snapshot += 2)
        {
            for (long durable = snapshot; durable <= last; durable += 3)
            {
                // Nobody was told of what is not durable.
                List<EventPosition> told = [default, .. stream.Where(position => position.Sequence <= durable)];
                foreach (EventPosition seen in (EventPosition[])[told[0], told[told.Count / 2], told[^1]])
                {
                    await using var again = new RestartedGateway(world);
                    again.Load(SavedAt(all, snapshot));
                    again.Recite(all.Where(slot => slot.Header.Sequence <= snapshot));
                    again.Tell(all.Where(slot => slot.Header.Sequence > snapshot && slot.Header.Sequence <= durable));
                    await again.OpenAsync();
                    using RawClient client = await again.LogInAsync(KeyRole.Provider, seen);
                    Assert.Equal([NewestAt(all, durable).Sequence, (long)NewestAt(all, durable).Index], (object?[])client.Welcome[4]!);
                    again.Tell(all.Where(slot => slot.Header.Sequence > durable));
                    List<EventPosition> expected = [.. stream.Where(position => position.CompareTo(seen) > 0)];
                    Assert.Equal(expected, await ReadAsync(client, expected.Count));
                    again.Gateway.StopTaking();
                }
            }
        }
    }

    [Fact]
    public async Task What_is_recited_is_told_to_nobody_and_not_kept()
    {
        var recorded = new RecordedEvents();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: recorded);
        await world.TradeAsync(GatewayWorld.Provider, "0.50");
        await using var again = new RestartedGateway(world);
        again.Recite(recorded.All);
        await again.OpenAsync();
        using RawClient client = await again.LogInAsync(KeyRole.Provider, default(EventPosition));
        Assert.Equal([0L, 0L], (object?[])client.Welcome[4]!);
        Assert.Equal(default, again.History.Newest);
        client.Send(99);
        Assert.Equal("UNKNOWN_MESSAGE", await client.RejectAsync());
    }

    [Fact]
    public async Task Accounts_that_were_only_recited_are_known_and_their_owners_are_told_of_what_follows()
    {
        var recorded = new RecordedEvents();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: recorded);
        await world.TradeAsync(GatewayWorld.Provider, "0.50");
        long snapshot = recorded.All[^1].Header.Sequence;
        await world.TradeAsync(GatewayWorld.Provider, "0.60");
        await using var again = new RestartedGateway(world);
        again.Load(SavedAt(recorded.All, snapshot));
        again.Recite(recorded.All.Where(slot => slot.Header.Sequence <= snapshot));
        await again.OpenAsync();
        await using TradingClient provider = await again.ConnectAsync(KeyRole.Provider, null);
        await using TradingClient follower = await again.ConnectAsync(KeyRole.Follower, null);
        again.Tell(recorded.All.Where(slot => slot.Header.Sequence > snapshot));
        Assert.Equal(0.60m, (await provider.ExecutionReports.ReadAsync(TestContext.Current.CancellationToken)).LastLots);
        Assert.Equal(0.06m, (await follower.ExecutionReports.ReadAsync(TestContext.Current.CancellationToken)).LastLots);
    }

    [Fact]
    public async Task A_position_before_what_the_snapshot_kept_is_refused_so_that_the_gap_is_seen()
    {
        var recorded = new RecordedEvents();
        await using GatewayWorld world = await GatewayWorld.StartAsync(engineLimits: new EngineLimits { RetainedEvents = 4 }, listeners: recorded);
        for (int i = 0; i < 6; i++)
        {
            await world.TradeAsync(GatewayWorld.OtherProvider, "0.10");
        }
        List<EventPosition> stream = Stream(recorded.All, world.Account(GatewayWorld.OtherProvider));
        long snapshot = recorded.All[^1].Header.Sequence;
        await using var again = new RestartedGateway(world, retainedEvents: 4);
        again.Load(SavedAt(recorded.All, snapshot, capacity: 4));
        again.Recite(recorded.All);
        await again.OpenAsync();

        int kept = stream.Count - 4;
        var refused = await Assert.ThrowsAsync<TradingConnectionException>(() => again.ConnectAsync(KeyRole.Risk, stream[kept - 2]));
        Assert.Equal("RESUME_UNAVAILABLE", refused.GoodbyeCode);
        using RawClient client = await again.LogInAsync(KeyRole.Risk, stream[kept - 1]);
        Assert.Equal(stream[kept..], await ReadAsync(client, 4));
        Assert.DoesNotContain("ALARM", again.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_has_seen_what_the_engine_does_not_know_rings_an_alarm()
    {
        var recorded = new RecordedEvents();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: recorded);
        await world.TradeAsync(GatewayWorld.Provider, "0.50");
        long durable = recorded.All[^1].Header.Sequence;
        await using TradingClient before = await world.ConnectAsync(KeyRole.Provider);
        await world.TradeAsync(GatewayWorld.Provider, "0.60");
        await before.CopyReports.ReadAsync(TestContext.Current.CancellationToken);

        await using var again = new RestartedGateway(world);
        again.Tell(recorded.All.Where(slot => slot.Header.Sequence <= durable));
        await again.OpenAsync();
        var refused = await Assert.ThrowsAsync<TradingConnectionException>(() => again.ConnectAsync(KeyRole.Provider, before.LastEvent));
        Assert.Equal("RESUME_AHEAD", refused.GoodbyeCode);
        Assert.Contains("Critical ALARM", again.Log.Text, StringComparison.Ordinal);
        Assert.Contains($"of {durable}", again.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_given_again_moves_the_client_ahead_of_what_is_kept_but_not_of_what_is_known()
    {
        var recorded = new RecordedEvents();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: recorded);
        EventPosition seen;
        using (RawClient client = await world.LogInAsync(KeyRole.Provider))
        {
            client.Send(10, "same", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", "0.10");
            await client.ReceiveAsync(110);
            await client.ReceiveAsync(111);
            client.Send(10, "same", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", "0.10");
            object?[] repeated = await client.ReceiveAsync(110);
            Assert.Equal(true, repeated[18]);
            seen = new EventPosition((long)repeated[16]!, (int)(long)repeated[19]!);
        }
        Assert.True(seen.CompareTo(world.Engine.History.Newest) > 0);
        using (RawClient live = await world.DialAsync())
        {
            await live.LogInAsync(world.Key(KeyRole.Provider), [seen.Sequence, (long)seen.Index]);
        }
        // The client hears of an event from one listener, the record is another.
        await world.Engine.WaitForAsync(seen.Sequence, TestContext.Current.CancellationToken);
        await using var again = new RestartedGateway(world);
        again.Load(SavedAt(recorded.All, recorded.All[^1].Header.Sequence));
        again.Recite(recorded.All);
        await again.OpenAsync();
        using RawClient restarted = await again.LogInAsync(KeyRole.Provider, seen);
        Assert.DoesNotContain("ALARM", again.Log.Text, StringComparison.Ordinal);
    }

    /// <summary>What a session of a provider's key is told, in order.</summary>
    private static List<EventPosition> Stream(IEnumerable<EventSlot> events, int account)
    {
        var stream = new List<EventPosition>();
        foreach (EventSlot happened in events)
        {
            EventSlot slot = happened;
            if (EventHistory.Keeps(ref slot) && EventHistory.AccountOf(ref slot) == account)
            {
                stream.Add(new EventPosition(slot.Header.Sequence, slot.Header.Index));
            }
        }
        return stream;
    }

    private static EventPosition NewestAt(IEnumerable<EventSlot> events, long sequence) => HistoryAt(events, sequence, 1_000).Newest;

    private static List<byte> SavedAt(IEnumerable<EventSlot> events, long sequence, int capacity = 1_000)
    {
        var saved = new List<byte>();
        HistoryAt(events, sequence, capacity).Transfer(new SavedBytes(isLoading: false, saved));
        return saved;
    }

    private static EventHistory HistoryAt(IEnumerable<EventSlot> events, long sequence, int capacity)
    {
        var history = new EventHistory(capacity);
        foreach (EventSlot happened in events.Where(slot => slot.Header.Sequence <= sequence))
        {
            EventSlot slot = happened;
            history.OnEvent(ref slot, endOfBatch: false);
        }
        return history;
    }

    /// <summary>Positions of the next reports; then the session must have nothing more to say.</summary>
    private static async Task<List<EventPosition>> ReadAsync(RawClient client, int count)
    {
        var positions = new List<EventPosition>();
        while (positions.Count < count)
        {
            (long type, object?[] fields) = (await client.NextAsync())!.Value;
            (int sequence, int index) = type switch { 110 => (16, 19), 111 => (7, 9), 113 => (7, 9), _ => (-1, -1) };
            if (sequence >= 0)
            {
                positions.Add(new EventPosition((long)fields[sequence]!, (int)(long)fields[index]!));
            }
        }
        client.Send(99);
        Assert.Equal("UNKNOWN_MESSAGE", await client.RejectAsync());
        return positions;
    }
}
