using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Telemetry;

/// <summary>The process as metrics. Everything is counted elsewhere; this only reads.</summary>
internal sealed class EngineMetrics(TradingEngine engine, EventTotals totals, ServiceStates services)
{
    private readonly List<Action<PrometheusText>> _sources = [];

    /// <summary>Adds metrics of another part of the process.</summary>
    public void Add(Action<PrometheusText> source) => _sources.Add(source);

    public string Write()
    {
        var text = new PrometheusText();
        WriteEngine(text);
        WriteTrading(text);
        WriteMargin(text);
        foreach ((string name, ServiceState state) in services.All)
        {
            text.Gauge("copyengine_service_ready", "1 while this part of the process does its work.", state.IsReady ? 1 : 0, ("service", name));
        }
        _sources.ForEach(source => source(text));
        WriteProcess(text);
        return text.ToString();
    }

    private void WriteEngine(PrometheusText text)
    {
        EngineStatistics statistics = engine.Statistics;
        text.Counter("copyengine_sequence", "Sequence of the last command applied.", statistics.Sequence);
        text.Gauge("copyengine_command_ring_used", "Commands that wait for the core.", statistics.CommandSlotsUsed);
        text.Gauge("copyengine_event_ring_used", "Events that the slowest listener has not seen.", statistics.EventSlotsUsed);
        text.Gauge("copyengine_command_ring_size", "Slots of the command ring.", statistics.CommandSlots);
        text.Gauge("copyengine_event_ring_size", "Slots of the event ring.", statistics.EventSlots);
        text.Gauge("copyengine_tick_duration_seconds", "Time that the last tick took.", statistics.LastTick.TotalSeconds);
        text.Gauge("copyengine_longest_step_seconds", "The longest that one command has held the core.", statistics.LongestStep.TotalSeconds);
        text.Gauge("copyengine_unfinished_work", "1 while long work waits for its next slice.", statistics.HasUnfinishedWork ? 1 : 0);
        text.Gauge("copyengine_accounts", "Accounts.", engine.Directory.AccountCount);
        text.Gauge("copyengine_instruments", "Instruments.", engine.Directory.InstrumentCount);
        text.Counter("copyengine_events_total", "Events given to listeners.", totals.Events);
        text.Counter("copyengine_ticks_total", "Ticks completed.", totals.Ticks);
        text.Counter("copyengine_accounts_recomputed_total", "Accounts recomputed by ticks.", totals.AccountsRecomputed);
        text.Counter("copyengine_rollovers_total", "Business days rolled over.", totals.Rollovers);
    }

    private void WriteTrading(PrometheusText text)
    {
        text.Counter("copyengine_quotes_taken_total", "Quotes that became the market's.", totals.QuotesTaken);
        WriteTally(text, "copyengine_quotes_refused_total", "Quotes used for nothing.", totals.QuotesRefused);
        text.Counter("copyengine_quotes_refused_total", "Quotes used for nothing.", totals.QuotesOfUnknownSymbols, ("reason", "UNKNOWN_SYMBOL"));
        text.Counter("copyengine_orders_placed_total", "Orders accepted from clients.", totals.OrdersPlaced);
        text.Counter("copyengine_orders_filled_total", "Orders filled, copies not counted.", totals.OrdersFilled);
        WriteTally<RejectCode>(text, "copyengine_orders_refused_total", "Orders refused.", totals.OrdersRefused);
        WriteTally<RejectCode>(text, "copyengine_requests_refused_total", "Requests, close-alls and queries refused.", totals.RequestsRefused);
        text.Counter("copyengine_copies_total", "Copies opened.", totals.CopiesOpened);
        WriteTally<RejectCode>(text, "copyengine_copies_skipped_total", "Followers without a copy.", totals.CopiesSkipped);
        WriteTally<Cause>(text, "copyengine_closes_total", "Holdings closed.", totals.Closes);
    }

    private void WriteMargin(PrometheusText text)
    {
        text.Counter("copyengine_margin_warnings_total", "Margin warnings.", totals.Warnings);
        text.Counter("copyengine_liquidations_total", "Accounts liquidated.", totals.Liquidations);
        text.Counter("copyengine_cascades_total", "Cascades of providers.", totals.Cascades);
        text.Counter("copyengine_cascade_copies_closed_total", "Copies closed by cascades.", totals.CascadeCopiesClosed);
        WriteTally<AlarmKind>(text, "copyengine_alarms_total", "Alarms.", totals.Alarms);
    }

    private static void WriteTally<TKind>(PrometheusText text, string name, string help, Tally<TKind> tally) where TKind : unmanaged, Enum
    {
        foreach ((TKind kind, long count) in tally.Entries)
        {
            text.Counter(name, help, count, ("reason", WireText.Of(kind)));
        }
    }

    private static void WriteProcess(PrometheusText text)
    {
        text.Gauge("process_resident_memory_bytes", "Memory of the process.", Environment.WorkingSet);
        text.Counter("dotnet_gc_pause_seconds_total", "Time in garbage collections.", GC.GetTotalPauseDuration().TotalSeconds);
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            text.Counter("dotnet_gc_collections_total", "Garbage collections.", GC.CollectionCount(generation),
                ("generation", generation.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
        text.Gauge("dotnet_threads", "Thread pool threads.", ThreadPool.ThreadCount);
    }
}
