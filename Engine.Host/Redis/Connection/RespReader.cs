using System.Buffers.Text;
using System.Text;

namespace CopyEngine.Host.Redis.Connection;

/// <summary>
/// Reads replies of the protocol RESP2 from a stream. Replies to writes are only counted and looked at for errors,
/// without taking memory; replies to reads become <see cref="RespReply"/>.
/// </summary>
internal sealed class RespReader(Stream stream)
{
    private const int DeepestNesting = 8;
    private byte[] _buffer = new byte[16_384];
    private int _start;
    private int _end;

    /// <summary>Reads past one reply and returns the first error in it, in arrays too, or null.</summary>
    public string? SkipReply(int depth = 0)
    {
        ReadOnlySpan<byte> line = ReadLine();
        ReadOnlySpan<byte> rest = line[1..];
        switch (line[0])
        {
            case (byte)'-':
                return Encoding.UTF8.GetString(rest);
            case (byte)'$':
                SkipBytes(ParseLength(rest));
                return null;
            case (byte)'*':
                return SkipItems(ParseLength(rest), depth);
            case (byte)'+' or (byte)':':
                return null;
            default:
                throw Unexpected(line);
        }
    }

    /// <summary>Reads one reply.</summary>
    public RespReply ReadReply(int depth = 0)
    {
        ReadOnlySpan<byte> line = ReadLine();
        ReadOnlySpan<byte> rest = line[1..];
        return line[0] switch
        {
            (byte)'-' => new RespReply { Error = Encoding.UTF8.GetString(rest) },
            (byte)'+' => new RespReply { Bytes = rest.ToArray() },
            (byte)':' => new RespReply { Integer = ParseLength(rest) },
            (byte)'$' => ReadBytes(ParseLength(rest)),
            (byte)'*' => ReadItems(ParseLength(rest), depth),
            _ => throw Unexpected(line),
        };
    }

    private string? SkipItems(long count, int depth)
    {
        // A transaction that was not executed answers with a null array.
        if (count < 0)
        {
            return "EXECABORT transaction was not executed";
        }
        string? first = null;
        for (long i = 0; i < count; i++)
        {
            string? error = SkipReply(Deeper(depth));
            first ??= error;
        }
        return first;
    }

    private RespReply ReadItems(long count, int depth)
    {
        if (count < 0)
        {
            return RespReply.Nothing;
        }
        // The count is the server's word; memory is taken as the items really come.
        var items = new List<RespReply>((int)Math.Min(count, 1_024));
        for (long i = 0; i < count; i++)
        {
            items.Add(ReadReply(Deeper(depth)));
        }
        return new RespReply { Items = [.. items] };
    }

    private RespReply ReadBytes(long length)
    {
        if (length < 0)
        {
            return RespReply.Nothing;
        }
        Ensure(checked((int)length + 2));
        byte[] bytes = _buffer.AsSpan(_start, (int)length).ToArray();
        _start += (int)length + 2;
        return new RespReply { Bytes = bytes };
    }

    private void SkipBytes(long length)
    {
        long left = length < 0 ? 0 : length + 2;
        while (left > 0)
        {
            if (_start == _end)
            {
                Fill();
            }
            int taken = (int)Math.Min(left, _end - _start);
            _start += taken;
            left -= taken;
        }
    }

    /// <summary>A line without its end; valid until the next read.</summary>
    private ReadOnlySpan<byte> ReadLine()
    {
        int searched = 0;
        while (true)
        {
            int newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                int length = searched + newline;
                ReadOnlySpan<byte> line = _buffer.AsSpan(_start, length).TrimEnd((byte)'\r');
                _start += length + 1;
                return line.IsEmpty ? throw Unexpected(line) : line;
            }
            searched = _end - _start;
            Fill();
        }
    }

    private void Ensure(int length)
    {
        while (_end - _start < length)
        {
            Fill();
        }
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        if (read == 0)
        {
            throw new RedisConnectionException("Redis closed the connection");
        }
        _end += read;
    }

    private static int Deeper(int depth) =>
        depth < DeepestNesting ? depth + 1 : throw new RedisConnectionException("Redis answered arrays nested too deep");

    private static long ParseLength(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length ? value : throw Unexpected(text);

    private static RedisConnectionException Unexpected(ReadOnlySpan<byte> line) =>
        new($"'{Encoding.UTF8.GetString(line[..Math.Min(line.Length, 40)])}' is not a reply of Redis; is the port really a Redis server's?");
}
