using CopyEngine.Commands;
using Microsoft.Extensions.Logging;

namespace CopyEngine.Host;

/// <summary>
/// The engine's clock in live operation: publishes a Tick every interval and a Rollover when a day has ended (00:00 UTC).
/// A beat that finds the ring full is left out, because the next one does its work; a rollover is tried until it is in.
/// </summary>
internal sealed class Heart : IDisposable
{
    private readonly TradingEngine _engine;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;
    private int _day;

    public Heart(TradingEngine engine, TimeProvider clock, TimeSpan interval, ILogger logger)
    {
        _engine = engine;
        _clock = clock;
        _interval = interval;
        _logger = logger;
        _day = DayOf(clock.GetUtcNow());
        LastBeat = clock.GetUtcNow();
        _thread = new Thread(Run) { Name = "heart", IsBackground = true };
    }

    /// <summary>When the last tick was accepted by the ring.</summary>
    public DateTimeOffset LastBeat { get; private set; }

    /// <summary>Ticks that found the ring full.</summary>
    public long Missed { get; private set; }

    public void Start() => _thread.Start();

    /// <summary>One beat; called by the thread, and by tests with a time of their own.</summary>
    public void Beat(DateTimeOffset now)
    {
        int today = DayOf(now);
        if (_day < today && _engine.TryPublish(new Rollover { Day = today - 1 }, HostSenders.Heart))
        {
            _day = today;
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
