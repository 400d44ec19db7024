using System.Buffers.Text;
using System.Globalization;
using System.Text;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Connection;

/// <summary>
/// Commands in the order in which they are to be executed, as raw argument bytes in one buffer that is used again and
/// again. Not yet the wire format, so that any client can send it.
/// </summary>
internal sealed class CommandBatch
{
    private byte[] _bytes = new byte[4_096];
    private int[] _argumentEnds = new int[512];
    private int[] _firstArguments = new int[128];
    private int _length;
    private int _argumentCount;

    /// <summary>Commands.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all arguments.</summary>
    public int Length => _length;

    /// <summary>Forgets everything, keeps the memory.</summary>
    public void Clear()
    {
        _length = 0;
        _argumentCount = 0;
        Count = 0;
    }

    /// <summary>Begins a command; arguments follow until the next one begins.</summary>
    public CommandBatch Command(ReadOnlySpan<byte> name)
    {
        if (Count == _firstArguments.Length)
        {
            Array.Resize(ref _firstArguments, Count * 2);
        }
        _firstArguments[Count++] = _argumentCount;
        return Add(name);
    }

    /// <summary>Adds a whole argument.</summary>
    public CommandBatch Add(ReadOnlySpan<byte> argument) => Write(argument).End();

    /// <summary>Adds a whole argument.</summary>
    public CommandBatch Add(string argument) => Write(argument).End();

    /// <summary>Adds an integer as an argument.</summary>
    public CommandBatch Add(long value) => Write(value).End();

    /// <summary>Adds a piece of an argument that <see cref="End"/> completes.</summary>
    public CommandBatch Write(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(Room(piece.Length));
        _length += piece.Length;
        return this;
    }

    /// <summary>Adds a piece of an argument that <see cref="End"/> completes.</summary>
    public CommandBatch Write(string piece)
    {
        _length += Encoding.UTF8.GetBytes(piece, Room(Encoding.UTF8.GetMaxByteCount(piece.Length)));
        return this;
    }

    /// <summary>Adds a piece of an argument that <see cref="End"/> completes.</summary>
    public CommandBatch Write(long piece)
    {
        if (!Utf8Formatter.TryFormat(piece, Room(20), out int written))
        {
            throw new InvalidOperationException("20 bytes hold every 64-bit number");
        }
        _length += written;
        return this;
    }

    /// <summary>Adds units of 10^-<paramref name="decimals"/> as a plain decimal.</summary>
    public CommandBatch WriteUnits(long units, int decimals)
    {
        if (!Fixed8.FormatUnits(units, decimals, Room(Fixed8.MaxLength + 2), out int written))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{units} does not fit into a decimal"));
        }
        _length += written;
        return this;
    }

    /// <summary>Adds 10^-8 units as the shortest plain decimal.</summary>
    public CommandBatch WriteShortest(long units)
    {
        if (!Fixed8.Format(units, Room(Fixed8.MaxLength + 2), out int written))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{units} does not fit into a decimal"));
        }
        _length += written;
        return this;
    }

    /// <summary>Completes an argument.</summary>
    public CommandBatch End()
    {
        if (_argumentCount == _argumentEnds.Length)
        {
            Array.Resize(ref _argumentEnds, _argumentCount * 2);
        }
        _argumentEnds[_argumentCount++] = _length;
        return this;
    }

    /// <summary>Arguments of a command, its name included.</summary>
    public int ArgumentCount(int command) => FirstArgument(command + 1) - _firstArguments[command];

    /// <summary>An argument of a command; 0 is its name.</summary>
    public ReadOnlySpan<byte> Argument(int command, int index)
    {
        int argument = _firstArguments[command] + index;
        int start = argument == 0 ? 0 : _argumentEnds[argument - 1];
        return _bytes.AsSpan(start, _argumentEnds[argument] - start);
    }

    /// <summary>True when the command's name is <paramref name="name"/>.</summary>
    public bool Is(int command, ReadOnlySpan<byte> name) => Argument(command, 0).SequenceEqual(name);

    /// <summary>A command as a person may read it: its name and first argument.</summary>
    public string Describe(int command) => ArgumentCount(command) > 1
        ? $"{Encoding.UTF8.GetString(Argument(command, 0))} {Encoding.UTF8.GetString(Argument(command, 1))}"
        : Encoding.UTF8.GetString(Argument(command, 0));

    private int FirstArgument(int command) => command == Count ? _argumentCount : _firstArguments[command];

    private Span<byte> Room(int length)
    {
        if (_bytes.Length - _length < length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + length));
        }
        return _bytes.AsSpan(_length);
    }
}
