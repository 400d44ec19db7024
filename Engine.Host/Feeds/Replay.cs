using System.Diagnostics;
using CopyEngine.Commands;

namespace CopyEngine.Host.Feeds;

/// <summary>
/// Feeds recorded quotes and scripted commands to the engine as its only producer, with ticks and rollovers made from
/// the recorded times, so that two runs give the same commands in the same order. At equal times quotes come first, in
/// the order of the files.
/// </summary>
internal sealed class Replay
{
    private readonly TradingEngine _engine;
    private readonly ReplaySource _source;
    private readonly ReplaySpeed _speed;
    private readonly ReplayTimeline _timeline;
    private readonly ScriptTarget _target;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<string, int> _symbols = new(StringComparer.Ordinal);
    private readonly Stopwatch _elapsed = new();
    private long _lastSequence;

    public Replay(TradingEngine engine, ReplaySource source, ReplaySpeed speed, EngineLimits limits, PlacedOrders orders, CancellationToken cancellation)
    {
        _engine = engine;
        _source = source;
        _speed = speed;
        _cancellation = cancellation;
        _target = new ScriptTarget(engine, orders, cancellation);
        _timeline = new ReplayTimeline(source.StartTime, limits.TickInterval, Tick, Rollover);
    }

    /// <summary>Recorded time of the last command given.</summary>
    public long Time { get; private set; }

    public TimeSpan Elapsed => _elapsed.Elapsed;

    /// <summary>Gives everything, then the quiet ticks after the end; returns when every listener has seen the outcome.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public void Run()
    {
        _elapsed.Start();
        Time = _source.StartTime;
        using var quotes = new RecordedQuotes(_source.QuoteFiles);
        int line = 0;
        while (true)
        {
            long? quoteTime = quotes.NextTime;
            ScriptedCommand? command = line < _source.Script.Count ? _source.Script[line] : null;
            if (quoteTime is { } time && (command is null || time <= command.Time))
            {
                Begin(time);
                Give(quotes.Take());
            }
            else if (command is not null)
            {
                Begin(command.Time);
                _target.Time = command.Time;
                _lastSequence = command.Send(_target);
                line++;
            }
            else
            {
                break;
            }
            _timeline.Changed(Time);
        }
        _timeline.Finish();
        _engine.WaitForAsync(_lastSequence, _cancellation).GetAwaiter().GetResult();
        _elapsed.Stop();
    }

    private void Begin(long time)
    {
        _timeline.AdvanceTo(time);
        WaitUntil(time);
    }

    private void Give(in RecordedQuote quote)
    {
        var command = new Quote { Symbol = Symbol(quote.Symbol), Bid = quote.Bid, Ask = quote.Ask, SourceTime = quote.Time };
        _lastSequence = _engine.Publish(in command, HostSenders.Replay, Time);
    }

    private void Tick(long time)
    {
        WaitUntil(time);
        _lastSequence = _engine.Publish(new Tick(), HostSenders.Replay, time);
    }

    private void Rollover(long time, int day)
    {
        WaitUntil(time);
        _lastSequence = _engine.Publish(new Rollover { Day = day }, HostSenders.Replay, time);
    }

    /// <summary>Lets real time catch up with recorded time.</summary>
    private void WaitUntil(long time)
    {
        _cancellation.ThrowIfCancellationRequested();
        Time = time;
        if (_speed.Factor is not { } factor)
        {
            return;
        }
        double dueSeconds = (time - _source.StartTime) / 1e6 / factor;
        double aheadSeconds = dueSeconds - _elapsed.Elapsed.TotalSeconds;
        if (aheadSeconds > 0.001)
        {
            _cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(Math.Min(aheadSeconds, TimeSpan.MaxValue.TotalSeconds / 2)));
            _cancellation.ThrowIfCancellationRequested();
        }
    }

    private int Symbol(string symbol)
    {
        if (!_symbols.TryGetValue(symbol, out int id))
        {
            id = _engine.Directory.FindInstrument(symbol)?.Id ?? -1;
            _symbols.Add(symbol, id);
        }
        return id;
    }
}
