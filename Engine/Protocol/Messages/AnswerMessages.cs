using CopyEngine.Commands;

namespace CopyEngine.Protocol.Messages;

/// <summary>A message was refused and nothing changed.</summary>
internal readonly ref struct RejectMessage : IMessage<RejectMessage>
{
    public static MessageType Type => MessageType.Reject;
    public static int FieldCount => 4;

    /// <summary>Sequence number of the refused message, 0 when it could not be read.</summary>
    public long ReferenceSequence { get; init; }
    /// <summary>Client order id or request id of the refused message, as far as it could be read.</summary>
    public ReadOnlySpan<byte> Id { get; init; }
    public RejectCode Code { get; init; }
    public ReadOnlySpan<byte> Text { get; init; }

    public static RejectMessage Read(scoped ref FieldReader fields) => new()
    {
        ReferenceSequence = fields.Integer("refSeq"),
        Id = fields.Text("clientOrderId"),
        Code = fields.Member<RejectCode>("code"),
        Text = fields.Text("text"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Id(ReferenceSequence);
        fields.Text(Id);
        fields.Member(Code);
        fields.Text(Text);
    }
}

/// <summary>A request was carried out.</summary>
internal readonly ref struct AckMessage : IMessage<AckMessage>
{
    public static MessageType Type => MessageType.Ack;
    public static int FieldCount => 4;

    public ReadOnlySpan<byte> RequestId { get; init; }
    public long Sequence { get; init; }
    public long Time { get; init; }
    public bool Duplicate { get; init; }

    public static AckMessage Read(scoped ref FieldReader fields) => new()
    {
        RequestId = fields.Text("requestId"),
        Sequence = fields.Integer("sequence"),
        Time = fields.Integer("time"),
        Duplicate = fields.Boolean("duplicate"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(RequestId);
        fields.Integer(Sequence);
        fields.Integer(Time);
        fields.Boolean(Duplicate);
    }
}
