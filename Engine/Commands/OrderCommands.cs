using System.Runtime.InteropServices;
using CopyEngine.Numerics;

namespace CopyEngine.Commands;

/// <summary>Marks of a field that is not given, for commands whose numbers are in 10^-8.</summary>
public static class Field
{
    /// <summary>Not given: leave as it is. A price, lots or amount of exactly this number does not exist.</summary>
    public const long NotGiven = long.MinValue + 1;

    /// <summary>Given as an empty text: remove the level.</summary>
    public const long Remove = long.MinValue + 2;
}

/// <summary>A new order (semantics, section 5). Prices, lots and slippage in 10^-8; <see cref="Field.NotGiven"/> where absent.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlaceOrder : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.PlaceOrder;

    /// <summary>Unique per account; the same id with the same content is answered with the first answer.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>Dense id of the account, -1 when unknown.</summary>
    public int Account;

    /// <summary>Dense id of the instrument, -1 when unknown.</summary>
    public int Symbol;

    /// <summary>Buy or sell.</summary>
    public Side Side;

    /// <summary>Market or one of the waiting types.</summary>
    public OrderType OrderType;

    /// <summary>How long it waits.</summary>
    public TimeInForce TimeInForce;
    private readonly byte _padding;

    /// <summary>Lots.</summary>
    public long Lots;

    /// <summary>Limit price; for a market order with a maximum slippage the last price that the sender saw.</summary>
    public long Price;

    /// <summary>Stop price of a stop or stop-limit order.</summary>
    public long StopPrice;

    /// <summary>Stop loss level.</summary>
    public long StopLoss;

    /// <summary>Take profit level.</summary>
    public long TakeProfit;

    /// <summary>Microseconds since the Unix epoch, for <see cref="TimeInForce.Gtd"/>.</summary>
    public long ExpiresAt;

    /// <summary>How much worse than <see cref="Price"/> a market order may fill, in price units.</summary>
    public long MaxSlippage;
}

/// <summary>Cancels a waiting order.</summary>
public struct CancelOrder : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.CancelOrder;

    /// <summary>Unique per account.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>The waiting order.</summary>
    public long OrderId;
}

/// <summary>
/// Changes a waiting order's lots, prices and stops, or an open order's stops. <see cref="Field.NotGiven"/> leaves a
/// field, <see cref="Field.Remove"/> removes a stop level.
/// </summary>
public struct ModifyOrder : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.ModifyOrder;

    /// <summary>Unique per account.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>The order.</summary>
    public long OrderId;

    /// <summary>Lots, waiting orders only.</summary>
    public long Lots;

    /// <summary>Limit price, waiting orders only.</summary>
    public long Price;

    /// <summary>Stop price, waiting orders only.</summary>
    public long StopPrice;

    /// <summary>Stop loss level.</summary>
    public long StopLoss;

    /// <summary>Take profit level.</summary>
    public long TakeProfit;
}

/// <summary>Closes an open order, whole or in part.</summary>
public struct CloseOrder : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.CloseOrder;

    /// <summary>Unique per account.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>The open order.</summary>
    public long OrderId;

    /// <summary>Lots to close in 10^-8, <see cref="Field.NotGiven"/> for all.</summary>
    public long Lots;
}

/// <summary>Closes every open order of an account, or those of one symbol. Waiting orders stay.</summary>
public struct CloseAll : ICommand
{
    /// <summary>Every symbol.</summary>
    public const int EverySymbol = -2;

    /// <inheritdoc/>
    public static CommandType Type => CommandType.CloseAll;

    /// <summary>Unique per account.</summary>
    public ClientOrderId ClientOrderId;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>Dense id of the instrument, <see cref="EverySymbol"/>, or -1 when unknown.</summary>
    public int Symbol;
}
