using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Api;

/// <summary>Asks the engine for its state hash, counts and books, one question at a time.</summary>
internal sealed class StateQuery : IEventListener, IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Lock _answerLock = new();
    private readonly List<CurrencyTotals> _totals = [];
    private StateReport _report;
    private long _sequence;
    private long _time;

    public string Name => "state-query";

    /// <summary>The state as of a command that is published at the given time.</summary>
    public async Task<EngineState> AskAsync(TradingEngine engine, long timeMicroseconds, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            long sequence = engine.Publish(new ReportState(), HostSenders.StateQuery, timeMicroseconds);
            await engine.WaitForAsync(sequence, cancellation);
            return Answer(sequence);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        if (slot.Header.Session != HostSenders.StateQuery.Session)
        {
            return;
        }
        lock (_answerLock)
        {
            if (slot.Header.Type == EventType.StateReport)
            {
                _sequence = slot.Header.Sequence;
                _time = slot.Header.Time;
                _report = slot.As<StateReport>();
                _totals.Clear();
            }
            else if (slot.Header.Type == EventType.BooksState)
            {
                BooksState books = slot.As<BooksState>();
                _totals.Add(new CurrencyTotals(books.Currency.ToString(), books));
            }
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private EngineState Answer(long sequence)
    {
        lock (_answerLock)
        {
            return _sequence == sequence
                ? new EngineState(_sequence, _time, _report, [.. _totals])
                : throw new InvalidOperationException($"the engine gave no state report for sequence {sequence}");
        }
    }
}
