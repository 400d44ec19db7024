using System.Globalization;
using CopyEngine.Events;

namespace CopyEngine.Host.Dashboard;

/// <summary>The live view for a pipe: one line a second, and one for each remarkable event, a storm of them summed up.</summary>
internal sealed class PlainView(LivePanel panel, TextWriter output)
{
    /// <summary>Orders written out per second; the rest is counted.</summary>
    private const int LinesPerSecond = 8;

    private readonly EventText _text = new(panel.Engine.Directory);
    private long _orders;
    private long _alerts;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                Write();
            }
        }
        catch (OperationCanceledException)
        {
            Write();
        }
    }

    private void Write()
    {
        EventSlot[] orders = New(panel.Board.Orders, ref _orders, out long hidden);
        EventSlot[] alerts = New(panel.Board.Alerts, ref _alerts, out _);
        IEnumerable<(long Sequence, int Index, long Time, string Text)> lines = orders.TakeLast(LinesPerSecond)
            .Select(order => (order.Header.Sequence, order.Header.Index, order.Header.Time, _text.Order(in order.As<OrderReport>())))
            .Concat(AlertDigest.Of(alerts).Select(alert =>
                (alert.Event.Header.Sequence, alert.Event.Header.Index, alert.Event.Header.Time, _text.Alert(alert))));
        foreach ((_, _, long time, string text) in lines.OrderBy(line => (line.Sequence, line.Index)))
        {
            output.WriteLine($"{EventText.Time(time)} {text}");
        }
        hidden += Math.Max(0, orders.Length - LinesPerSecond);
        if (hidden > 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"… and {hidden} earlier orders"));
        }
        output.WriteLine(Status());
        output.Flush();
    }

    /// <summary>What has come since the last look; what the history has lost meanwhile is counted.</summary>
    private static EventSlot[] New(EventHistory history, ref long seen, out long lost)
    {
        long count = history.Count;
        EventSlot[] events = history.From(seen);
        lost = Math.Max(0, count - seen - events.Length);
        seen = Math.Max(count, seen + events.Length);
        return events;
    }

    private string Status()
    {
        Rates rates = panel.Meter.Read();
        EngineStatistics statistics = panel.Engine.Statistics;
        string services = string.Join(" ", panel.Services.All.Select(service => $"{service.Name}={service.State.Text}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"{EventText.Time(panel.Board.Time)} seq {statistics.Sequence} | quotes {rates.Quotes:0}/s orders {rates.Orders:0.#}/s copies {rates.Copies:0}/s"
            + $" | tick {statistics.LastTick.TotalMilliseconds:0.00} ms rings {statistics.CommandSlotsUsed} {statistics.EventSlotsUsed}"
            + $" | warnings {panel.Totals.Warnings} liquidations {panel.Totals.Liquidations} cascades {panel.Totals.Cascades} | {services}");
    }
}
