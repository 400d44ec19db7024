using CopyEngine.Commands;

namespace CopyEngine.Protocol.Messages;

/// <summary>A new order.</summary>
internal readonly ref struct PlaceOrderMessage : IMessage<PlaceOrderMessage>
{
    public static MessageType Type => MessageType.PlaceOrder;
    public static int FieldCount => 13;

    public ReadOnlySpan<byte> ClientOrderId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public ReadOnlySpan<byte> Symbol { get; init; }
    public Side Side { get; init; }
    public OrderType OrderType { get; init; }
    public WireNumber Lots { get; init; }
    public WireNumber Price { get; init; }
    public WireNumber StopPrice { get; init; }
    public WireNumber StopLoss { get; init; }
    public WireNumber TakeProfit { get; init; }
    public TimeInForce TimeInForce { get; init; }
    /// <summary>Microseconds since the Unix epoch, 0 when not given.</summary>
    public long ExpiresAt { get; init; }
    public WireNumber MaxSlippage { get; init; }

    public static PlaceOrderMessage Read(scoped ref FieldReader fields) => new()
    {
        ClientOrderId = fields.Identifier("clientOrderId"),
        Account = fields.RequiredText("account"),
        Symbol = fields.RequiredText("symbol"),
        Side = fields.Member<Side>("side"),
        OrderType = fields.Member<OrderType>("orderType"),
        Lots = fields.Number("lots"),
        Price = fields.Number("price"),
        StopPrice = fields.Number("stopPrice"),
        StopLoss = fields.Number("stopLoss"),
        TakeProfit = fields.Number("takeProfit"),
        TimeInForce = fields.Member("timeInForce", TimeInForce.Gtc),
        ExpiresAt = fields.Integer("expiresAt"),
        MaxSlippage = fields.Number("maxSlippage"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(ClientOrderId);
        fields.Text(Account);
        fields.Text(Symbol);
        fields.Member(Side);
        fields.Member(OrderType);
        fields.Number(Lots);
        fields.Number(Price);
        fields.Number(StopPrice);
        fields.Number(StopLoss);
        fields.Number(TakeProfit);
        fields.Member(TimeInForce);
        fields.Time(ExpiresAt);
        fields.Number(MaxSlippage);
    }
}

/// <summary>Takes a waiting order out of the market.</summary>
internal readonly ref struct CancelOrderMessage : IMessage<CancelOrderMessage>
{
    public static MessageType Type => MessageType.CancelOrder;
    public static int FieldCount => 3;

    public ReadOnlySpan<byte> ClientOrderId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public long OrderId { get; init; }

    public static CancelOrderMessage Read(scoped ref FieldReader fields) => new()
    {
        ClientOrderId = fields.Identifier("clientOrderId"),
        Account = fields.RequiredText("account"),
        OrderId = fields.OrderId("orderId"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(ClientOrderId);
        fields.Text(Account);
        fields.Integer(OrderId);
    }
}

/// <summary>Changes a waiting order, or the stops of an open one: not given leaves a value, an empty text removes it.</summary>
internal readonly ref struct ModifyOrderMessage : IMessage<ModifyOrderMessage>
{
    public static MessageType Type => MessageType.ModifyOrder;
    public static int FieldCount => 8;

    public ReadOnlySpan<byte> ClientOrderId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public long OrderId { get; init; }
    public WireNumber Lots { get; init; }
    public WireNumber Price { get; init; }
    public WireNumber StopPrice { get; init; }
    public WireNumber StopLoss { get; init; }
    public WireNumber TakeProfit { get; init; }

    public static ModifyOrderMessage Read(scoped ref FieldReader fields) => new()
    {
        ClientOrderId = fields.Identifier("clientOrderId"),
        Account = fields.RequiredText("account"),
        OrderId = fields.OrderId("orderId"),
        Lots = fields.NumberOrRemoval("lots"),
        Price = fields.NumberOrRemoval("price"),
        StopPrice = fields.NumberOrRemoval("stopPrice"),
        StopLoss = fields.NumberOrRemoval("stopLoss"),
        TakeProfit = fields.NumberOrRemoval("takeProfit"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(ClientOrderId);
        fields.Text(Account);
        fields.Integer(OrderId);
        fields.Number(Lots);
        fields.Number(Price);
        fields.Number(StopPrice);
        fields.Number(StopLoss);
        fields.Number(TakeProfit);
    }
}

/// <summary>Closes an open order, whole when no lots are given.</summary>
internal readonly ref struct CloseOrderMessage : IMessage<CloseOrderMessage>
{
    public static MessageType Type => MessageType.CloseOrder;
    public static int FieldCount => 4;

    public ReadOnlySpan<byte> ClientOrderId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public long OrderId { get; init; }
    public WireNumber Lots { get; init; }

    public static CloseOrderMessage Read(scoped ref FieldReader fields) => new()
    {
        ClientOrderId = fields.Identifier("clientOrderId"),
        Account = fields.RequiredText("account"),
        OrderId = fields.OrderId("orderId"),
        Lots = fields.Number("lots"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(ClientOrderId);
        fields.Text(Account);
        fields.Integer(OrderId);
        fields.Number(Lots);
    }
}

/// <summary>Closes every open order of an account, or of one symbol.</summary>
internal readonly ref struct CloseAllMessage : IMessage<CloseAllMessage>
{
    public static MessageType Type => MessageType.CloseAll;
    public static int FieldCount => 3;

    public ReadOnlySpan<byte> ClientOrderId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    /// <summary>Empty: every symbol.</summary>
    public ReadOnlySpan<byte> Symbol { get; init; }

    public static CloseAllMessage Read(scoped ref FieldReader fields) => new()
    {
        ClientOrderId = fields.Identifier("clientOrderId"),
        Account = fields.RequiredText("account"),
        Symbol = fields.Text("symbol"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(ClientOrderId);
        fields.Text(Account);
        fields.Text(Symbol);
    }
}
