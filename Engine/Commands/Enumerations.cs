namespace CopyEngine.Commands;

/// <summary>Side of an order.</summary>
public enum Side : byte
{
    /// <summary>Bought at the ask, closed at the bid.</summary>
    Buy = 1,

    /// <summary>Sold at the bid, closed at the ask.</summary>
    Sell = 2,
}

/// <summary>How an order meets the market (semantics, section 5).</summary>
public enum OrderType : byte
{
    /// <summary>Fills at once at the client price.</summary>
    Market = 1,

    /// <summary>Waits for its price or better.</summary>
    Limit = 2,

    /// <summary>Waits for its price or worse.</summary>
    Stop = 3,

    /// <summary>Becomes a limit order when its stop price is crossed.</summary>
    StopLimit = 4,
}

/// <summary>How long an order waits.</summary>
public enum TimeInForce : byte
{
    /// <summary>Until cancelled.</summary>
    Gtc = 1,

    /// <summary>Until the next rollover at 00:00 UTC.</summary>
    Day = 2,

    /// <summary>Until its expiry time.</summary>
    Gtd = 3,

    /// <summary>At once or not at all, the rest cancelled.</summary>
    Ioc = 4,

    /// <summary>At once and in full or not at all.</summary>
    Fok = 5,
}

/// <summary>What kind of account, part of its name.</summary>
public enum UserType : byte
{
    /// <summary><c>live</c></summary>
    Live = 1,

    /// <summary><c>demo</c></summary>
    Demo = 2,

    /// <summary><c>strategy_provider</c>: can be followed.</summary>
    StrategyProvider = 3,

    /// <summary><c>copy_follower</c>: can follow.</summary>
    CopyFollower = 4,
}

/// <summary>What an account may do.</summary>
public enum AccountStatus : byte
{
    /// <summary>Everything.</summary>
    Active = 1,

    /// <summary>Close, cancel and change stops only.</summary>
    CloseOnly = 2,

    /// <summary>Nothing by itself; copies still close with their master.</summary>
    Suspended = 3,
}

/// <summary>Whether a link copies.</summary>
public enum LinkStatus : byte
{
    /// <summary>Every fill of the provider is copied.</summary>
    Active = 1,

    /// <summary>Nothing new is copied; closes are still mirrored.</summary>
    Paused = 2,
}

/// <summary>How a copy is sized (semantics, section 6).</summary>
public enum CopyMode : byte
{
    /// <summary>Provider lots × follower equity / provider equity × ratio.</summary>
    Proportional = 1,

    /// <summary>Always the same lots.</summary>
    FixedLots = 2,

    /// <summary>Lots whose margin is the amount, in the follower's currency.</summary>
    FixedAmount = 3,

    /// <summary>Provider lots × ratio.</summary>
    Multiplier = 4,
}

/// <summary>What happens to a copy whose size is below the minimum.</summary>
public enum MinLotPolicy : byte
{
    /// <summary>No copy.</summary>
    Skip = 1,

    /// <summary>The minimum, unless a cap lies below it.</summary>
    Raise = 2,
}

/// <summary>What an unfollow does with the copies that are open.</summary>
public enum OpenCopies : byte
{
    /// <summary>Closes them at market.</summary>
    Close = 1,

    /// <summary>Leaves them to the follower as its own orders.</summary>
    Keep = 2,
}

/// <summary>Asset class of an instrument; the numbers are those of the risk desk's keys.</summary>
public enum AssetClass : byte
{
    /// <summary>Foreign exchange.</summary>
    Forex = 1,

    /// <summary>Index.</summary>
    Index = 2,

    /// <summary>Commodity, metals included.</summary>
    Commodity = 3,

    /// <summary>Crypto currency: margin fixed at the opening, with a margin factor, swaps every day.</summary>
    Crypto = 4,
}

/// <summary>How orders of an instrument are executed.</summary>
public enum Execution : byte
{
    /// <summary>At once and in full at the client price.</summary>
    Quote = 1,
}

/// <summary>How swap is charged for a night.</summary>
public enum SwapType : byte
{
    /// <summary>Points per lot and night.</summary>
    Points = 1,

    /// <summary>Percent a year of the value at the bid, a year of 360 days.</summary>
    PercentPerYear = 2,
}

/// <summary>How a liquidation chooses what to close.</summary>
public enum LiquidationRule : byte
{
    /// <summary>One by one, the largest loss first, until the level is above the liquidation level.</summary>
    LargestLossFirst = 1,

    /// <summary>Everything, in order of opening.</summary>
    All = 2,
}

/// <summary>Which price the margin of a holding follows.</summary>
public enum MarginPrice : byte
{
    /// <summary>The current ask, at every tick.</summary>
    Current = 1,

    /// <summary>The opening price, converted at the opening and frozen.</summary>
    Open = 2,
}

/// <summary>Which side of a conversion pair converts.</summary>
public enum ConversionPrice : byte
{
    /// <summary>The ask, for gains and losses alike.</summary>
    Ask = 1,

    /// <summary>The mean of bid and ask.</summary>
    Mid = 2,

    /// <summary>The side that is worse for the client.</summary>
    Conservative = 3,
}

/// <summary>What a commission is a share of.</summary>
public enum CommissionBasis : byte
{
    /// <summary>An amount of the account currency per lot.</summary>
    PerLot = 1,

    /// <summary>Percent of the notional value.</summary>
    Percent = 2,
}

/// <summary>When commission is charged.</summary>
public enum CommissionSide : byte
{
    /// <summary>At the opening.</summary>
    Entry = 1,

    /// <summary>At the close.</summary>
    Exit = 2,

    /// <summary>At both, in full each time.</summary>
    Both = 3,
}
