using CopyEngine.Commands;

namespace CopyEngine.Protocol.Client;

/// <summary>An order to place. Prices and lots are plain decimals: one lot is 1.</summary>
public sealed record NewOrder
{
    /// <summary>The account to trade on, such as <c>strategy_provider:1</c>.</summary>
    public required string Account { get; init; }

    /// <summary>The instrument.</summary>
    public required string Symbol { get; init; }

    /// <summary>Buy or sell.</summary>
    public required Side Side { get; init; }

    /// <summary>Market, or how the order waits.</summary>
    public OrderType OrderType { get; init; } = OrderType.Market;

    /// <summary>Lots.</summary>
    public required decimal Lots { get; init; }

    /// <summary>Limit price; of a market order with <see cref="MaxSlippage"/> the last price that was seen.</summary>
    public decimal? Price { get; init; }

    /// <summary>Stop price of a stop or stop-limit order.</summary>
    public decimal? StopPrice { get; init; }

    /// <summary>Stop loss level.</summary>
    public decimal? StopLoss { get; init; }

    /// <summary>Take profit level.</summary>
    public decimal? TakeProfit { get; init; }

    /// <summary>How long the order waits.</summary>
    public TimeInForce TimeInForce { get; init; } = TimeInForce.Gtc;

    /// <summary>When a <see cref="TimeInForce.Gtd"/> order expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How much worse than <see cref="Price"/> a market order may fill, in price units.</summary>
    public decimal? MaxSlippage { get; init; }

    /// <summary>
    /// The order's id with its sender, 1 to 36 printable ASCII characters, unique for the account. A new one is made when it is left
    /// out; give one to be able to send the order again after a lost connection without placing it twice.
    /// </summary>
    public string? ClientOrderId { get; init; }
}

/// <summary>What changes at an order; what is left out stays. Of an open order only its stops can change.</summary>
public sealed record OrderChange
{
    /// <summary>New lots of a waiting order.</summary>
    public decimal? Lots { get; init; }

    /// <summary>New limit price of a waiting order.</summary>
    public decimal? Price { get; init; }

    /// <summary>New stop price of a waiting order.</summary>
    public decimal? StopPrice { get; init; }

    /// <summary>New stop loss level.</summary>
    public decimal? StopLoss { get; init; }

    /// <summary>New take profit level.</summary>
    public decimal? TakeProfit { get; init; }

    /// <summary>Removes the stop loss; <see cref="StopLoss"/> is then left out.</summary>
    public bool RemoveStopLoss { get; init; }

    /// <summary>Removes the take profit; <see cref="TakeProfit"/> is then left out.</summary>
    public bool RemoveTakeProfit { get; init; }
}

/// <summary>How a follower copies; the defaults are proportional at ratio 1, stops copied, sizes below the minimum skipped.</summary>
public sealed record LinkOptions
{
    /// <summary>How a copy is sized.</summary>
    public CopyMode Mode { get; init; } = CopyMode.Proportional;

    /// <summary>Ratio of proportional and multiplier.</summary>
    public decimal? Ratio { get; init; }

    /// <summary>Lots of fixed lots.</summary>
    public decimal? Lots { get; init; }

    /// <summary>Margin of fixed amount, in the follower's currency.</summary>
    public decimal? Amount { get; init; }

    /// <summary>What happens to a copy below the minimum size.</summary>
    public MinLotPolicy MinLotPolicy { get; init; } = MinLotPolicy.Skip;

    /// <summary>Cap of a copy's lots.</summary>
    public decimal? MaxLots { get; init; }

    /// <summary>How much worse than the master's fill a copy may fill, in price units.</summary>
    public decimal? MaxSlippage { get; init; }

    /// <summary>Buys what the provider sells.</summary>
    public bool Reverse { get; init; }

    /// <summary>Whether stop loss and take profit are copied.</summary>
    public bool CopyStops { get; init; } = true;
}
