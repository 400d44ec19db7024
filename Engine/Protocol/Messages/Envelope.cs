using CopyEngine.Protocol.MessagePack;

namespace CopyEngine.Protocol.Messages;

/// <summary>A frame whose type and sequence number have been read, and whose fields have not.</summary>
internal ref struct Envelope
{
    private FieldReader _fields;

    /// <summary>The message's number, which need not be one that is known.</summary>
    public MessageType Type { get; private set; }

    /// <summary>The sender's sequence number, at least 1; 0 if it could not be read.</summary>
    public long Sequence { get; private set; }

    /// <summary>Opens a frame; what is no array of at least a type and a positive sequence number is a failure.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> frame, out Envelope envelope, out DecodeFailure failure)
    {
        envelope = default;
        failure = new DecodeFailure(DecodeFault.NotAMessage, "frame");
        var reader = new MessagePackReader(frame);
        var status = reader.ReadArrayHeader(out var count);
        if (status == MessagePackStatus.Incomplete)
            failure = new DecodeFailure(DecodeFault.Incomplete, "frame");
        if (status != MessagePackStatus.Ok || count < 2)
            return false;
        if (reader.ReadInt64(out var type) != MessagePackStatus.Ok || reader.ReadInt64(out var sequence) != MessagePackStatus.Ok)
            return false;
        if (sequence < 1)
            return false;
        envelope = new Envelope
        {
            Type = type is > 0 and <= int.MaxValue ? (MessageType)type : default,
            Sequence = sequence,
            _fields = new FieldReader(reader, count - 2),
        };
        failure = default;
        return true;
    }

    /// <summary>
    /// Reads the fields, to the end of the frame. On failure the message holds what stood before the fault, such as its id.
    /// Once per envelope.
    /// </summary>
    public bool TryRead<TMessage>(out TMessage message, out DecodeFailure failure)
        where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        message = TMessage.Read(ref _fields);
        _fields.SkipRest();
        failure = _fields.Failure;
        return !failure.IsFailure;
    }

    /// <summary>Why a message of a type that is not for the receiver is refused: as unknown if it is at least well-formed.</summary>
    public DecodeFailure RefuseAsUnknown()
    {
        _fields.SkipRest();
        return _fields.Failure.IsFailure ? _fields.Failure : new DecodeFailure(DecodeFault.UnknownMessage, $"type {(int)Type}");
    }
}
