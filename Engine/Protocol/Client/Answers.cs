using CopyEngine.Commands;

namespace CopyEngine.Protocol.Client;

/// <summary>A request was carried out.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Sequence">The engine's sequence of the command.</param>
/// <param name="Time">When it was carried out, UTC.</param>
/// <param name="IsDuplicate">It had been carried out before; this is the first answer given again.</param>
public sealed record Acknowledgement(string RequestId, long Sequence, DateTimeOffset Time, bool IsDuplicate);

/// <summary>What a close-all did.</summary>
/// <param name="Acknowledgement">The end of it.</param>
/// <param name="Reports">One for each order, closed or refused.</param>
public sealed record CloseAllResult(Acknowledgement Acknowledgement, IReadOnlyList<ExecutionReport> Reports);

/// <summary>An account at one moment. Amounts are in its currency.</summary>
public sealed record AccountSnapshot
{
    /// <summary>The account.</summary>
    public string Account { get; init; } = "";

    /// <summary>Its currency.</summary>
    public string Currency { get; init; } = "";

    /// <summary>Cash.</summary>
    public decimal? Balance { get; init; }

    /// <summary>Balance and open profit.</summary>
    public decimal? Equity { get; init; }

    /// <summary>Margin of all open orders.</summary>
    public decimal? UsedMargin { get; init; }

    /// <summary>Equity minus used margin.</summary>
    public decimal? FreeMargin { get; init; }

    /// <summary>Equity in percent of used margin, 0 when none is used.</summary>
    public decimal? MarginLevel { get; init; }

    /// <summary>Profit of all open orders, swap and entry commission included.</summary>
    public decimal? OpenProfit { get; init; }

    /// <summary>What it may do.</summary>
    public AccountStatus Status { get; init; }

    /// <summary>The engine's sequence of the moment.</summary>
    public long Sequence { get; init; }

    /// <summary>The moment, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>Open and waiting orders.</summary>
    public IReadOnlyList<OrderSnapshot> Orders { get; init; } = [];
}

/// <summary>An open or waiting order at one moment.</summary>
public sealed record OrderSnapshot
{
    /// <summary>The order.</summary>
    public long OrderId { get; init; }

    /// <summary>The instrument.</summary>
    public string Symbol { get; init; } = "";

    /// <summary>Buy or sell.</summary>
    public Side Side { get; init; }

    /// <summary>Lots open or waiting.</summary>
    public decimal? Lots { get; init; }

    /// <summary>Opening price; null while the order waits.</summary>
    public decimal? OpenPrice { get; init; }

    /// <summary>Stop loss level.</summary>
    public decimal? StopLoss { get; init; }

    /// <summary>Take profit level.</summary>
    public decimal? TakeProfit { get; init; }

    /// <summary>Open profit in the account's currency.</summary>
    public decimal? Profit { get; init; }

    /// <summary>The order's own margin in the account's currency.</summary>
    public decimal? Margin { get; init; }

    /// <summary>The provider's order that this one copies, 0 if it is no copy.</summary>
    public long MasterOrderId { get; init; }

    /// <summary>When it was opened or, while it waits, placed; UTC.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>True while the order waits.</summary>
    public bool IsPending { get; init; }

    /// <summary>Type of the order as it stands.</summary>
    public OrderType OrderType { get; init; }

    /// <summary>Limit price.</summary>
    public decimal? Price { get; init; }

    /// <summary>Stop price.</summary>
    public decimal? StopPrice { get; init; }

    /// <summary>Entry commission that the order carries, in the account's currency.</summary>
    public decimal? Commission { get; init; }

    /// <summary>Swap that the order carries, in the account's currency.</summary>
    public decimal? Swap { get; init; }

    /// <summary>When it expires, UTC; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
