using System.Buffers;
using System.Buffers.Binary;
using CopyEngine.Protocol.MessagePack;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol;

/// <summary>Writes messages as frames: the length, then one array of type, sequence number and fields.</summary>
internal static class FrameWriter
{
    /// <summary>Enough for all but messages with long texts or lists.</summary>
    private const int UsualBytes = 768;

    /// <summary>Writes a frame into <paramref name="destination"/>; false, and nothing that counts, if it does not fit.</summary>
    public static bool TryWrite<TMessage>(Span<byte> destination, long sequence, scoped in TMessage message, out int written)
        where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        written = 0;
        if (destination.Length < FrameReader.HeaderBytes)
            return false;
        var writer = new MessagePackWriter(destination[FrameReader.HeaderBytes..]);
        writer.WriteArrayHeader(2 + TMessage.FieldCount);
        writer.WriteInt64((int)TMessage.Type);
        writer.WriteInt64(sequence);
        var fields = new FieldWriter(writer);
        message.Write(ref fields);
        if (fields.Overflowed || fields.Written > FrameReader.MaximumFrameBytes)
            return false;
        BinaryPrimitives.WriteInt32BigEndian(destination, fields.Written);
        written = FrameReader.HeaderBytes + fields.Written;
        return true;
    }

    /// <summary>Writes a frame and advances the output.</summary>
    /// <exception cref="InvalidOperationException">The message is longer than a frame may be.</exception>
    public static void Write<TMessage>(IBufferWriter<byte> output, long sequence, scoped in TMessage message)
        where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        if (!TryWrite(output.GetSpan(UsualBytes), sequence, message, out var written)
            && !TryWrite(output.GetSpan(FrameReader.HeaderBytes + FrameReader.MaximumFrameBytes), sequence, message, out written))
            throw new InvalidOperationException($"a {TMessage.Type} does not fit into a frame of {FrameReader.MaximumFrameBytes} bytes");
        output.Advance(written);
    }
}
