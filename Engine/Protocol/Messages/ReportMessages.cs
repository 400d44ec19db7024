using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Protocol.Messages;

/// <summary>Something happened to an order.</summary>
internal readonly ref struct ExecutionReportMessage : IMessage<ExecutionReportMessage>
{
    public static MessageType Type => MessageType.ExecutionReport;
    public static int FieldCount => 26;

    public ReadOnlySpan<byte> ClientOrderId { get; init; }
    /// <summary>0 when the order was refused before it had an id.</summary>
    public long OrderId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public ReadOnlySpan<byte> Symbol { get; init; }
    public Side Side { get; init; }
    public OrderStatus Status { get; init; }
    public WireNumber Lots { get; init; }
    public WireNumber LastLots { get; init; }
    public WireNumber LastPrice { get; init; }
    public WireNumber AveragePrice { get; init; }
    public WireNumber RemainingLots { get; init; }
    public WireNumber StopLoss { get; init; }
    public WireNumber TakeProfit { get; init; }
    public WireNumber RealizedProfit { get; init; }
    public ReportReason Reason { get; init; }
    /// <summary>0 unless the order is a copy.</summary>
    public long MasterOrderId { get; init; }
    public long Sequence { get; init; }
    public long Time { get; init; }
    public bool Duplicate { get; init; }
    public int Index { get; init; }
    /// <summary>0 unless something was filled or closed.</summary>
    public long ExecutionId { get; init; }
    public OrderType OrderType { get; init; }
    public WireNumber Price { get; init; }
    public WireNumber StopPrice { get; init; }
    public WireNumber Commission { get; init; }
    public WireNumber Swap { get; init; }

    public static ExecutionReportMessage Read(scoped ref FieldReader fields) => new()
    {
        ClientOrderId = fields.Text("clientOrderId"),
        OrderId = fields.Integer("orderId"),
        Account = fields.Text("account"),
        Symbol = fields.Text("symbol"),
        Side = fields.Member<Side>("side"),
        Status = fields.Member<OrderStatus>("status"),
        Lots = fields.Number("lots"),
        LastLots = fields.Number("lastLots"),
        LastPrice = fields.Number("lastPrice"),
        AveragePrice = fields.Number("averagePrice"),
        RemainingLots = fields.Number("remainingLots"),
        StopLoss = fields.Number("stopLoss"),
        TakeProfit = fields.Number("takeProfit"),
        RealizedProfit = fields.Number("realizedProfit"),
        Reason = ReportReason.Parse(fields.Text("reason")),
        MasterOrderId = fields.Integer("masterOrderId"),
        Sequence = fields.Integer("sequence"),
        Time = fields.Integer("time"),
        Duplicate = fields.Boolean("duplicate"),
        Index = fields.SmallInteger("index"),
        ExecutionId = fields.Integer("executionId"),
        OrderType = fields.Member<OrderType>("orderType"),
        Price = fields.Number("price"),
        StopPrice = fields.Number("stopPrice"),
        Commission = fields.Number("commission"),
        Swap = fields.Number("swap"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        WriteOrder(ref fields);
        fields.Number(RealizedProfit);
        fields.Text(Reason.WireName);
        fields.Id(MasterOrderId);
        fields.Integer(Sequence);
        fields.Integer(Time);
        fields.Boolean(Duplicate);
        fields.Integer(Index);
        fields.Id(ExecutionId);
        fields.Member(OrderType);
        fields.Number(Price);
        fields.Number(StopPrice);
        fields.Number(Commission);
        fields.Number(Swap);
    }

    private void WriteOrder(scoped ref FieldWriter fields)
    {
        fields.Text(ClientOrderId);
        fields.Id(OrderId);
        fields.Text(Account);
        fields.Text(Symbol);
        fields.Member(Side);
        fields.Member(Status);
        fields.Number(Lots);
        fields.Number(LastLots);
        fields.Number(LastPrice);
        fields.Number(AveragePrice);
        fields.Number(RemainingLots);
        fields.Number(StopLoss);
        fields.Number(TakeProfit);
    }
}

/// <summary>Why an order is as reported: a refusal, or what caused the change. One of the two is None.</summary>
/// <param name="Cause">What caused the change.</param>
/// <param name="Reject">Why it was refused.</param>
internal readonly record struct ReportReason(Cause Cause, RejectCode Reject)
{
    public ReadOnlySpan<byte> WireName => Reject != RejectCode.None ? WireNames<RejectCode>.Of(Reject) : WireNames<Cause>.Of(Cause);

    /// <summary>Both None if the name is known as neither.</summary>
    public static ReportReason Parse(ReadOnlySpan<byte> name)
    {
        WireNames<RejectCode>.TryParse(name, out var reject);
        WireNames<Cause>.TryParse(name, out var cause);
        return new ReportReason(cause, reject);
    }
}

/// <summary>What became of the copies of a master order.</summary>
internal readonly ref struct CopyReportMessage : IMessage<CopyReportMessage>
{
    public static MessageType Type => MessageType.CopyReport;
    public static int FieldCount => 10;

    public long MasterOrderId { get; init; }
    public ReadOnlySpan<byte> ClientOrderId { get; init; }
    public CopyAction Action { get; init; }
    public int Followers { get; init; }
    public int Copied { get; init; }
    public WireNumber Lots { get; init; }
    public SkipCounts Skipped { get; init; }
    public long Sequence { get; init; }
    public long Time { get; init; }
    public int Index { get; init; }

    public static CopyReportMessage Read(scoped ref FieldReader fields) => new()
    {
        MasterOrderId = fields.Integer("masterOrderId"),
        ClientOrderId = fields.Text("clientOrderId"),
        Action = fields.Member<CopyAction>("action"),
        Followers = fields.SmallInteger("followers"),
        Copied = fields.SmallInteger("copied"),
        Lots = fields.Number("lots"),
        Skipped = fields.Skipped("skipped"),
        Sequence = fields.Integer("sequence"),
        Time = fields.Integer("time"),
        Index = fields.SmallInteger("index"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Id(MasterOrderId);
        fields.Text(ClientOrderId);
        fields.Member(Action);
        fields.Integer(Followers);
        fields.Integer(Copied);
        fields.Number(Lots);
        fields.Skipped(Skipped);
        fields.Integer(Sequence);
        fields.Integer(Time);
        fields.Integer(Index);
    }
}

/// <summary>An account, or a provider with all its copies, passed a margin level.</summary>
internal readonly ref struct MarginEventMessage : IMessage<MarginEventMessage>
{
    public static MessageType Type => MessageType.MarginEvent;
    public static int FieldCount => 10;

    public ReadOnlySpan<byte> Account { get; init; }
    public MarginEventKind Kind { get; init; }
    public WireNumber MarginLevel { get; init; }
    public WireNumber Equity { get; init; }
    public WireNumber UsedMargin { get; init; }
    /// <summary>The provider of a cascade, else empty.</summary>
    public ReadOnlySpan<byte> Cause { get; init; }
    public long Closed { get; init; }
    public long Sequence { get; init; }
    public long Time { get; init; }
    public int Index { get; init; }

    public static MarginEventMessage Read(scoped ref FieldReader fields) => new()
    {
        Account = fields.Text("account"),
        Kind = fields.Member<MarginEventKind>("kind"),
        MarginLevel = fields.Number("marginLevel"),
        Equity = fields.Number("equity"),
        UsedMargin = fields.Number("usedMargin"),
        Cause = fields.Text("cause"),
        Closed = fields.Integer("closed"),
        Sequence = fields.Integer("sequence"),
        Time = fields.Integer("time"),
        Index = fields.SmallInteger("index"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(Account);
        fields.Member(Kind);
        fields.Number(MarginLevel);
        fields.Number(Equity);
        fields.Number(UsedMargin);
        fields.Text(Cause);
        fields.Integer(Closed);
        fields.Integer(Sequence);
        fields.Integer(Time);
        fields.Integer(Index);
    }
}
