using System.Buffers.Binary;
using CopyEngine.Protocol;
using CopyEngine.Protocol.MessagePack;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>
/// A message encoded once for several clients. Only the sequence number in the middle differs from one to the next; what
/// stands before and behind it is copied.
/// </summary>
internal sealed class EncodedFrame
{
    private const int LongestSequence = 9;

    private byte[] _bytes = new byte[1_024];
    private int _sequenceAt;
    private int _bodyAt;
    private int _end;

    /// <summary>Bytes that <see cref="Write"/> needs at most.</summary>
    public int MaximumLength => _end + LongestSequence;

    /// <summary>The message to write.</summary>
    public void Set<TMessage>(scoped in TMessage message) where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        while (!FrameWriter.TryWrite(_bytes, 1, message, out _end))
        {
            _bytes = new byte[2 * _bytes.Length];
        }
        var reader = new MessagePackReader(_bytes.AsSpan(FrameReader.HeaderBytes, _end - FrameReader.HeaderBytes));
        reader.ReadArrayHeader(out _);
        reader.ReadInt64(out _);
        _sequenceAt = FrameReader.HeaderBytes + reader.Position;
        reader.ReadInt64(out _);
        _bodyAt = FrameReader.HeaderBytes + reader.Position;
    }

    /// <summary>Writes the whole frame under a client's next number.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, long sequence)
    {
        _bytes.AsSpan(FrameReader.HeaderBytes, _sequenceAt - FrameReader.HeaderBytes).CopyTo(destination[FrameReader.HeaderBytes..]);
        var writer = new MessagePackWriter(destination[_sequenceAt..]);
        writer.WriteInt64(sequence);
        int bodyAt = _sequenceAt + writer.Written;
        _bytes.AsSpan(_bodyAt, _end - _bodyAt).CopyTo(destination[bodyAt..]);
        int length = bodyAt + _end - _bodyAt;
        BinaryPrimitives.WriteInt32BigEndian(destination, length - FrameReader.HeaderBytes);
        return length;
    }
}
