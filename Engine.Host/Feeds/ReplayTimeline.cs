namespace CopyEngine.Host.Feeds;

/// <summary>
/// Ticks and rollovers of a replay: before anything of time t, every tick (a multiple of the tick interval) and every
/// rollover (00:00 UTC) due until t; at the same instant the tick comes first.
/// <para>
/// Nothing happens in long gaps, so most of their ticks are left out: after each quote, order or rollover
/// <see cref="QuietTicks"/> ticks are given, then none until the last one that is due before the next quote, order or
/// rollover. Waiting orders that expire in a gap therefore expire at its end, before the next quote could fill them. The
/// rule looks at recorded times only, so two runs are equal.
/// </para>
/// </summary>
internal sealed class ReplayTimeline(long startTime, TimeSpan tickInterval, Action<long> tick, Action<long, int> rollover)
{
    /// <summary>Ticks after the last change: one second at 200 ms, enough for a retry of whatever waits for a price.</summary>
    public const int QuietTicks = 5;

    private const long MicrosecondsPerDay = 86_400_000_000;

    private readonly long _interval = (long)tickInterval.TotalMicroseconds;
    private long _lastTick = startTime - startTime % (long)tickInterval.TotalMicroseconds;
    private long _lastChange = startTime;
    private long _lastMidnight = startTime - startTime % MicrosecondsPerDay;

    /// <summary>Gives everything that is due until a time, that time included.</summary>
    public void AdvanceTo(long time)
    {
        while (_lastMidnight + MicrosecondsPerDay <= time)
        {
            _lastMidnight += MicrosecondsPerDay;
            AdvanceTicks(_lastMidnight);
            rollover(_lastMidnight, (int)(_lastMidnight / MicrosecondsPerDay) - 1);
            _lastChange = _lastMidnight;
        }
        AdvanceTicks(time);
    }

    /// <summary>A quote or an order was given at this time.</summary>
    public void Changed(long time) => _lastChange = Math.Max(_lastChange, time);

    /// <summary>Gives the quiet ticks after the last change.</summary>
    public void Finish() => AdvanceTo(LastQuietTick);

    private long LastQuietTick => _lastChange - _lastChange % _interval + QuietTicks * _interval;

    private void AdvanceTicks(long time)
    {
        long quietEnd = LastQuietTick;
        long lastDue = time - time % _interval;
        while (_lastTick < lastDue)
        {
            long next = _lastTick + _interval;
            _lastTick = next <= quietEnd ? next : lastDue;
            tick(_lastTick);
        }
    }
}
