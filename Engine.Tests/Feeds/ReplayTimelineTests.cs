using CopyEngine.Host.Feeds;
using Xunit;

namespace CopyEngine.Tests.Feeds;

public sealed class ReplayTimelineTests
{
    private const long Millisecond = 1_000;
    private const long Second = 1_000 * Millisecond;
    private const long Day = 86_400 * Second;

    private readonly List<string> _given = [];

    [Fact]
    public void Every_tick_due_until_a_quote_comes_before_it()
    {
        ReplayTimeline timeline = Timeline(10 * Second);

        timeline.AdvanceTo(10 * Second);
        timeline.AdvanceTo(10 * Second + 450 * Millisecond);
        timeline.Changed(10 * Second + 450 * Millisecond);
        timeline.AdvanceTo(10 * Second + 600 * Millisecond);

        Assert.Equal(["tick 10200", "tick 10400", "tick 10600"], _given);
    }

    [Fact]
    public void Long_gap_gives_the_quiet_ticks_and_the_last_one_only()
    {
        ReplayTimeline timeline = Timeline(10 * Second + 50 * Millisecond);

        timeline.AdvanceTo(3_600 * Second);

        Assert.Equal(["tick 10200", "tick 10400", "tick 10600", "tick 10800", "tick 11000", "tick 3600000"], _given);
    }

    [Fact]
    public void Gap_looked_at_in_one_stretch_or_to_its_end_gives_the_same_last_tick_before_the_quote()
    {
        ReplayTimeline timeline = Timeline(0);

        timeline.AdvanceTo(600 * Millisecond);
        timeline.Changed(600 * Millisecond);
        timeline.AdvanceTo(60 * Second + 1);

        Assert.Equal("tick 1600", _given[^2]);
        Assert.Equal("tick 60000", _given[^1]);
    }

    [Fact]
    public void Midnight_gives_a_tick_then_the_rollover_of_the_day_that_ended_then_quiet_ticks()
    {
        ReplayTimeline timeline = Timeline(Day - 300 * Millisecond);

        timeline.AdvanceTo(Day + 10 * Second);

        Assert.Equal(
            [
                "tick 86399800", "tick 86400000", "rollover of day 0", "tick 86400200", "tick 86400400", "tick 86400600",
                "tick 86400800", "tick 86401000", "tick 86410000",
            ],
            _given);
    }

    [Fact]
    public void Weekend_gives_every_rollover_and_few_ticks()
    {
        ReplayTimeline timeline = Timeline(100 * Day + 1);

        timeline.AdvanceTo(103 * Day + 1);

        Assert.Equal(["rollover of day 100", "rollover of day 101", "rollover of day 102"], _given.Where(line => line.StartsWith("rollover", StringComparison.Ordinal)));
        Assert.InRange(_given.Count, 3, 3 + 4 * (ReplayTimeline.QuietTicks + 1));
    }

    [Fact]
    public void Five_years_without_prices_are_not_millions_of_ticks()
    {
        ReplayTimeline timeline = Timeline(0);

        timeline.AdvanceTo(5 * 365 * Day);

        Assert.InRange(_given.Count, 5 * 365, 5 * 365 * 8);
    }

    [Fact]
    public void End_gives_the_quiet_ticks_after_the_last_change()
    {
        ReplayTimeline timeline = Timeline(0);
        timeline.Changed(350 * Millisecond);

        timeline.Finish();

        Assert.Equal("tick 1200", _given[^1]);
    }

    private ReplayTimeline Timeline(long start) => new(
        start, TimeSpan.FromMilliseconds(200), time => _given.Add($"tick {time / Millisecond}"), (_, day) => _given.Add($"rollover of day {day}"));
}
