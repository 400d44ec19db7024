using System.Buffers.Binary;

namespace CopyEngine.Protocol.MessagePack;

/// <summary>
/// Writes MessagePack values into a span, each in its shortest form, without allocating. A value that does not fit sets
/// <see cref="Overflowed"/>; from then on nothing more is written, so that callers check once, at the end.
/// </summary>
internal ref struct MessagePackWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;
    private int _written;

    public readonly int Written => _written;

    public bool Overflowed { get; private set; }

    public void WriteNil() => WriteByte(MessagePackCode.Nil);

    public void WriteBoolean(bool value) => WriteByte(value ? MessagePackCode.True : MessagePackCode.False);

    public void WriteInt64(long value)
    {
        if (value >= 0)
            WriteUInt64((ulong)value);
        else if (value >= -32)
            WriteByte(unchecked((byte)value));
        else
            WriteNegative(value);
    }

    public void WriteUInt64(ulong value)
    {
        switch (value)
        {
            case <= MessagePackCode.PositiveFixIntMax: WriteByte((byte)value); break;
            case <= byte.MaxValue: WriteHeader8(MessagePackCode.UInt8, (byte)value); break;
            case <= ushort.MaxValue: WriteHeader16(MessagePackCode.UInt16, (ushort)value); break;
            case <= uint.MaxValue: WriteHeader32(MessagePackCode.UInt32, (uint)value); break;
            default: WriteHeader64(MessagePackCode.UInt64, value); break;
        }
    }

    public void WriteFloat32(float value) => WriteHeader32(MessagePackCode.Float32, BitConverter.SingleToUInt32Bits(value));

    public void WriteFloat64(double value) => WriteHeader64(MessagePackCode.Float64, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a str; that its bytes are valid UTF-8 is the caller's word.</summary>
    public void WriteString(scoped ReadOnlySpan<byte> utf8)
    {
        switch (utf8.Length)
        {
            case < 32: WriteByte((byte)(MessagePackCode.FixStr | utf8.Length)); break;
            case <= byte.MaxValue: WriteHeader8(MessagePackCode.Str8, (byte)utf8.Length); break;
            case <= ushort.MaxValue: WriteHeader16(MessagePackCode.Str16, (ushort)utf8.Length); break;
            default: WriteHeader32(MessagePackCode.Str32, (uint)utf8.Length); break;
        }
        WriteRaw(utf8);
    }

    public void WriteBinary(scoped ReadOnlySpan<byte> bytes)
    {
        switch (bytes.Length)
        {
            case <= byte.MaxValue: WriteHeader8(MessagePackCode.Bin8, (byte)bytes.Length); break;
            case <= ushort.MaxValue: WriteHeader16(MessagePackCode.Bin16, (ushort)bytes.Length); break;
            default: WriteHeader32(MessagePackCode.Bin32, (uint)bytes.Length); break;
        }
        WriteRaw(bytes);
    }

    public void WriteArrayHeader(int count)
    {
        switch (count)
        {
            case < 16: WriteByte((byte)(MessagePackCode.FixArray | count)); break;
            case <= ushort.MaxValue: WriteHeader16(MessagePackCode.Array16, (ushort)count); break;
            default: WriteHeader32(MessagePackCode.Array32, (uint)count); break;
        }
    }

    public void WriteMapHeader(int count)
    {
        switch (count)
        {
            case < 16: WriteByte((byte)(MessagePackCode.FixMap | count)); break;
            case <= ushort.MaxValue: WriteHeader16(MessagePackCode.Map16, (ushort)count); break;
            default: WriteHeader32(MessagePackCode.Map32, (uint)count); break;
        }
    }

    private void WriteNegative(long value)
    {
        switch (value)
        {
            case >= sbyte.MinValue: WriteHeader8(MessagePackCode.Int8, unchecked((byte)value)); break;
            case >= short.MinValue: WriteHeader16(MessagePackCode.Int16, unchecked((ushort)value)); break;
            case >= int.MinValue: WriteHeader32(MessagePackCode.Int32, unchecked((uint)value)); break;
            default: WriteHeader64(MessagePackCode.Int64, unchecked((ulong)value)); break;
        }
    }

    private void WriteByte(byte value)
    {
        if (TryReserve(1, out var space))
            space[0] = value;
    }

    private void WriteHeader8(byte code, byte value)
    {
        if (!TryReserve(2, out var space))
            return;
        space[0] = code;
        space[1] = value;
    }

    private void WriteHeader16(byte code, ushort value)
    {
        if (!TryReserve(3, out var space))
            return;
        space[0] = code;
        BinaryPrimitives.WriteUInt16BigEndian(space[1..], value);
    }

    private void WriteHeader32(byte code, uint value)
    {
        if (!TryReserve(5, out var space))
            return;
        space[0] = code;
        BinaryPrimitives.WriteUInt32BigEndian(space[1..], value);
    }

    private void WriteHeader64(byte code, ulong value)
    {
        if (!TryReserve(9, out var space))
            return;
        space[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(space[1..], value);
    }

    private void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        if (TryReserve(bytes.Length, out var space))
            bytes.CopyTo(space);
    }

    private bool TryReserve(int length, out Span<byte> space)
    {
        Overflowed |= length > _destination.Length - _written;
        if (Overflowed)
        {
            space = default;
            return false;
        }
        space = _destination.Slice(_written, length);
        _written += length;
        return true;
    }
}
