using CopyEngine.Commands;

namespace CopyEngine.Protocol.Messages;

/// <summary>How an order stands when somebody asks.</summary>
internal enum OpenOrderStatus : byte
{
    Open = 1,
    Pending = 2,
}

/// <summary>The answer to a query begins: the account's figures.</summary>
internal readonly ref struct AccountStateMessage : IMessage<AccountStateMessage>
{
    public static MessageType Type => MessageType.AccountState;
    public static int FieldCount => 12;

    public ReadOnlySpan<byte> Account { get; init; }
    public ReadOnlySpan<byte> Currency { get; init; }
    public WireNumber Balance { get; init; }
    public WireNumber Equity { get; init; }
    public WireNumber UsedMargin { get; init; }
    public WireNumber FreeMargin { get; init; }
    public WireNumber MarginLevel { get; init; }
    public WireNumber OpenProfit { get; init; }
    public int OpenOrders { get; init; }
    public AccountStatus Status { get; init; }
    public long Sequence { get; init; }
    public long Time { get; init; }

    public static AccountStateMessage Read(scoped ref FieldReader fields) => new()
    {
        Account = fields.Text("account"),
        Currency = fields.Text("currency"),
        Balance = fields.Number("balance"),
        Equity = fields.Number("equity"),
        UsedMargin = fields.Number("usedMargin"),
        FreeMargin = fields.Number("freeMargin"),
        MarginLevel = fields.Number("marginLevel"),
        OpenProfit = fields.Number("openProfit"),
        OpenOrders = fields.SmallInteger("openOrders"),
        Status = fields.Member<AccountStatus>("status"),
        Sequence = fields.Integer("sequence"),
        Time = fields.Integer("time"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(Account);
        fields.Text(Currency);
        fields.Number(Balance);
        fields.Number(Equity);
        fields.Number(UsedMargin);
        fields.Number(FreeMargin);
        fields.Number(MarginLevel);
        fields.Number(OpenProfit);
        fields.Integer(OpenOrders);
        fields.Member(Status);
        fields.Integer(Sequence);
        fields.Integer(Time);
    }
}

/// <summary>One open or waiting order of the account that was asked for.</summary>
internal readonly ref struct OrderMessage : IMessage<OrderMessage>
{
    public static MessageType Type => MessageType.Order;
    public static int FieldCount => 19;

    public ReadOnlySpan<byte> Account { get; init; }
    public long OrderId { get; init; }
    public ReadOnlySpan<byte> Symbol { get; init; }
    public Side Side { get; init; }
    public WireNumber Lots { get; init; }
    /// <summary>Not given while the order waits.</summary>
    public WireNumber OpenPrice { get; init; }
    public WireNumber StopLoss { get; init; }
    public WireNumber TakeProfit { get; init; }
    public WireNumber Profit { get; init; }
    public WireNumber Margin { get; init; }
    /// <summary>0 unless the order is a copy.</summary>
    public long MasterOrderId { get; init; }
    public long OpenedAt { get; init; }
    public OpenOrderStatus Status { get; init; }
    public OrderType OrderType { get; init; }
    public WireNumber Price { get; init; }
    public WireNumber StopPrice { get; init; }
    public WireNumber Commission { get; init; }
    public WireNumber Swap { get; init; }
    /// <summary>0: never.</summary>
    public long ExpiresAt { get; init; }

    public static OrderMessage Read(scoped ref FieldReader fields) => new()
    {
        Account = fields.Text("account"),
        OrderId = fields.Integer("orderId"),
        Symbol = fields.Text("symbol"),
        Side = fields.Member<Side>("side"),
        Lots = fields.Number("lots"),
        OpenPrice = fields.Number("openPrice"),
        StopLoss = fields.Number("stopLoss"),
        TakeProfit = fields.Number("takeProfit"),
        Profit = fields.Number("profit"),
        Margin = fields.Number("margin"),
        MasterOrderId = fields.Integer("masterOrderId"),
        OpenedAt = fields.Integer("openedAt"),
        Status = fields.Member<OpenOrderStatus>("status"),
        OrderType = fields.Member<OrderType>("orderType"),
        Price = fields.Number("price"),
        StopPrice = fields.Number("stopPrice"),
        Commission = fields.Number("commission"),
        Swap = fields.Number("swap"),
        ExpiresAt = fields.Integer("expiresAt"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(Account);
        fields.Id(OrderId);
        fields.Text(Symbol);
        fields.Member(Side);
        fields.Number(Lots);
        fields.Number(OpenPrice);
        fields.Number(StopLoss);
        fields.Number(TakeProfit);
        fields.Number(Profit);
        fields.Number(Margin);
        fields.Id(MasterOrderId);
        fields.Time(OpenedAt);
        fields.Member(Status);
        fields.Member(OrderType);
        fields.Number(Price);
        fields.Number(StopPrice);
        fields.Number(Commission);
        fields.Number(Swap);
        fields.Time(ExpiresAt);
    }
}

/// <summary>The answer to a query is complete.</summary>
internal readonly ref struct EndOfQueryMessage : IMessage<EndOfQueryMessage>
{
    public static MessageType Type => MessageType.EndOfQuery;
    public static int FieldCount => 3;

    public ReadOnlySpan<byte> Account { get; init; }
    public int Count { get; init; }
    public long Sequence { get; init; }

    public static EndOfQueryMessage Read(scoped ref FieldReader fields) => new()
    {
        Account = fields.Text("account"),
        Count = fields.SmallInteger("count"),
        Sequence = fields.Integer("sequence"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(Account);
        fields.Integer(Count);
        fields.Integer(Sequence);
    }
}
