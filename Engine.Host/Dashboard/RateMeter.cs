using CopyEngine.Host.Telemetry;

namespace CopyEngine.Host.Dashboard;

/// <summary>What happened per second since the last look.</summary>
internal readonly record struct Rates(double Quotes, double Orders, double Copies, double Events);

/// <summary>Turns totals into rates; looked at about once a second.</summary>
internal sealed class RateMeter(EventTotals totals, TimeProvider clock)
{
    private static readonly TimeSpan LeastSpan = TimeSpan.FromMilliseconds(900);

    private long _timestamp = clock.GetTimestamp();
    private (long Quotes, long Orders, long Copies, long Events) _before;
    private Rates _rates;

    public Rates Read()
    {
        TimeSpan span = clock.GetElapsedTime(_timestamp);
        if (span >= LeastSpan)
        {
            (long Quotes, long Orders, long Copies, long Events) now = (totals.QuotesTaken, totals.OrdersPlaced, totals.CopiesOpened, totals.Events);
            double seconds = span.TotalSeconds;
            _rates = new Rates((now.Quotes - _before.Quotes) / seconds, (now.Orders - _before.Orders) / seconds,
                (now.Copies - _before.Copies) / seconds, (now.Events - _before.Events) / seconds);
            _before = now;
            _timestamp = clock.GetTimestamp();
        }
        return _rates;
    }
}
