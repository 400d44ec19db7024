using CopyEngine.Host;
using CopyEngine.Host.Feeds;
using CopyEngine.Numerics;
using CopyEngine.Tests.Host;
using Xunit;

namespace CopyEngine.Tests.Feeds;

public sealed class QuoteFileTests : IDisposable
{
    private const string Header = "timestamp_us,symbol,bid,ask\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rows_are_read_exactly_plain_or_gzipped()
    {
        const string Content = Header + "1400000000000000,EURUSD,1.08345,1.08353\n1400000000000001,XAUUSD,2350.1,2350.28\n";
        RecordedQuote[] expected =
        [
            new(1_400_000_000_000_000, "EURUSD", 108_345_000, 108_353_000),
            new(1_400_000_000_000_001, "XAUUSD", 235_010_000_000, 235_028_000_000),
        ];

        Assert.Equal(expected, Read(_folder.Write("quotes.csv", Content)));
        Assert.Equal(expected, Read(_folder.WriteGzip("quotes.csv.gz", Content)));
        Assert.Equal(expected, Read(_folder.Write("windows.csv", "\uFEFF" + Content.Replace("\n", "\r\n").TrimEnd())));
    }

    [Theory]
    [InlineData("0,EURUSD,1.1,1.2", "timestamp_us '0'")]
    [InlineData("-5,EURUSD,1.1,1.2", "timestamp_us '-5'")]
    [InlineData("2014-05-02,EURUSD,1.1,1.2", "timestamp_us '2014-05-02'")]
    [InlineData("1400000000000000000,EURUSD,1.1,1.2", "not a time in microseconds")]
    [InlineData("1400000000000000.5,EURUSD,1.1,1.2", "not a time in microseconds")]
    [InlineData("1400000000000000,EURUSD,1.1", "four columns")]
    [InlineData("1400000000000000,EURUSD,1.1,1.2,7", "four columns")]
    [InlineData("1400000000000000,,1.1,1.2", "symbol ''")]
    [InlineData("1400000000000000,ASYMBOLTHATISTOOLONG,1.1,1.2", "1 to 16 printable")]
    [InlineData("1400000000000000,EURUSD,,1.2", "bid '' is not a plain decimal")]
    [InlineData("1400000000000000,EURUSD,1.1,NaN", "ask 'NaN' is not a plain decimal")]
    [InlineData("1400000000000000,EURUSD,inf,1.2", "bid 'inf'")]
    [InlineData("1400000000000000,EURUSD,1.1e0,1.2", "bid '1.1e0'")]
    [InlineData("1400000000000000,EURUSD,+1.1,1.2", "bid '+1.1'")]
    [InlineData("1400000000000000,EURUSD, 1.1,1.2", "bid ' 1.1'")]
    [InlineData("", "four columns")]
    public void Malformed_row_stops_with_file_line_and_reason(string row, string words)
    {
        string path = _folder.Write("bad.csv", Header + "1400000000000000,EURUSD,1.1,1.2\n" + row + "\n1400000000000001,EURUSD,1.1,1.2\n");

        HostException fault = Assert.Throws<HostException>(() => Read(path));

        Assert.Equal(ExitCode.WrongUsage, fault.ExitCode);
        Assert.StartsWith($"{path}: line 3: ", fault.Message);
        Assert.Contains(words, fault.Message);
    }

    [Theory]
    [InlineData("1400000000000000,EURUSD,1.2,1.1", 120_000_000, 110_000_000)]
    [InlineData("1400000000000000,EURUSD,0,-1.1", 0, -110_000_000)]
    [InlineData("1400000000000000,EURUSD,1.123456789,99999999999999", Fixed8.Unrepresentable, Fixed8.Unrepresentable)]
    public void Senseless_price_is_left_to_the_engine_to_refuse_and_count(string row, long bid, long ask)
    {
        RecordedQuote quote = Assert.Single(Read(_folder.Write("odd.csv", Header + row)));

        Assert.Equal((bid, ask), (quote.Bid, quote.Ask));
    }

    [Theory]
    [InlineData("")]
    [InlineData("time,symbol,bid,ask\n1400000000000000,EURUSD,1.1,1.2\n")]
    [InlineData("1400000000000000,EURUSD,1.1,1.2\n")]
    public void File_without_its_header_is_refused(string content)
    {
        HostException fault = Assert.Throws<HostException>(() => Read(_folder.Write("bad.csv", content)));

        Assert.Contains("the first line must be 'timestamp_us,symbol,bid,ask'", fault.Message);
    }

    [Fact]
    public void Torn_gzip_file_says_after_which_line()
    {
        string rows = string.Concat(Enumerable.Range(0, 20_000).Select(row => $"{1_400_000_000_000_000 + row * 7919 % 1000},EURUSD,1.{row * 31 % 100_000:D5},1.9\n"));
        string path = _folder.WriteGzip("torn.csv.gz", Header + rows);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length / 2)]);

        HostException fault = Assert.Throws<HostException>(() => Read(path));

        Assert.Matches(@"torn\.csv\.gz: (after )?line \d+: ", fault.Message);
    }

    [Fact]
    public void Missing_file_and_directory_are_input_that_failed()
    {
        Assert.Equal(ExitCode.InputOutputFailed, Assert.Throws<HostException>(() => Read("/nowhere/quotes.csv")).ExitCode);
        Assert.Equal(ExitCode.InputOutputFailed, Assert.Throws<HostException>(() => Read(_folder.Path)).ExitCode);
    }

    [Fact]
    public void Line_without_end_does_not_fill_the_memory()
    {
        string path = _folder.Write("binary.csv", Header + new string('7', LineReader.MaxLineLength * 3));

        HostException fault = Assert.Throws<HostException>(() => Read(path));

        Assert.Contains("line 2: longer than", fault.Message);
    }

    private static RecordedQuote[] Read(string path)
    {
        using var file = new QuoteFile(path);
        var quotes = new List<RecordedQuote>();
        while (file.MoveNext())
        {
            quotes.Add(file.Current);
        }
        return [.. quotes];
    }
}
