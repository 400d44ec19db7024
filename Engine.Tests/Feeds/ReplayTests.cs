using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.World;
using CopyEngine.Tests.Host;
using Xunit;

namespace CopyEngine.Tests.Feeds;

public sealed class ReplayTests : IDisposable
{
    private const long Start = 1_400_000_000_000_000;
    private const long Second = 1_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Script_refers_to_orders_by_the_ids_under_which_it_placed_them()
    {
        string quotes = Quotes("quotes.csv", (0, "1.10000", "1.10010"), (60, "1.10100", "1.10110"));
        string orders = Orders(
            "'timestamp_us':{1},'type':'PlaceOrder','clientOrderId':'a1','account':'strategy_provider:1','symbol':'EURUSD','side':'BUY','orderType':'MARKET','lots':'1.00'",
            "'timestamp_us':{1},'type':'ModifyOrder','clientOrderId':'m1','account':'strategy_provider:1','order':'a1','stopLoss':'1.09000'",
            "'timestamp_us':{61},'type':'CloseOrder','clientOrderId':'c1','account':'strategy_provider:1','order':'a1','lots':'0.40'",
            "'timestamp_us':{62},'type':'CloseOrder','clientOrderId':'c2','account':'strategy_provider:1','order':'a1'");

        ReplayRun run = await ReplayRun.RunAsync(WorldText.Read(WorldText.Sound.Replace("10000\"", "20\"").Replace("..10000", "..20")), [quotes], orders);

        Assert.Equal(
            [OrderStatus.Filled, OrderStatus.Modified, OrderStatus.PartiallyClosed, OrderStatus.Closed],
            run.Reports.Select(report => report.Status));
        Assert.Equal(20, run.Totals.CopiesOpened);
        Assert.Equal(20, run.Totals.Closes[Cause.MasterClosed]);
        Assert.Equal(20 + 1, run.Totals.PartialCloses);
        Assert.Equal(0, run.State.Report.Holdings);
        Assert.True(run.State.IsBalanced);
    }

    [Fact]
    public async Task Reference_to_an_order_that_was_refused_is_an_unknown_order()
    {
        string quotes = Quotes("quotes.csv", (0, "1.10000", "1.10010"));
        string orders = Orders(
            "'timestamp_us':{1},'type':'PlaceOrder','clientOrderId':'a1','account':'strategy_provider:1','symbol':'EURUSD','side':'BUY','orderType':'MARKET','lots':'0.005'",
            "'timestamp_us':{1},'type':'CloseOrder','clientOrderId':'c1','account':'strategy_provider:1','order':'a1'",
            "'timestamp_us':{2},'type':'PlaceOrder','clientOrderId':'a2','account':'strategy_provider:9','symbol':'EURUSD','side':'BUY','orderType':'MARKET','lots':'1'",
            "'timestamp_us':{3},'type':'PlaceOrder','clientOrderId':'a3','account':'strategy_provider:1','symbol':'NOSUCH','side':'BUY','orderType':'MARKET','lots':'1'");

        ReplayRun run = await ReplayRun.RunAsync(SmallWorld(), [quotes], orders);

        Assert.Equal(
            [RejectCode.LotsOffStep, RejectCode.UnknownOrder, RejectCode.UnknownAccount, RejectCode.UnknownSymbol],
            run.Reports.Select(report => report.Reject));
    }

    [Fact]
    public async Task Account_that_the_script_opens_can_be_used_by_its_next_line()
    {
        string quotes = Quotes("quotes.csv", (0, "1.10000", "1.10010"));
        string orders = Orders(
            "'timestamp_us':{1},'type':'OpenAccount','account':'live:5','group':'Standard','currency':'EUR','leverage':100",
            "'timestamp_us':{1},'type':'MoveFunds','account':'live:5','amount':'1000.00'",
            "'timestamp_us':{1},'type':'PlaceOrder','clientOrderId':'x','account':'live:5','symbol':'EURUSD','side':'SELL','orderType':'MARKET','lots':'0.10'");

        ReplayRun run = await ReplayRun.RunAsync(SmallWorld(), [quotes], orders);

        Assert.Equal(OrderStatus.Filled, Assert.Single(run.Reports).Status);
        Assert.Equal(0, run.Totals.RequestsRefused.Sum);
    }

    [Fact]
    public async Task Quotes_are_taken_or_refused_by_reason_and_counted()
    {
        string quotes = _folder.Write("quotes.csv", $"""
            timestamp_us,symbol,bid,ask
            {Start},EURUSD,1.10000,1.10010
            {Start + 2},EURUSD,1.10000,1.10000
            {Start + 2},EURUSD,1.20000,1.10000
            {Start + 3},EURUSD,0,1.10000
            {Start + 3},EURUSD,1.100001,1.10010
            {Start + 1},EURUSD,1.10000,1.10010
            {Start + 2},EURUSD,1.10001,1.10011
            {Start + 4},EURUSD,1.50000,1.50010
            {Start + 5},GBPUSD,1.20000,1.20010
            """);

        ReplayRun run = await ReplayRun.RunAsync(SmallWorld(jumpLimitPercent: 5), [quotes], orderFile: null);

        Assert.Equal(3, run.Totals.QuotesTaken);
        Assert.Equal(
            (3L, 1L, 1L, 1L),
            (run.Totals.QuotesRefused[QuoteRefusal.Invalid], run.Totals.QuotesRefused[QuoteRefusal.Jump],
                run.Totals.QuotesRefused[QuoteRefusal.Older], run.Totals.QuotesOfUnknownSymbols));
        Assert.Contains("6 (INVALID 3, JUMP 1, OLDER 1, UNKNOWN_SYMBOL 1)", run.Summary);
    }

    [Fact]
    public async Task Waiting_order_that_expires_in_a_gap_expires_before_the_quote_that_would_fill_it()
    {
        string quotes = Quotes("quotes.csv", (0, "1.10000", "1.10010"), (7_200, "1.05000", "1.05010"));
        string orders = Orders(
            "'timestamp_us':{1},'type':'PlaceOrder','clientOrderId':'l1','account':'strategy_provider:1','symbol':'EURUSD','side':'BUY','orderType':'LIMIT','lots':'1','price':'1.06000','timeInForce':'GTD','expiresAt':{3600}");

        ReplayRun run = await ReplayRun.RunAsync(SmallWorld(), [quotes], orders);

        Assert.Equal([OrderStatus.New, OrderStatus.Expired], run.Reports.Select(report => report.Status));
    }

    [Fact]
    public async Task Rollovers_come_from_recorded_midnights()
    {
        string quotes = Quotes("quotes.csv", (0, "1.10000", "1.10010"), (3 * 86_400, "1.10000", "1.10010"));
        string orders = Orders(
            "'timestamp_us':{1},'type':'PlaceOrder','clientOrderId':'b','account':'strategy_provider:1','symbol':'EURUSD','side':'BUY','orderType':'MARKET','lots':'1'");

        ReplayRun run = await ReplayRun.RunAsync(SmallWorld(), [quotes], orders);

        Assert.Equal(3, run.Totals.Rollovers);
    }

    [Fact]
    public async Task Two_runs_of_a_violent_hour_end_in_the_same_state_and_balanced_books()
    {
        string gold = Repository.SharedData("quotes", "oanda_XAUUSD_20140502_tick.csv.gz");
        string euro = Repository.SharedData("quotes", "oanda_EURUSD_20140502_tick.csv.gz");
        string kiwi = Repository.SharedData("quotes", "oanda_NZDUSD_20140502_tick.csv.gz");
        string[] quotes = [.. new[] { euro, kiwi, gold }.Select(path => FirstRows(path, 40))];
        string orders = Repository.PathOf("docs", "examples", "replay-orders.jsonl");
        WorldDefinition world = WorldReader.Read(Repository.PathOf("docs", "examples", "replay-world.json"), new EngineLimits());

        ReplayRun first = await ReplayRun.RunAsync(world, quotes, orders);
        ReplayRun second = await ReplayRun.RunAsync(world, quotes, orders);

        Assert.Equal(first.State.Hash, second.State.Hash);
        Assert.Equal(first.State.Sequence, second.State.Sequence);
        Assert.Equal(WithoutElapsed(first.Summary), WithoutElapsed(second.Summary));
        Assert.True(first.State.IsBalanced);
        Assert.True(first.Totals.CopiesOpened > 10_000, first.Summary);
        Assert.True(first.Totals.CopiesSkipped.Sum > 0, first.Summary);
        Assert.True(first.Totals.Warnings > 0 && first.Totals.Liquidations > 0 && first.Totals.Cascades > 0, first.Summary);
    }

    private static WorldDefinition SmallWorld(int jumpLimitPercent = 0) => WorldText.Read(WorldText.Sound
        .Replace("..10000", "..3").Replace("\"execution\": \"quote\"", $"\"jumpLimitPercent\": {jumpLimitPercent}"));

    /// <summary>Every n-th row of a recorded day, so that the test takes seconds and still sees the whole day.</summary>
    private string FirstRows(string path, int every)
    {
        using var file = new CopyEngine.Host.Feeds.QuoteFile(path);
        var rows = new System.Text.StringBuilder("timestamp_us,symbol,bid,ask\n");
        for (int row = 0; file.MoveNext(); row++)
        {
            if (row % every == 0)
            {
                CopyEngine.Host.Feeds.RecordedQuote quote = file.Current;
                rows.Append($"{quote.Time},{quote.Symbol},{Numerics.Fixed8.ToText(quote.Bid)},{Numerics.Fixed8.ToText(quote.Ask)}\n");
            }
        }
        return _folder.Write(Path.GetFileNameWithoutExtension(path), rows.ToString());
    }

    private string Quotes(string name, params (int Seconds, string Bid, string Ask)[] rows) => _folder.Write(
        name, "timestamp_us,symbol,bid,ask\n" + string.Concat(rows.Select(row => $"{Start + row.Seconds * Second},EURUSD,{row.Bid},{row.Ask}\n")));

    /// <summary>Lines without their braces and with single quotes; <c>{n}</c> stands for n seconds after the start.</summary>
    private string Orders(params string[] lines) => _folder.Write("orders.jsonl", string.Concat(lines.Select(line =>
        "{" + System.Text.RegularExpressions.Regex.Replace(line.Replace('\'', '"'), @"\{(\d+)\}", match => $"{Start + int.Parse(match.Groups[1].Value) * Second}") + "}\n")));

    private static string WithoutElapsed(string summary) =>
        string.Join('\n', summary.Split('\n').Where(line => !line.StartsWith("elapsed", StringComparison.Ordinal)));
}
