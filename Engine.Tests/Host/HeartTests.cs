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
        using var heart = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance, DayOf(clock.Now) - 1);

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

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(40)]
    public async Task Every_day_that_ended_while_nothing_ran_is_rolled_over_once_before_the_first_tick(int daysDown)
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 9, 0, 0, 0, 1, TimeSpan.Zero));
        var seen = new Seen();
        await using var engine = new TradingEngine(new EngineLimits(), [seen], clock, continuesByItself: false);
        engine.Start();
        int yesterday = DayOf(clock.Now) - 1;
        using var heart = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance, yesterday - daysDown);

        heart.CatchUp(clock.Now);
        heart.Beat(clock.Now);
        await engine.WaitForAsync(daysDown + 1, TestContext.Current.CancellationToken);
        // Another process that begins where this one ended has nothing left to make up for.
        using var next = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance, seen.Day);
        next.CatchUp(clock.Now);
        next.Beat(clock.Now);
        await engine.WaitForAsync(daysDown + 2, TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(yesterday - daysDown + 1, daysDown), seen.Days);
        Assert.Equal(daysDown, seen.Types.IndexOf(EventType.TickCompleted));
        Assert.Equal(daysDown + 2, engine.Statistics.Sequence);
    }

    [Fact]
    public async Task Engine_that_never_rolled_over_begins_with_yesterday_so_that_a_day_missed_later_is_known()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 9, 12, 0, 0, TimeSpan.Zero));
        var seen = new Seen();
        await using var engine = new TradingEngine(new EngineLimits(), [seen], clock, continuesByItself: false);
        engine.Start();
        using var heart = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance, lastRolloverDay: 0);

        heart.CatchUp(clock.Now);
        heart.Beat(clock.Now);
        await engine.WaitForAsync(2, TestContext.Current.CancellationToken);

        Assert.Equal([DayOf(clock.Now) - 1], seen.Days);
    }

    [Fact]
    public async Task Clock_that_is_behind_the_last_rollover_rolls_nothing_over()
    {
        var clock = new SetClock(new DateTimeOffset(2026, 3, 9, 12, 0, 0, TimeSpan.Zero));
        await using var engine = new TradingEngine(new EngineLimits(), [], clock, continuesByItself: false);
        engine.Start();
        using var heart = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance, DayOf(clock.Now) + 3);

        heart.CatchUp(clock.Now);
        heart.Beat(clock.Now);
        await engine.WaitForAsync(1, TestContext.Current.CancellationToken);

        Assert.Equal(1, engine.Statistics.Sequence);
    }

    [Fact]
    public async Task Full_ring_misses_the_beat_and_says_so()
    {
        var clock = new SetClock(DateTimeOffset.UnixEpoch.AddDays(20_000));
        await using var engine = new TradingEngine(new EngineLimits { CommandRingSize = 2 }, [], clock, continuesByItself: false);
        using var heart = new Heart(engine, clock, TimeSpan.FromMilliseconds(200), NullLogger.Instance, DayOf(clock.Now) - 1);

        for (int beat = 0; beat < 5; beat++)
        {
            heart.Beat(clock.Now);
        }

        Assert.Equal(3, heart.Missed);
    }

    private static int DayOf(DateTimeOffset time) => (int)(time - DateTimeOffset.UnixEpoch).TotalDays;

    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now => now;

        public override DateTimeOffset GetUtcNow() => now;
    }

    private sealed class Seen : IEventListener
    {
        public string Name => "seen";

        public List<EventType> Types { get; } = [];

        public int Day => Days[^1];

        public List<int> Days { get; } = [];

        public void OnEvent(ref EventSlot slot, bool endOfBatch)
        {
            if (slot.Header.Type is EventType.TickCompleted or EventType.RolloverCompleted)
            {
                Types.Add(slot.Header.Type);
            }
            if (slot.Header.Type == EventType.RolloverCompleted)
            {
                Days.Add(slot.As<RolloverCompleted>().Day);
            }
        }
    }
}
