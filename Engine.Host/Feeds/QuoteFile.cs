using System.Buffers.Text;
using System.Text;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Feeds;

/// <summary>A recorded price.</summary>
/// <param name="Time">Microseconds since the Unix epoch, as recorded.</param>
/// <param name="Symbol">Symbol as written.</param>
/// <param name="Bid">Bid in 10^-8, or <see cref="Fixed8.Unrepresentable"/>.</param>
/// <param name="Ask">Ask in 10^-8, or <see cref="Fixed8.Unrepresentable"/>.</param>
internal readonly record struct RecordedQuote(long Time, string Symbol, long Bid, long Ask);

/// <summary>
/// Recorded prices of one file, row by row: <c>timestamp_us,symbol,bid,ask</c>. A row that is not of this form stops the
/// reading; a price that is well written but makes no sense (crossed, zero, negative) is passed on, because refusing and
/// counting it is the engine's business.
/// </summary>
internal sealed class QuoteFile : IDisposable
{
    private const string Header = "timestamp_us,symbol,bid,ask";

    /// <summary>31 December 9999, so that a time in nanoseconds is recognized as a mistake.</summary>
    private const long LastTime = 253_402_300_799_999_999;

    private readonly LineReader _lines;
    private readonly List<(byte[] Bytes, string Text)> _symbols = [];

    public QuoteFile(string path)
    {
        _lines = new LineReader(path);
        if (!_lines.TryRead(out ReadOnlySpan<byte> header) || !header.SequenceEqual("timestamp_us,symbol,bid,ask"u8))
        {
            throw _lines.Fault($"the first line must be '{Header}'");
        }
    }

    /// <summary>The row that <see cref="MoveNext"/> has read.</summary>
    public RecordedQuote Current { get; private set; }

    /// <summary>Reads the next row.</summary>
    /// <exception cref="HostException">The row is malformed, or the file cannot be read.</exception>
    public bool MoveNext()
    {
        if (!_lines.TryRead(out ReadOnlySpan<byte> line))
        {
            return false;
        }
        Current = Parse(line);
        return true;
    }

    public void Dispose() => _lines.Dispose();

    private RecordedQuote Parse(ReadOnlySpan<byte> line)
    {
        Span<Range> columns = stackalloc Range[5];
        if (Split(line, columns) != 4)
        {
            throw _lines.Fault($"'{Shown(line)}' does not have the four columns {Header}");
        }
        ReadOnlySpan<byte> timestamp = line[columns[0]];
        if (!Utf8Parser.TryParse(timestamp, out long time, out int consumed) || consumed != timestamp.Length || time is <= 0 or > LastTime)
        {
            throw _lines.Fault($"timestamp_us '{Shown(timestamp)}' is not a time in microseconds since 1970-01-01 UTC");
        }
        return new RecordedQuote(time, Symbol(line[columns[1]]), Price("bid", line[columns[2]]), Price("ask", line[columns[3]]));
    }

    private static int Split(ReadOnlySpan<byte> line, Span<Range> columns)
    {
        int count = 0;
        foreach (Range column in line.Split((byte)','))
        {
            if (count == columns.Length)
            {
                break;
            }
            columns[count++] = column;
        }
        return count;
    }

    private long Price(string name, ReadOnlySpan<byte> text)
    {
        // A price beyond what can be held travels on as unrepresentable; the engine refuses and counts it.
        return Fixed8.TryParse(text, out long units) != Fixed8Outcome.Malformed
            ? units
            : throw _lines.Fault($"{name} '{Shown(text)}' is not a plain decimal number");
    }

    /// <summary>Few symbols stand in one file, most often one: the same string each time.</summary>
    private string Symbol(ReadOnlySpan<byte> bytes)
    {
        foreach ((byte[] known, string text) in _symbols)
        {
            if (bytes.SequenceEqual(known))
            {
                return text;
            }
        }
        if (!AsciiText.IsValid(bytes, Numerics.Symbol.Length))
        {
            throw _lines.Fault($"symbol '{Shown(bytes)}' is not 1 to {Numerics.Symbol.Length} printable ASCII characters");
        }
        string added = Encoding.ASCII.GetString(bytes);
        _symbols.Add((bytes.ToArray(), added));
        return added;
    }

    private static string Shown(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text.Length > 80 ? text[..80] : text);
}
