namespace CopyEngine.Events;

/// <summary>What an order report says of its order; wire names as in interfaces, message 110.</summary>
public enum OrderStatus : byte
{
    /// <summary>Waits in the market.</summary>
    New = 1,

    /// <summary>Filled in full: the order is an open holding.</summary>
    Filled = 2,

    /// <summary>Filled in part.</summary>
    PartiallyFilled = 3,

    /// <summary>Prices, lots or stops changed.</summary>
    Modified = 4,

    /// <summary>Taken out of the market.</summary>
    Cancelled = 5,

    /// <summary>Its time ran out.</summary>
    Expired = 6,

    /// <summary>Refused; nothing changed, or a waiting order that could not fill is gone.</summary>
    Rejected = 7,

    /// <summary>The holding is closed.</summary>
    Closed = 8,

    /// <summary>A part of the holding is closed.</summary>
    PartiallyClosed = 9,
}

/// <summary>What caused a report that is not a refusal; wire names as in interfaces, message 110.</summary>
public enum Cause : byte
{
    /// <summary>None: the report is a refusal.</summary>
    None = 0,

    /// <summary>A command of the owner.</summary>
    Client = 1,

    /// <summary>Its stop loss.</summary>
    StopLoss = 2,

    /// <summary>Its take profit.</summary>
    TakeProfit = 3,

    /// <summary>Its waiting price.</summary>
    Triggered = 4,

    /// <summary>The master's order filled.</summary>
    MasterOpened = 5,

    /// <summary>The master's order closed, whole or in part.</summary>
    MasterClosed = 6,

    /// <summary>The master's stops changed.</summary>
    MasterModified = 7,

    /// <summary>The account fell to its liquidation level.</summary>
    Liquidation = 8,

    /// <summary>The provider fell to its liquidation level.</summary>
    Cascade = 9,

    /// <summary>The follower left the provider.</summary>
    Unfollow = 10,

    /// <summary>Its expiry.</summary>
    Expired = 11,
}

/// <summary>What a copy report sums up.</summary>
public enum CopyAction : byte
{
    /// <summary>The master's order filled.</summary>
    Open = 1,

    /// <summary>The master's holding closed.</summary>
    Close = 2,

    /// <summary>A part of the master's holding closed.</summary>
    PartialClose = 3,

    /// <summary>The master's stops changed.</summary>
    Modify = 4,

    /// <summary>Reserved by the protocol: cancelling a waiting master order touches no copies.</summary>
    Cancel = 5,
}

/// <summary>What a margin report tells.</summary>
public enum MarginEventKind : byte
{
    /// <summary>At or under the warning level.</summary>
    Warning = 1,

    /// <summary>At or under the liquidation level; closing begins.</summary>
    LiquidationStarted = 2,

    /// <summary>Closing has ended.</summary>
    Liquidated = 3,

    /// <summary>A provider's holdings and all their copies are being closed.</summary>
    CascadeStarted = 4,

    /// <summary>Every copy that has a price is closed.</summary>
    CascadeDone = 5,

    /// <summary>Above the warning level again after a warning.</summary>
    Restored = 6,
}

/// <summary>Why an alarm rang.</summary>
public enum AlarmKind : byte
{
    /// <summary>An account's figures need a conversion rate that is missing or stale; it is not liquidated meanwhile.</summary>
    ConversionMissing = 1,

    /// <summary>An account at its liquidation level has no holding with a fresh price.</summary>
    LiquidationBlocked = 2,

    /// <summary>An order was refused because the price is stale.</summary>
    PriceStale = 3,

    /// <summary>A close that must happen waits for a price or a conversion rate.</summary>
    ClosePending = 4,
}

/// <summary>Why a quote was used for nothing.</summary>
public enum QuoteRefusal : byte
{
    /// <summary>Not 0 &lt; bid ≤ ask, off the grid, or not to be held.</summary>
    Invalid = 1,

    /// <summary>Further from the last good quote than the instrument's jump limit.</summary>
    Jump = 2,

    /// <summary>Older than the last one.</summary>
    Older = 3,
}
