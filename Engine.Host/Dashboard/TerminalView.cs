using System.Globalization;
using CopyEngine.Events;
using CopyEngine.Host.Telemetry;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CopyEngine.Host.Dashboard;

/// <summary>The live view for a terminal, drawn four times a second.</summary>
internal sealed class TerminalView(LivePanel panel, IAnsiConsole console)
{
    private const int OrdersShown = 9;
    private const int AccountsShown = 9;
    private const int AlertsShown = 10;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly EventText _text = new(panel.Engine.Directory);

    public async Task RunAsync(CancellationToken cancellation)
    {
        await console.Live(Render()).AutoClear(true).Overflow(VerticalOverflow.Crop).StartAsync(async context =>
        {
            using var timer = new PeriodicTimer(Interval);
            try
            {
                while (await timer.WaitForNextTickAsync(cancellation))
                {
                    context.UpdateTarget(Render());
                }
            }
            catch (OperationCanceledException)
            {
                context.UpdateTarget(Render());
            }
        });
    }

    /// <summary>One picture of the moment.</summary>
    public IRenderable Render() => new Rows(
        Status(),
        new Columns(Quotes(), Accounts()) { Expand = false },
        Orders(),
        Alerts());

    private Panel Status()
    {
        Rates rates = panel.Meter.Read();
        EngineStatistics statistics = panel.Engine.Statistics;
        EventTotals totals = panel.Totals;
        string services = string.Join("   ", panel.Services.All.Select(service =>
            $"{Markup.Escape(service.Name)} [{(service.State.IsReady ? "green" : "red")}]{Markup.Escape(service.State.Text)}[/]"));
        string text = string.Create(CultureInfo.InvariantCulture,
            $"""
            {EventText.Time(panel.Board.Time)} UTC   sequence [bold]{statistics.Sequence:N0}[/]   accounts {panel.Engine.Directory.AccountCount:N0}   tick [bold]{statistics.LastTick.TotalMilliseconds:0.00} ms[/]   rings {statistics.CommandSlotsUsed:N0}/{statistics.CommandSlots:N0} {statistics.EventSlotsUsed:N0}/{statistics.EventSlots:N0}
            quotes {rates.Quotes:0}/s   orders {rates.Orders:0.0}/s   copies {rates.Copies:0}/s   events {rates.Events:0}/s   warnings [yellow]{totals.Warnings:N0}[/]   liquidations [red]{totals.Liquidations:N0}[/]   cascades [red bold]{totals.Cascades:N0}[/]
            {services}
            """);
        return new Panel(new Markup(text)) { Header = new PanelHeader($" {Markup.Escape(panel.Title)} "), Expand = true };
    }

    private Table Quotes()
    {
        Table table = Framed("quotes").AddColumn("symbol").AddColumn(Right("bid")).AddColumn(Right("ask"));
        foreach (ShownQuote quote in panel.Board.Quotes)
        {
            string colour = quote.BidPoints > quote.PreviousBidPoints ? "green" : quote.BidPoints < quote.PreviousBidPoints ? "red" : "default";
            table.AddRow(
                Markup.Escape(panel.Engine.Directory.Instrument(quote.Symbol).Symbol),
                $"[{colour}]{_text.Points(quote.Symbol, quote.BidPoints)}[/]",
                $"[{colour}]{_text.Points(quote.Symbol, quote.AskPoints)}[/]");
        }
        return table;
    }

    private Table Accounts()
    {
        Table table = Framed("nearest to their warning level").AddColumn("account").AddColumn(Right("level %"))
            .AddColumn(Right("warning")).AddColumn(Right("equity")).AddColumn(Right("used margin"));
        foreach (ShownAccount account in panel.Board.NearestToWarning(panel.Engine.Directory, AccountsShown))
        {
            string colour = account.Level <= account.WarningLevel ? "red" : account.Level <= account.WarningLevel * 2 ? "yellow" : "default";
            table.AddRow(
                account.Account.Name.ToString(),
                $"[{colour}]{account.Level.ToString("0.00", CultureInfo.InvariantCulture)}[/]",
                account.WarningLevel.ToString("0.##", CultureInfo.InvariantCulture),
                $"{Booked(account.Equity, account.Account)} {account.Account.Currency}",
                Booked(account.UsedMargin, account.Account));
        }
        return table;
    }

    private Table Orders()
    {
        EventSlot[] copies = panel.Board.Copies.Last(64);
        Table table = Framed("orders of providers and what became of their copies").AddColumn("time").AddColumn("order").AddColumn("copies");
        table.Expand = true;
        foreach (EventSlot slot in panel.Board.Orders.Last(OrdersShown).Reverse())
        {
            EventSlot order = slot;
            int copy = Array.FindIndex(copies, candidate => IsOf(candidate, in order));
            table.AddRow(
                EventText.Time(order.Header.Time),
                Markup.Escape(_text.Order(in order.As<OrderReport>())),
                copy < 0 ? "" : Markup.Escape(_text.Copy(in copies[copy].As<CopyReport>())));
        }
        return table;
    }

    /// <summary>A copy report belongs to the order report of the same order and sequence; a long fan-out ends at a later one.</summary>
    private static bool IsOf(EventSlot copy, in EventSlot order)
    {
        ref CopyReport report = ref copy.As<CopyReport>();
        EventSlot own = order;
        OrderReport shown = own.As<OrderReport>();
        CopyAction? action = shown.Status switch
        {
            OrderStatus.Filled => CopyAction.Open,
            OrderStatus.Closed => CopyAction.Close,
            OrderStatus.PartiallyClosed => CopyAction.PartialClose,
            OrderStatus.Modified => CopyAction.Modify,
            _ => null,
        };
        return report.MasterOrderId == shown.OrderId && report.Action == action && copy.Header.Sequence >= order.Header.Sequence;
    }

    private Panel Alerts()
    {
        IEnumerable<string> events = AlertDigest.Of(panel.Board.Alerts.From(0)).TakeLast(AlertsShown).Reverse()
            .Select(alert => $"{EventText.Time(alert.Event.Header.Time)} {Coloured(alert)}");
        IEnumerable<string> logged = panel.Warnings.Lines.Select(line => $"[yellow]log {Markup.Escape(line)}[/]");
        string text = string.Join('\n', events.Concat(logged));
        return new Panel(new Markup(text.Length > 0 ? text : "none yet")) { Header = new PanelHeader(" warnings, liquidations, cascades "), Expand = true };
    }

    private string Coloured(Alert alert)
    {
        string text = Markup.Escape(_text.Alert(alert));
        EventSlot slot = alert.Event;
        bool isMild = slot.Header.Type == EventType.MarginReport && slot.As<MarginReport>().Kind == MarginEventKind.Warning;
        return $"[{(isMild ? "yellow" : "red")}]{text}[/]";
    }

    private static Table Framed(string title) => new Table().Border(TableBorder.Rounded).Title($"[bold]{title}[/]");

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string Booked(Numerics.Money amount, AccountEntry account) => MoneyText.Of(amount.RoundToMinorUnit(account.MinorDecimals).Units);
}
