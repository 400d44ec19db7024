using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Host.Api;

namespace CopyEngine.Host.Store;

/// <summary>Takes the events of a core that nobody listens to, and asks it for its counts and books.</summary>
internal sealed class StateSink : IEventSink
{
    private readonly List<CurrencyTotals> _totals = [];
    private EventSlot _slot;
    private StateReport _report;

    public ref EventSlot Claim() => ref _slot;

    public void Publish()
    {
        if (_slot.Header.Type == EventType.StateReport)
        {
            _report = _slot.As<StateReport>();
        }
        else if (_slot.Header.Type == EventType.BooksState)
        {
            BooksState books = _slot.As<BooksState>();
            _totals.Add(new CurrencyTotals(books.Currency.ToString(), books));
        }
    }

    /// <summary>Counts and books; the core has one command more afterwards and is good for nothing else.</summary>
    public EngineState Ask(TradingCore core)
    {
        long sequence = core.Sequence;
        var question = new CommandSlot();
        question.Set(new ReportState());
        question.Header.Sequence = sequence + 1;
        question.Header.Time = core.Now;
        _totals.Clear();
        core.Apply(in question);
        return new EngineState(sequence, core.Now, _report, [.. _totals]);
    }
}
