using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Demo;
using CopyEngine.Host.World;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>The demo goes on after a restart with the prices and orders that are there.</summary>
public sealed class DemoRestartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Traders_of_a_new_process_tend_the_orders_of_the_old_one(bool isRecited)
    {
        var recorded = new RecordedStream();
        WorldDefinition world = DemoWorld.Read(new EngineLimits());
        await using var engine = new TradingEngine(new EngineLimits(), [recorded], continuesByItself: false);
        engine.Start();
        var reports = new DemoReports();
        var watch = new WorldWatch();
        recorded.TellAgain(watch);
        await new WorldLoader(engine, watch, Cancellation).LoadAsync(world, engine.NowMicroseconds());
        recorded.TellAgain(reports);
        int scalper = engine.Directory.FindAccount(new AccountName(UserType.StrategyProvider, 1))!.Id;
        HashSet<long> open = [];
        using (var show = new DemoShow(engine, reports, world, TimeProvider.System))
        {
            for (int step = 0; step < 4_000 && open.Count == 0; step++)
            {
                await StepAsync(show, engine);
                open = step < 200 ? [] : OpenOrders(recorded.All, scalper);
            }
        }
        Assert.NotEmpty(open);
        Dictionary<int, QuoteTaken> lastQuotes = LastQuotes(recorded.All);

        var after = new DemoReports();
        recorded.TellAgain(after, isRecited ? Recited(recorded.All) : null);
        using var again = new DemoShow(engine, after, world, TimeProvider.System);
        long before = await MarkAsync(engine);
        Assert.Equal(lastQuotes, LastQuotes(recorded.All));
        for (int step = 0; step < 400 && OpenOrders(recorded.All, scalper).Overlaps(open); step++)
        {
            await StepAsync(again, engine);
        }

        Assert.Empty(OpenOrders(recorded.All, scalper).Intersect(open));
        foreach ((int symbol, QuoteTaken first) in FirstQuotes(recorded.All.Where(slot => slot.Header.Sequence > before)))
        {
            // A step of the market, and no way back to where it once began.
            double change = Math.Abs((double)first.BidPoints / lastQuotes[symbol].BidPoints - 1);
            Assert.True(change < 0.002, $"{symbol} moved by {change:P2}");
        }
    }

    private static async Task StepAsync(DemoShow show, TradingEngine engine)
    {
        show.Step();
        await MarkAsync(engine);
    }

    private static async Task<long> MarkAsync(TradingEngine engine)
    {
        long sequence = engine.Publish(new Tick(), default, engine.NowMicroseconds());
        await engine.WaitForAsync(sequence, Cancellation);
        return sequence;
    }

    private static HashSet<long> OpenOrders(IEnumerable<EventSlot> events, int account)
    {
        var open = new HashSet<long>();
        foreach (OrderReport report in Reports(events).Where(report => report.Account == account))
        {
            if (report.Status == OrderStatus.Filled)
            {
                open.Add(report.OrderId);
            }
            else if (report.Status == OrderStatus.Closed)
            {
                open.Remove(report.OrderId);
            }
        }
        return open;
    }

    /// <summary>What an engine recites: figures as they are, without the fill that made them.</summary>
    private static List<EventSlot> Recited(IEnumerable<EventSlot> events)
    {
        var recited = new SortedDictionary<long, EventSlot>();
        foreach (OrderReport report in Reports(events).Where(report => report.OrderId > 0 && report.Reject == RejectCode.None))
        {
            if (report.Status is OrderStatus.Closed or OrderStatus.Cancelled or OrderStatus.Expired)
            {
                recited.Remove(report.OrderId);
                continue;
            }
            var slot = new EventSlot { Header = new EventHeader { Type = EventType.OrderReport, IsRecited = true } };
            slot.As<OrderReport>() = report with
            {
                Status = report.AveragePricePoints != 0 ? OrderStatus.Filled : OrderStatus.New,
                Cause = default,
                LastLotsSteps = 0,
                LastPricePoints = 0,
            };
            recited[report.OrderId] = slot;
        }
        foreach ((int symbol, QuoteTaken quote) in LastQuotes(events))
        {
            var slot = new EventSlot { Header = new EventHeader { Type = EventType.QuoteTaken, IsRecited = true } };
            slot.As<QuoteTaken>() = quote;
            recited.Add(-1 - symbol, slot);
        }
        return [.. recited.Values];
    }

    private static IEnumerable<OrderReport> Reports(IEnumerable<EventSlot> events)
    {
        foreach (EventSlot happened in events.Where(slot => slot.Header.Type == EventType.OrderReport))
        {
            EventSlot slot = happened;
            yield return slot.As<OrderReport>();
        }
    }

    private static Dictionary<int, QuoteTaken> LastQuotes(IEnumerable<EventSlot> events) =>
        Quotes(events).GroupBy(quote => quote.Symbol).ToDictionary(quotes => quotes.Key, quotes => quotes.Last());

    private static Dictionary<int, QuoteTaken> FirstQuotes(IEnumerable<EventSlot> events) =>
        Quotes(events).GroupBy(quote => quote.Symbol).ToDictionary(quotes => quotes.Key, quotes => quotes.First());

    private static IEnumerable<QuoteTaken> Quotes(IEnumerable<EventSlot> events)
    {
        foreach (EventSlot happened in events.Where(slot => slot.Header.Type == EventType.QuoteTaken))
        {
            EventSlot slot = happened;
            yield return slot.As<QuoteTaken>();
        }
    }
}
