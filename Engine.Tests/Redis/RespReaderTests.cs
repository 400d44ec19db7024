using System.Text;
using CopyEngine.Host.Redis.Connection;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>Replies of the server, in pieces of any size.</summary>
public sealed class RespReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1_000)]
    public void Replies_are_read_whatever_the_pieces_they_come_in(int piece)
    {
        RespReader reader = ReaderOf("+OK\r\n:-42\r\n$5\r\na\r\nbc\r\n$-1\r\n*2\r\n$1\r\nx\r\n*1\r\n:7\r\n-ERR no\r\n", piece);

        Assert.Equal("OK", reader.ReadReply().Text);
        Assert.Equal(-42, reader.ReadReply().Integer);
        Assert.Equal("a\r\nbc", reader.ReadReply().Text);
        Assert.Null(reader.ReadReply().Bytes);
        RespReply array = reader.ReadReply();
        Assert.Equal("x", array.Items![0].Text);
        Assert.Equal(7, array.Items[1].Items![0].Integer);
        Assert.Equal("ERR no", reader.ReadReply().Error);
    }

    [Fact]
    public void An_error_inside_a_transaction_is_an_error_and_the_next_reply_is_found()
    {
        RespReader reader = ReaderOf("*3\r\n:1\r\n-WRONGTYPE of key\r\n$3\r\nabc\r\n+OK\r\n*-1\r\n", 1_000);

        Assert.Equal("WRONGTYPE of key", reader.SkipReply());
        Assert.Null(reader.SkipReply());
        Assert.StartsWith("EXECABORT", reader.SkipReply());
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("\r\n")]
    [InlineData("$x\r\n")]
    [InlineData("+never ends")]
    public void What_is_no_reply_ends_the_connection(string text) =>
        Assert.Throws<RedisConnectionException>(() => ReaderOf(text, 1_000).ReadReply());

    [Fact]
    public void Arrays_nested_without_end_are_refused() =>
        Assert.Throws<RedisConnectionException>(() => ReaderOf(string.Concat(Enumerable.Repeat("*1\r\n", 100)), 1_000).ReadReply());

    private static RespReader ReaderOf(string text, int piece) => new(new PiecewiseStream(Encoding.UTF8.GetBytes(text), piece));

    private sealed class PiecewiseStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));
    }
}
