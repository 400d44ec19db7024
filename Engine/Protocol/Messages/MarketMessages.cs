namespace CopyEngine.Protocol.Messages;

/// <summary>A price from a feed.</summary>
internal readonly ref struct QuoteMessage : IMessage<QuoteMessage>
{
    public static MessageType Type => MessageType.Quote;
    public static int FieldCount => 4;

    public ReadOnlySpan<byte> Symbol { get; init; }
    public WireNumber Bid { get; init; }
    public WireNumber Ask { get; init; }
    /// <summary>Microseconds since the Unix epoch at the source, 0 when not given.</summary>
    public long Time { get; init; }

    public static QuoteMessage Read(scoped ref FieldReader fields) => new()
    {
        Symbol = fields.RequiredText("symbol"),
        Bid = fields.Number("bid"),
        Ask = fields.Number("ask"),
        Time = fields.Integer("time"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(Symbol);
        fields.Number(Bid);
        fields.Number(Ask);
        fields.Time(Time);
    }
}

/// <summary>Asks for an account and its orders.</summary>
internal readonly ref struct QueryAccountMessage : IMessage<QueryAccountMessage>
{
    public static MessageType Type => MessageType.QueryAccount;
    public static int FieldCount => 1;

    public ReadOnlySpan<byte> Account { get; init; }

    public static QueryAccountMessage Read(scoped ref FieldReader fields) => new() { Account = fields.RequiredText("account") };

    public void Write(scoped ref FieldWriter fields) => fields.Text(Account);
}
