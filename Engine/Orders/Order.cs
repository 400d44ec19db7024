using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Orders;

/// <summary>Where an order stands in its life.</summary>
internal enum OrderStage : byte
{
    /// <summary>A free place.</summary>
    None = 0,

    /// <summary>Waits for its price.</summary>
    Waiting = 1,

    /// <summary>A holding.</summary>
    Open = 2,

    /// <summary>A closed master that still heads the list of its copies until they are closed too.</summary>
    ClosedMaster = 3,
}

/// <summary>What is true of an order besides its numbers.</summary>
[Flags]
internal enum OrderFlags : byte
{
    None = 0,

    /// <summary>Opened by copying, also after its master is gone.</summary>
    Copy = 1,

    /// <summary>Must close with its provider's cascade and waits for a price or a conversion rate.</summary>
    PendingClose = 2,

    /// <summary>A master whose copies are being closed by a cascade.</summary>
    Cascading = 4,

    /// <summary>Long work walks its copies: the place must stay.</summary>
    Held = 8,
}

/// <summary>
/// An order, waiting or open (hedging accounts: every filled order is its own holding). Listed per account in order of
/// id; a copy points to its master, whose order heads the list of its copies in order of their creation.
/// </summary>
internal struct Order
{
    public long Id;

    /// <summary>Entry commission not yet booked.</summary>
    public Money Commission;

    /// <summary>Swap not yet booked.</summary>
    public Money Swap;

    /// <summary>Margin fixed at the opening, of the lots that remain; zero where margin follows the market.</summary>
    public Money FrozenMargin;

    /// <summary>Microseconds since the Unix epoch when it was placed or filled.</summary>
    public long OpenedAt;

    /// <summary>Microseconds since the Unix epoch, 0: never.</summary>
    public long ExpiresAt;

    /// <summary>Id of the master's order, 0: none.</summary>
    public long MasterId;

    public int Account;
    public int Symbol;

    /// <summary>Lots that remain.</summary>
    public int Steps;

    /// <summary>Lots it was opened with.</summary>
    public int OriginalSteps;

    public int OpenPoints;
    public int PricePoints;
    public int StopPricePoints;
    public int StopLossPoints;
    public int TakeProfitPoints;

    public int PreviousOfAccount;
    public int NextOfAccount;

    /// <summary>The master's place, -1: not a copy, or no longer one.</summary>
    public int Master;

    /// <summary>Neighbours among the copies of its master, -1: none.</summary>
    public int PreviousCopy;
    public int NextCopy;

    /// <summary>Ends of the list of its own copies, -1: none.</summary>
    public int FirstCopy;
    public int LastCopy;

    /// <summary>Copies listed.</summary>
    public int Copies;

    /// <summary>Days since the Unix epoch of the last rollover that charged it, or before which it was opened.</summary>
    public int SwapDay;

    /// <summary>Place of the client's id, -1: none.</summary>
    public int ClientId;

    public Side Side;
    public OrderType Type;
    public OrderStage State;
    public OrderFlags Flags;

    public readonly bool Has(OrderFlags flag) => (Flags & flag) != 0;
}
