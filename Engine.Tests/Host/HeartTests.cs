using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CopyEngine.Tests.Host;

public sealed class HeartTests
{
    [Fact]
    public async Task Beat_gives_a_tick_and_after_midnight_the_rollover_of_the_day_that_ended()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 9, 23, 59, 59, 900, TimeSpan.Zero));
        var seen = new Seen();
        await using var engine = new TradingEngine(new EngineLimits(), [seen], clock, continuesByItself: false);
        engine.Start();
        using var heart = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance);

        foreach (int milliseconds in new[] { 0, 200, 400 })
        {
            DateTimeOffset now = clock.Now.AddMilliseconds(milliseconds);
            heart.Beat(now);
        }
        await engine.WaitForAsync(4, TestContext.Current.CancellationToken);

        Assert.Equal(
            [EventType.TickCompleted, EventType.RolloverCompleted, EventType.TickCompleted, EventType.TickCompleted],
            seen.Types);
        Assert.Equal(new DateTime(2026, 3, 9), DateTime.UnixEpoch.AddDays(seen.Day));
        Assert.Equal(clock.Now.AddMilliseconds(400), heart.LastBeat);
    }

    [Fact]
    public async Task Full_ring_misses_the_beat_and_says_so()
    {
        var clock = new SetClock(DateTimeOffset.UnixEpoch.AddDays(20_000));
        await using var engine = new TradingEngine(new EngineLimits { CommandRingSize = 2 }, [], clock, continuesByItself: false);
        using var heart = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance);

        for (int beat = 0; beat < 5; beat++)
        {
            heart.Beat(clock.Now);
        }

        Assert.Equal(3, heart.Missed);
    }

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now => now;

        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class Seen : IEventListener
    {
        public string Name => "seen";

        public List<EventType> Types { get; } = [];

        public int Day { get; private set; }

        public void OnEvent(ref EventSlot slot, bool endOfBatch)
        {
            if (slot.Header.Type is EventType.TickCompleted or EventType.RolloverCompleted)
            {
                Types.Add(slot.Header.Type);
            }
            if (slot.Header.Type == EventType.RolloverCompleted)
            {
                Day = slot.As<RolloverCompleted>().Day;
            }
        }
    }
}
