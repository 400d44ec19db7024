using CopyEngine.Events;
using CopyEngine.Host.Api;
using CopyEngine.Host.Feeds;
using CopyEngine.Host.Telemetry;
using CopyEngine.Host.World;
using Xunit;

namespace CopyEngine.Tests.Feeds;

/// <summary>One replay on a real engine, from a world to its state at the end.</summary>
internal sealed class ReplayRun
{
    private ReplayRun(EngineState state, EventTotals totals, string summary, IReadOnlyList<OrderReport> reports)
    {
        State = state;
        Totals = totals;
        Summary = summary;
        Reports = reports;
    }

    public EngineState State { get; }

    public EventTotals Totals { get; }

    public string Summary { get; }

    /// <summary>Reports of orders that are no copies.</summary>
    public IReadOnlyList<OrderReport> Reports { get; }

    public static async Task<ReplayRun> RunAsync(WorldDefinition world, IReadOnlyList<string> quoteFiles, string? orderFile, EngineLimits? limits = null)
    {
        limits ??= new EngineLimits();
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        ReplaySource source = ReplaySource.Open(quoteFiles, orderFile);
        var totals = new EventTotals();
        var placed = new PlacedOrders();
        var refusals = new WorldWatch();
        var reports = new OwnReports();
        using var query = new StateQuery();
        await using var engine = new TradingEngine(
            limits, [new EventFanOut(totals, placed, refusals, query, reports)], continuesByItself: false);
        engine.Start();
        await new WorldLoader(engine, refusals, cancellation).LoadAsync(world, source.StartTime);
        var replay = new Replay(engine, source, ReplaySpeed.Max, limits, placed, cancellation);
        await Task.Run(replay.Run, cancellation);
        await engine.FinishWorkAsync(replay.Time, cancellation);
        EngineState state = await query.AskAsync(engine, replay.Time, cancellation);
        var summary = new StringWriter();
        new ReplaySummary(totals, state, source, replay.Time, replay.Elapsed).WriteTo(summary);
        return new ReplayRun(state, totals, summary.ToString(), reports.Taken);
    }

    private sealed class OwnReports : IEventListener
    {
        public string Name => "own-reports";

        public List<OrderReport> Taken { get; } = [];

        public void OnEvent(ref EventSlot slot, bool endOfBatch)
        {
            if (slot.Header.Type == EventType.OrderReport && !slot.As<OrderReport>().IsCopy)
            {
                Taken.Add(slot.As<OrderReport>());
            }
        }
    }
}
