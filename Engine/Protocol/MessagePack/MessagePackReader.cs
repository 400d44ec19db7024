using System.Buffers.Binary;
using System.Text.Unicode;

namespace CopyEngine.Protocol.MessagePack;

/// <summary>
/// Reads MessagePack values from a span that somebody else may have forged. Nothing is thrown and nothing is allocated:
/// every method answers with a status, and one that fails leaves the reader where it was. A length is compared with the
/// bytes that are left before it is used, and nesting costs no stack.
/// </summary>
internal ref partial struct MessagePackReader(ReadOnlySpan<byte> source)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private int _position;

    public readonly int Position => _position;

    public readonly int Remaining => _source.Length - _position;

    public readonly MessagePackKind NextKind =>
        _position < _source.Length ? MessagePackCode.KindOf(_source[_position]) : MessagePackKind.None;

    /// <summary>Takes a nil, if one is next.</summary>
    public bool TryReadNil()
    {
        if (NextKind != MessagePackKind.Nil)
            return false;
        _position++;
        return true;
    }

    public MessagePackStatus ReadBoolean(out bool value)
    {
        value = default;
        if (Refuses(MessagePackKind.Boolean, 1, out var status))
            return status;
        value = _source[_position++] == MessagePackCode.True;
        return MessagePackStatus.Ok;
    }

    /// <summary>Reads an integer of any width, if it fits a long.</summary>
    public MessagePackStatus ReadInt64(out long value)
    {
        value = default;
        var status = PeekInteger(out var bits, out var negative, out var length);
        if (status != MessagePackStatus.Ok)
            return status;
        if (!negative && bits > long.MaxValue)
            return MessagePackStatus.OutOfRange;
        value = unchecked((long)bits);
        _position += length;
        return MessagePackStatus.Ok;
    }

    /// <summary>Reads an integer of any width, if it is not negative.</summary>
    public MessagePackStatus ReadUInt64(out ulong value)
    {
        value = default;
        var status = PeekInteger(out var bits, out var negative, out var length);
        if (status != MessagePackStatus.Ok)
            return status;
        if (negative)
            return MessagePackStatus.OutOfRange;
        value = bits;
        _position += length;
        return MessagePackStatus.Ok;
    }

    public MessagePackStatus ReadFloat32(out float value)
    {
        value = default;
        if (Refuses(MessagePackKind.Float32, 5, out var status))
            return status;
        value = BinaryPrimitives.ReadSingleBigEndian(_source[(_position + 1)..]);
        _position += 5;
        return MessagePackStatus.Ok;
    }

    public MessagePackStatus ReadFloat64(out double value)
    {
        value = default;
        if (Refuses(MessagePackKind.Float64, 9, out var status))
            return status;
        value = BinaryPrimitives.ReadDoubleBigEndian(_source[(_position + 1)..]);
        _position += 9;
        return MessagePackStatus.Ok;
    }

    /// <summary>Reads a str; bytes that are not UTF-8 are <see cref="MessagePackStatus.InvalidUtf8"/>.</summary>
    public MessagePackStatus ReadString(out ReadOnlySpan<byte> utf8)
    {
        var start = _position;
        var status = ReadBytes(MessagePackKind.String, out utf8);
        if (status != MessagePackStatus.Ok || Utf8.IsValid(utf8))
            return status;
        _position = start;
        utf8 = default;
        return MessagePackStatus.InvalidUtf8;
    }

    public MessagePackStatus ReadBinary(out ReadOnlySpan<byte> bytes) => ReadBytes(MessagePackKind.Binary, out bytes);

    /// <summary>Reads the header of an array; as many values follow, each of at least one byte, so the count is bounded by them.</summary>
    public MessagePackStatus ReadArrayHeader(out int count) => ReadContainerHeader(MessagePackKind.Array, 1, out count);

    /// <summary>Reads the header of a map; as many pairs of key and value follow.</summary>
    public MessagePackStatus ReadMapHeader(out int count) => ReadContainerHeader(MessagePackKind.Map, 2, out count);

    private readonly MessagePackStatus PeekInteger(out ulong bits, out bool negative, out int length)
    {
        bits = 0;
        negative = false;
        length = 0;
        if (Refuses(MessagePackKind.Integer, 1, out var status))
            return status;
        var code = _source[_position];
        length = 1 + ScalarWidth(code);
        if (length > Remaining)
            return MessagePackStatus.Incomplete;
        var signed = ReadSigned(code, _source.Slice(_position + 1, length - 1));
        bits = unchecked((ulong)signed);
        negative = signed < 0 && code != MessagePackCode.UInt64;
        return MessagePackStatus.Ok;
    }

    private static long ReadSigned(byte code, ReadOnlySpan<byte> bytes) => code switch
    {
        MessagePackCode.UInt8 => bytes[0],
        MessagePackCode.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        MessagePackCode.UInt32 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        MessagePackCode.Int8 => unchecked((sbyte)bytes[0]),
        MessagePackCode.Int16 => BinaryPrimitives.ReadInt16BigEndian(bytes),
        MessagePackCode.Int32 => BinaryPrimitives.ReadInt32BigEndian(bytes),
        MessagePackCode.UInt64 or MessagePackCode.Int64 => BinaryPrimitives.ReadInt64BigEndian(bytes),
        _ => unchecked((sbyte)code),
    };

    private static int ScalarWidth(byte code) => code switch
    {
        MessagePackCode.UInt8 or MessagePackCode.Int8 => 1,
        MessagePackCode.UInt16 or MessagePackCode.Int16 => 2,
        MessagePackCode.UInt32 or MessagePackCode.Int32 or MessagePackCode.Float32 => 4,
        MessagePackCode.UInt64 or MessagePackCode.Int64 or MessagePackCode.Float64 => 8,
        _ => 0,
    };

    private MessagePackStatus ReadBytes(MessagePackKind kind, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (Refuses(kind, 1, out var status))
            return status;
        if (!TryReadAnnounced(kind, out var header, out var length) || length > Remaining - header)
            return MessagePackStatus.Incomplete;
        bytes = _source.Slice(_position + header, (int)length);
        _position += header + (int)length;
        return MessagePackStatus.Ok;
    }

    private MessagePackStatus ReadContainerHeader(MessagePackKind kind, int valuesEach, out int count)
    {
        count = 0;
        if (Refuses(kind, 1, out var status))
            return status;
        if (!TryReadAnnounced(kind, out var header, out var announced) || announced * valuesEach > Remaining - header)
            return MessagePackStatus.Incomplete;
        count = (int)announced;
        _position += header;
        return MessagePackStatus.Ok;
    }

    /// <summary>The length or count in the header of the next value, which is of <paramref name="kind"/>.</summary>
    private readonly bool TryReadAnnounced(MessagePackKind kind, out int header, out long announced)
    {
        var code = _source[_position];
        header = 1;
        announced = 0;
        switch (kind)
        {
            case MessagePackKind.String when code < MessagePackCode.Nil:
                announced = code & 0x1f;
                return true;
            case MessagePackKind.Array or MessagePackKind.Map when code < MessagePackCode.FixStr:
                announced = code & 0x0f;
                return true;
            case MessagePackKind.String:
                return TryReadLength(code - MessagePackCode.Str8, out header, out announced);
            case MessagePackKind.Binary:
                return TryReadLength(code - MessagePackCode.Bin8, out header, out announced);
            case MessagePackKind.Array:
                return TryReadLength(code - MessagePackCode.Array16 + 1, out header, out announced);
            default:
                return TryReadLength(code - MessagePackCode.Map16 + 1, out header, out announced);
        }
    }

    /// <summary>A length of 1, 2 or 4 bytes after the code, for the exponents 0, 1 and 2.</summary>
    private readonly bool TryReadLength(int widthExponent, out int header, out long length)
    {
        var width = 1 << widthExponent;
        header = 1 + width;
        length = 0;
        if (Remaining < header)
            return false;
        foreach (var digit in _source.Slice(_position + 1, width))
            length = (length << 8) | digit;
        return true;
    }

    private readonly bool Refuses(MessagePackKind kind, int length, out MessagePackStatus status)
    {
        var next = NextKind;
        status = next == MessagePackKind.None ? MessagePackStatus.Incomplete
            : next != kind ? MessagePackStatus.WrongType
            : Remaining < length ? MessagePackStatus.Incomplete
            : MessagePackStatus.Ok;
        return status != MessagePackStatus.Ok;
    }
}
