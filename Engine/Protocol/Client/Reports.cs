using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Protocol.Client;

/// <summary>Something happened to an order. A price or amount is null where there is none.</summary>
public sealed record ExecutionReport
{
    /// <summary>Id of the request that caused it; null for copies, stops and liquidations.</summary>
    public string? ClientOrderId { get; init; }

    /// <summary>The order; 0 when it was refused before it had an id.</summary>
    public long OrderId { get; init; }

    /// <summary>The order's account.</summary>
    public string Account { get; init; } = "";

    /// <summary>The instrument.</summary>
    public string Symbol { get; init; } = "";

    /// <summary>Buy or sell.</summary>
    public Side Side { get; init; }

    /// <summary>What happened.</summary>
    public OrderStatus Status { get; init; }

    /// <summary>Lots as ordered or, of an open order, as opened.</summary>
    public decimal? Lots { get; init; }

    /// <summary>Lots of this fill or close.</summary>
    public decimal? LastLots { get; init; }

    /// <summary>Price of this fill or close.</summary>
    public decimal? LastPrice { get; init; }

    /// <summary>Average opening price.</summary>
    public decimal? AveragePrice { get; init; }

    /// <summary>Lots still open or waiting.</summary>
    public decimal? RemainingLots { get; init; }

    /// <summary>Stop loss level.</summary>
    public decimal? StopLoss { get; init; }

    /// <summary>Take profit level.</summary>
    public decimal? TakeProfit { get; init; }

    /// <summary>Profit booked by this close, in the account's currency, without commission and swap.</summary>
    public decimal? RealizedProfit { get; init; }

    /// <summary>What caused it; <see cref="Cause.None"/> for a refusal.</summary>
    public Cause Cause { get; init; }

    /// <summary>Why it was refused; <see cref="RejectCode.None"/> if it was not.</summary>
    public RejectCode RejectCode { get; init; }

    /// <summary>The provider's order that this one copies, 0 if it is no copy.</summary>
    public long MasterOrderId { get; init; }

    /// <summary>The fill or close, 0 if there was none.</summary>
    public long ExecutionId { get; init; }

    /// <summary>Type of the order as it stands.</summary>
    public OrderType OrderType { get; init; }

    /// <summary>Limit price.</summary>
    public decimal? Price { get; init; }

    /// <summary>Stop price.</summary>
    public decimal? StopPrice { get; init; }

    /// <summary>Commission of this close, else what the order carries; account currency.</summary>
    public decimal? Commission { get; init; }

    /// <summary>Swap of this close, else what the order carries; account currency.</summary>
    public decimal? Swap { get; init; }

    /// <summary>Time of the event, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Identifies the event.</summary>
    public EventPosition Position { get; init; }

    /// <summary>The first answer given again to an id that was used before.</summary>
    public bool IsDuplicate { get; init; }
}

/// <summary>What became of the copies of a provider's order.</summary>
public sealed record CopyReport
{
    /// <summary>The provider's order.</summary>
    public long MasterOrderId { get; init; }

    /// <summary>Id under which it was placed, if any.</summary>
    public string? ClientOrderId { get; init; }

    /// <summary>What was copied.</summary>
    public CopyAction Action { get; init; }

    /// <summary>Followers, or open copies, that were visited.</summary>
    public int Followers { get; init; }

    /// <summary>Copies opened, closed or changed.</summary>
    public int Copied { get; init; }

    /// <summary>Their lots, summed up.</summary>
    public decimal? Lots { get; init; }

    /// <summary>Followers without a copy, by reason; reasons that this client does not know stand under None.</summary>
    public IReadOnlyDictionary<RejectCode, int> Skipped { get; init; } = new Dictionary<RejectCode, int>();

    /// <summary>Time of the event, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Identifies the event.</summary>
    public EventPosition Position { get; init; }
}

/// <summary>An account passed a margin level, or a cascade began or ended.</summary>
public sealed record MarginEvent
{
    /// <summary>The account.</summary>
    public string Account { get; init; } = "";

    /// <summary>What happened.</summary>
    public MarginEventKind Kind { get; init; }

    /// <summary>Margin level in percent.</summary>
    public decimal? MarginLevel { get; init; }

    /// <summary>Equity in the account's currency.</summary>
    public decimal? Equity { get; init; }

    /// <summary>Used margin in the account's currency.</summary>
    public decimal? UsedMargin { get; init; }

    /// <summary>The provider whose cascade it is part of, if any.</summary>
    public string? Provider { get; init; }

    /// <summary>Orders closed.</summary>
    public long Closed { get; init; }

    /// <summary>Time of the event, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Identifies the event.</summary>
    public EventPosition Position { get; init; }
}

/// <summary>A message was refused that nobody waits for, such as a quote.</summary>
/// <param name="Code">Why.</param>
/// <param name="Text">In words.</param>
/// <param name="Id">Its client order id or request id, if it had one.</param>
public sealed record Refusal(RejectCode Code, string Text, string? Id);
