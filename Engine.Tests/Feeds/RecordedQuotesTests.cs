using CopyEngine.Host;
using CopyEngine.Host.Feeds;
using CopyEngine.Tests.Host;
using Xunit;

namespace CopyEngine.Tests.Feeds;

public sealed class RecordedQuotesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_are_merged_by_time_and_ties_keep_the_order_of_the_files()
    {
        string first = Write("first.csv", (10, "A"), (20, "A"), (20, "B"), (40, "A"));
        string second = Write("second.csv", (5, "X"), (20, "X"), (30, "X"));

        Assert.Equal(["5 X", "10 A", "20 A", "20 B", "20 X", "30 X", "40 A"], Merge(first, second));
        Assert.Equal(["5 X", "10 A", "20 X", "20 A", "20 B", "30 X", "40 A"], Merge(second, first));
    }

    [Fact]
    public void Row_that_goes_back_in_time_keeps_its_place_in_its_file()
    {
        string first = Write("first.csv", (10, "A"), (30, "A"), (20, "A"), (40, "A"));
        string second = Write("second.csv", (25, "X"), (35, "X"));

        Assert.Equal(["10 A", "25 X", "30 A", "20 A", "35 X", "40 A"], Merge(first, second));
    }

    [Fact]
    public void Check_finds_the_first_time_and_a_fault_anywhere()
    {
        string good = Write("good.csv", (1_000, "A"), (2_000, "A"));
        string earlier = Write("earlier.csv", (500, "A"));
        string bad = _folder.Write("bad.csv", "timestamp_us,symbol,bid,ask\n1,A,1,1\n2,A,1,x\n");

        Assert.Equal(500, RecordedQuotes.Check([good, earlier]));
        Assert.Contains("bad.csv: line 3: ", Assert.Throws<HostException>(() => RecordedQuotes.Check([good, bad])).Message);
        Assert.Null(RecordedQuotes.Check([]));
    }

    [Fact]
    public void Recorded_day_of_a_broker_is_read_to_its_last_row()
    {
        string path = Repository.SharedData("quotes", "oanda_EURUSD_20140502_tick.csv.gz");

        using var quotes = new RecordedQuotes([path]);
        int rows = 0;
        long last = 0;
        while (quotes.NextTime is not null)
        {
            last = quotes.Take().Time;
            rows++;
        }

        Assert.Equal(49_341, rows);
        Assert.Equal(new DateTime(2014, 5, 2, 20, 59, 58), DateTime.UnixEpoch.AddSeconds(last / 1_000_000));
    }

    private string Write(string name, params (long Time, string Symbol)[] rows) => _folder.Write(
        name, "timestamp_us,symbol,bid,ask\n" + string.Concat(rows.Select(row => $"{row.Time},{row.Symbol},1.1,1.2\n")));

    private static List<string> Merge(params string[] paths)
    {
        using var quotes = new RecordedQuotes(paths);
        var merged = new List<string>();
        while (quotes.NextTime is not null)
        {
            RecordedQuote quote = quotes.Take();
            merged.Add($"{quote.Time} {quote.Symbol}");
        }
        return merged;
    }
}
