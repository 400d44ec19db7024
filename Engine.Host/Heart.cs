using CopyEngine.Commands;
using CopyEngine.Pipeline;
using Microsoft.Extensions.Logging;

namespace CopyEngine.Host;

/// <summary>
/// The engine's clock in live operation: publishes a Tick every interval and a Rollover when a day has ended (00:00 UTC).
/// A beat that finds the ring full is left out, because the next one does its work; a rollover is tried until it is in.
/// Days that ended while nothing ran are rolled over first, one by one, before anybody can trade: a holding pays for every
/// night, and what is opened afterwards for none of them.
/// </summary>
internal sealed class Heart : IDisposable
{
    private readonly TradingEngine _engine;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private int _lastRolloverDay;

    /// <param name="engine">The engine.</param>
    /// <param name="clock">The time of day.</param>
    /// <param name="interval">Between two ticks.</param>
    /// <param name="logger">Told of ticks that were missed and days that were made up for.</param>
    /// <param name="lastRolloverDay">Days since the Unix epoch of the last day that the engine has rolled over; 0: none yet.</param>
    public Heart(TradingEngine engine, TimeProvider clock, TimeSpan interval, ILogger logger, int lastRolloverDay)
    {
        _engine = engine;
        _clock = clock;
        _interval = interval;
        _logger = logger;
        // An engine that never rolled over gets yesterday's, on which nothing was open: from then on it knows which day comes next.
        _lastRolloverDay = lastRolloverDay == 0 ? DayOf(clock.GetUtcNow()) - 2 : lastRolloverDay;
        LastBeat = clock.GetUtcNow();
        _thread = new Thread(Run) { Name = "heart", IsBackground = true };
    }

    /// <summary>When the last tick was accepted by the ring.</summary>
    public DateTimeOffset LastBeat { get; private set; }

    /// <summary>Ticks that found the ring full.</summary>
    public long Missed { get; private set; }

    /// <summary>Rolls over the days that ended since the engine last ran, and begins to beat.</summary>
    /// <exception cref="PipelineStoppedException">The engine has stopped.</exception>
    public void Start()
    {
        CatchUp(_clock.GetUtcNow());
        _thread.Start();
    }

    /// <summary>Publishes the rollover of every day that has ended and was not rolled over; waits for room.</summary>
    public void CatchUp(DateTimeOffset now)
    {
        int yesterday = DayOf(now) - 1;
        if (_lastRolloverDay < yesterday)
        {
            _logger.LogInformation("Rolling over {Days} days that ended while the engine did not run", yesterday - _lastRolloverDay);
        }
        while (_lastRolloverDay < yesterday)
        {
            _engine.Publish(new Rollover { Day = ++_lastRolloverDay }, HostSenders.Heart, _engine.NowMicroseconds());
        }
    }

    /// <summary>One beat; called by the thread, and by tests with a time of their own.</summary>
    public void Beat(DateTimeOffset now)
    {
        int yesterday = DayOf(now) - 1;
        while (_lastRolloverDay < yesterday && _engine.TryPublish(new Rollover { Day = _lastRolloverDay + 1 }, HostSenders.Heart))
        {
            _lastRolloverDay++;
        }
        if (_engine.TryPublish(new Tick(), HostSenders.Heart))
        {
            LastBeat = now;
        }
        else
        {
            Missed++;
            _logger.LogWarning("No room for a tick: the command ring is full ({Missed} ticks missed so far)", Missed);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            BeatUntilStopped();
        }
        catch (PipelineStoppedException)
        {
            // The engine has stopped; whoever watches it says why.
        }
    }

    private void BeatUntilStopped()
    {
        DateTimeOffset due = _clock.GetUtcNow() + _interval;
        while (!_stopping.Token.WaitHandle.WaitOne(Until(due)))
        {
            DateTimeOffset now = _clock.GetUtcNow();
            Beat(now);
            // A late beat is not made up for: one tick sees every price there is.
            due = now - due > _interval ? now + _interval : due + _interval;
        }
    }

    private TimeSpan Until(DateTimeOffset due)
    {
        TimeSpan left = due - _clock.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static int DayOf(DateTimeOffset time) => (int)(time - DateTimeOffset.UnixEpoch).TotalDays;
}
