using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host;
using CopyEngine.Host.Dashboard;
using CopyEngine.Host.Demo;
using CopyEngine.Host.Feeds;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Host.Telemetry;
using CopyEngine.Numerics;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>Events that only describe the state at a start: every listener learns from them, and none takes them for news.</summary>
public sealed class RecitedEventsTests
{
    [Fact]
    public void Totals_do_not_count_what_is_recited_and_forget_what_was_replayed()
    {
        var totals = new EventTotals();
        foreach (EventSlot slot in Everything(isRecited: true))
        {
            Tell(totals, slot);
        }
        Assert.Equal(
            (0L, 0L, 0L, 0L, 0L, 0L, 7L),
            (totals.Events, totals.QuotesTaken, totals.OrdersPlaced, totals.OrdersFilled, totals.CopiesOpened, totals.Warnings, totals.LastSequence));

        foreach (EventSlot slot in Everything(isRecited: false))
        {
            Tell(totals, slot);
        }
        Assert.Equal((1L, 1L, 1L, 1L, 1L), (totals.QuotesTaken, totals.OrdersPlaced, totals.CopiesOpened, totals.Warnings, totals.Alarms.Sum));

        totals.BeginAnew();
        Assert.Equal((0L, 0L, 0L, 7L), (totals.Events, totals.OrdersPlaced, totals.Alarms.Sum, totals.LastSequence));
        foreach (System.Reflection.PropertyInfo property in typeof(EventTotals).GetProperties().Where(property => property.Name != nameof(EventTotals.LastSequence)))
        {
            Assert.True(property.GetValue(totals) is string or 0L || property.PropertyType.IsGenericType, property.Name);
        }
        Tell(totals, Of(8, Waiting(1)));
        Assert.Equal((1L, 1L), (totals.Events, totals.OrdersPlaced));
    }

    [Fact]
    public void Board_shows_prices_and_figures_but_no_news()
    {
        var board = new LiveBoard();
        foreach (EventSlot slot in Everything(isRecited: true))
        {
            Tell(board, slot);
        }
        Assert.Equal((0L, 0L, 0L), (board.Orders.Count, board.Copies.Count, board.Alerts.Count));
        Assert.Equal(110_000, Assert.Single(board.Quotes).BidPoints);
        Assert.Equal(70, board.Time);

        foreach (EventSlot slot in Everything(isRecited: false))
        {
            Tell(board, slot);
        }
        Assert.Equal((1L, 2L), (board.Orders.Count, board.Alerts.Count));
    }

    [Fact]
    public void Script_can_name_orders_of_a_former_run_that_live()
    {
        var placed = new PlacedOrders();
        Tell(placed, Of(3, Waiting(11) with { ClientOrderId = ClientOrderId.From("mine"), Account = 2 }, isRecited: true));
        Tell(placed, Of(3, Waiting(12) with { ClientOrderId = ClientOrderId.From("copied"), Account = 2, IsCopy = true }, isRecited: true));
        Tell(placed, Of(4, Waiting(13) with { ClientOrderId = ClientOrderId.From("live"), Account = 2 }));
        Assert.Equal((11L, 0L, 0L), (placed.Find(2, "mine"), placed.Find(2, "copied"), placed.Find(2, "live")));
    }

    [Fact]
    public void Risk_desk_takes_recited_margin_reports_as_state_and_announces_none()
    {
        var handover = new StateHandover(new RedisLimits());
        Tell(handover, Of(7, new GroupDefined { Definition = new RegisterGroup { Name = GroupName.From("G"), WarningLevel = 500_000 } }, isRecited: true));
        Tell(handover, Of(7, new AccountOpened { Account = 0, AccountNumber = 1, UserType = UserType.Live }, isRecited: true));
        Tell(handover, Of(7, new MarginReport { Account = 0, Kind = MarginEventKind.Warning }, isRecited: true, time: 55));
        Tell(handover, Of(7, new MarginReport { Account = 0, Kind = MarginEventKind.CascadeStarted }, isRecited: true));
        // Applied at once: a whole state under one sequence is not gathered.
        Assert.Equal((0, true, 55L), handover.With(state => (state.Notices.Waiting, state.Account(0).IsLiquidating, state.Account(0).WarnedAt)));

        Tell(handover, Of(8, new MarginReport { Account = 0, Kind = MarginEventKind.CascadeDone }));
        Tell(handover, Of(9, new TickCompleted()));
        Assert.Equal((1, false), handover.With(state => (state.Notices.Waiting, state.Account(0).IsLiquidating)));
    }

    [Fact]
    public void Demo_learns_living_orders_paused_links_balances_and_prices_before_its_show_begins()
    {
        var reports = new DemoReports();
        Tell(reports, Of(7, new LedgerPosting { Account = 3, Balance = new Money(500) }, isRecited: true));
        Tell(reports, Of(7, new QuoteTaken { Symbol = 2, BidPoints = 10, AskPoints = 12 }, isRecited: true));
        Tell(reports, Of(7, new LinkChanged { Provider = 1, Follower = 9, Status = LinkStatus.Paused, PauseReason = RejectCode.Liquidating }, isRecited: true));
        Tell(reports, Of(7, new LinkChanged { Provider = 2, Follower = 9, Status = LinkStatus.Paused, PauseReason = RejectCode.Liquidating }, isRecited: true));
        Tell(reports, Of(7, Waiting(20) with { Account = 1 }, isRecited: true));
        Tell(reports, Of(7, Open(21) with { Account = 1 }, isRecited: true));
        Tell(reports, Of(7, Open(22) with { Account = 5 }, isRecited: true));
        Tell(reports, Of(7, Open(23) with { Account = 1 }, isRecited: true));
        Tell(reports, Of(7, Waiting(24) with { Account = 1 }, isRecited: true));
        // Replayed: one closes, one fills, one ends because it cannot fill, a refused change leaves its order as it is.
        Tell(reports, Of(8, Open(23) with { Account = 1, Status = OrderStatus.Closed }));
        Tell(reports, Of(9, Open(20) with { Account = 1, Cause = Cause.Triggered }));
        Tell(reports, Of(9, Waiting(24) with { Account = 1, Status = OrderStatus.Rejected, Reject = RejectCode.InsufficientMargin, Cause = Cause.Triggered }));
        Tell(reports, Of(9, Open(21) with { Account = 1, Status = OrderStatus.Rejected, Reject = RejectCode.InvalidStops }));
        Tell(reports, Of(9, new LinkChanged { Provider = 2, Follower = 9, Status = LinkStatus.Active }));

        reports.Watch([1]);
        Tell(reports, Of(10, Open(25) with { Account = 1 }));

        Assert.Equal([(20L, OrderStatus.Filled), (21L, OrderStatus.Filled), (25L, OrderStatus.Filled)], Taken(reports));
        Assert.Equal((500L, 0L, 10), (reports.Balance(3), reports.Balance(4), reports.Quote(2)!.Value.BidPoints));
        Assert.Equal([1], reports.PausedProviders);
        Assert.Equal([9], reports.TakePausedFollowers(1));
    }

    private static List<(long, OrderStatus)> Taken(DemoReports reports)
    {
        var taken = new List<(long, OrderStatus)>();
        while (reports.TryTakeOrder(out OrderReport report))
        {
            taken.Add((report.OrderId, report.Status));
        }
        return taken;
    }

    private static OrderReport Waiting(long id) => new() { OrderId = id, Status = OrderStatus.New, PricePoints = 90 };

    private static OrderReport Open(long id) => new() { OrderId = id, Status = OrderStatus.Filled, AveragePricePoints = 100 };

    private static List<EventSlot> Everything(bool isRecited) =>
    [
        Of(7, new QuoteTaken { Symbol = 0, BidPoints = 110_000, AskPoints = 110_010 }, isRecited),
        Of(7, Waiting(1), isRecited),
        Of(7, Open(2) with { IsCopy = true, Cause = Cause.MasterOpened }, isRecited),
        Of(7, new MarginReport { Kind = MarginEventKind.Warning }, isRecited),
        Of(7, new Alarm { Kind = AlarmKind.ClosePending }, isRecited),
    ];

    private static EventSlot Of<TEvent>(long sequence, TEvent body, bool isRecited = false, long time = 70) where TEvent : unmanaged, IEvent
    {
        var slot = new EventSlot { Header = new EventHeader { Sequence = sequence, Time = time, Type = TEvent.Type, IsRecited = isRecited } };
        slot.As<TEvent>() = body;
        return slot;
    }

    private static void Tell(IEventListener listener, EventSlot slot) => listener.OnEvent(ref slot, endOfBatch: true);

    private static void Tell(StateHandover handover, EventSlot slot) => handover.Take(ref slot);
}
