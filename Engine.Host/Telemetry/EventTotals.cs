using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Telemetry;

/// <summary>
/// Counts what happened, for the metrics, the live view and a replay's summary. One thread counts; readers see figures
/// that are at most a few events old. What is recited has not happened now; what is replayed happened before this process,
/// so a start ends with <see cref="BeginAnew"/>.
/// </summary>
internal sealed class EventTotals : IEventListener
{
    public string Name => "totals";

    public long Events { get; private set; }

    public long LastSequence { get; private set; }

    public long QuotesTaken { get; private set; }

    /// <summary>Refused quotes of known instruments.</summary>
    public Tally<QuoteRefusal> QuotesRefused { get; } = new();

    public long QuotesOfUnknownSymbols { get; private set; }

    public long OrdersPlaced { get; private set; }

    public long OrdersFilled { get; private set; }

    public Tally<RejectCode> OrdersRefused { get; } = new();

    public long CopiesOpened { get; private set; }

    public Tally<RejectCode> CopiesSkipped { get; } = new();

    public Tally<Cause> Closes { get; } = new();

    public long PartialCloses { get; private set; }

    public long Warnings { get; private set; }

    public long Liquidations { get; private set; }

    public long Cascades { get; private set; }

    public long CascadeCopiesClosed { get; private set; }

    public long CascadeFollowersFailed { get; private set; }

    public Tally<AlarmKind> Alarms { get; } = new();

    public Tally<RejectCode> RequestsRefused { get; } = new();

    public long Ticks { get; private set; }

    public long Rollovers { get; private set; }

    public long SwapsCharged { get; private set; }

    public long AccountsRecomputed { get; private set; }

    /// <summary>Everything counted so far was before this process. Called while no event is on its way.</summary>
    public void BeginAnew()
    {
        Events = QuotesTaken = QuotesOfUnknownSymbols = OrdersPlaced = OrdersFilled = CopiesOpened = PartialCloses = 0;
        Warnings = Liquidations = Cascades = CascadeCopiesClosed = CascadeFollowersFailed = 0;
        Ticks = Rollovers = SwapsCharged = AccountsRecomputed = 0;
        QuotesRefused.Clear();
        OrdersRefused.Clear();
        CopiesSkipped.Clear();
        Closes.Clear();
        Alarms.Clear();
        RequestsRefused.Clear();
    }

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        LastSequence = slot.Header.Sequence;
        if (slot.Header.IsRecited)
        {
            return;
        }
        Events++;
        switch (slot.Header.Type)
        {
            case EventType.QuoteTaken:
                QuotesTaken++;
                break;
            case EventType.QuoteRefused:
                Count(in slot.As<QuoteRefused>());
                break;
            case EventType.OrderReport:
                Count(in slot.As<OrderReport>());
                break;
            case EventType.CopySkipped:
                CopiesSkipped.Add(slot.As<CopySkipped>().Reason);
                break;
            case EventType.MarginReport:
                Count(in slot.As<MarginReport>());
                break;
            case EventType.CascadeReport:
                Count(in slot.As<CascadeReport>());
                break;
            default:
                CountRare(ref slot);
                break;
        }
    }

    private void CountRare(ref EventSlot slot)
    {
        switch (slot.Header.Type)
        {
            case EventType.Alarm:
                Alarms.Add(slot.As<Alarm>().Kind);
                break;
            case EventType.RequestRefused:
                RequestsRefused.Add(slot.As<RequestRefused>().Reject);
                break;
            case EventType.TickCompleted:
                Ticks++;
                AccountsRecomputed += slot.As<TickCompleted>().Recomputed;
                break;
            case EventType.RolloverCompleted:
                Rollovers++;
                break;
            case EventType.SwapCharged:
                SwapsCharged++;
                break;
        }
    }

    private void Count(in QuoteRefused refused)
    {
        if (refused.Symbol < 0)
        {
            QuotesOfUnknownSymbols++;
        }
        else
        {
            QuotesRefused.Add(refused.Refusal);
        }
    }

    private void Count(in OrderReport report)
    {
        if (report.Duplicate)
        {
            return;
        }
        switch (report.Status)
        {
            case OrderStatus.New:
                OrdersPlaced++;
                break;
            case OrderStatus.Filled when report.IsCopy:
                CopiesOpened++;
                break;
            case OrderStatus.Filled:
                OrdersFilled++;
                OrdersPlaced += report.Cause == Cause.Client ? 1 : 0;
                break;
            case OrderStatus.Rejected:
                OrdersRefused.Add(report.Reject);
                break;
            case OrderStatus.Closed:
                Closes.Add(report.Cause);
                break;
            case OrderStatus.PartiallyClosed:
                PartialCloses++;
                break;
        }
    }

    private void Count(in MarginReport report)
    {
        Warnings += report.Kind == MarginEventKind.Warning ? 1 : 0;
        Liquidations += report.Kind == MarginEventKind.Liquidated ? 1 : 0;
    }

    private void Count(in CascadeReport report)
    {
        Cascades++;
        CascadeCopiesClosed += report.PositionsClosed;
        CascadeFollowersFailed += report.FailedFollowers;
    }
}
