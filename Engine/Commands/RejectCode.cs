namespace CopyEngine.Commands;

/// <summary>
/// Why something was refused: a closed list, in order of precedence. When several reasons apply, the lowest number is
/// the one given. Also the reasons why a follower got no copy. The wire name is the member's name in capitals with
/// underscores; <c>docs/protocol.md</c> explains each.
/// </summary>
public enum RejectCode : byte
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The frame or one of its fields is not what the protocol says.</summary>
    Malformed = 1,

    /// <summary>The message type is not known.</summary>
    UnknownMessage = 2,

    /// <summary>The session has not logged in.</summary>
    NotAuthenticated = 3,

    /// <summary>The key's role or accounts do not allow this.</summary>
    NotAuthorized = 4,

    /// <summary>The session sends more than its share.</summary>
    RateLimited = 5,

    /// <summary>The engine has no free slot for the command right now; nothing was done.</summary>
    Busy = 6,

    /// <summary>No such account.</summary>
    UnknownAccount = 7,

    /// <summary>No such group.</summary>
    UnknownGroup = 8,

    /// <summary>The client order id or request id was used before with other content.</summary>
    DuplicateClientOrderId = 9,

    /// <summary>The account exists already.</summary>
    DuplicateAccount = 10,

    /// <summary>No such instrument.</summary>
    UnknownSymbol = 11,

    /// <summary>The account has no such order in the state that the command needs.</summary>
    UnknownOrder = 12,

    /// <summary>Only a strategy provider can be followed.</summary>
    NotAProvider = 13,

    /// <summary>Only a copy follower can follow.</summary>
    NotAFollower = 14,

    /// <summary>The follower follows this provider already.</summary>
    AlreadyFollowing = 15,

    /// <summary>The follower does not follow this provider.</summary>
    NotFollowing = 16,

    /// <summary>The account is suspended.</summary>
    AccountNotActive = 17,

    /// <summary>The account may only close.</summary>
    CloseOnly = 18,

    /// <summary>The account, the order or the provider is being liquidated.</summary>
    Liquidating = 19,

    /// <summary>The instrument is outside its trading hours.</summary>
    MarketClosed = 20,

    /// <summary>The side is neither buy nor sell.</summary>
    InvalidSide = 21,

    /// <summary>The order type or time in force is not possible for this instrument or order.</summary>
    InvalidOrderType = 22,

    /// <summary>The lots are zero, negative, more than there is, or cannot be held.</summary>
    InvalidLots = 23,

    /// <summary>The lots are not a multiple of the instrument's lot step.</summary>
    LotsOffStep = 24,

    /// <summary>Fewer lots than the group allows.</summary>
    LotsBelowMinimum = 25,

    /// <summary>More lots than the group allows.</summary>
    LotsAboveMaximum = 26,

    /// <summary>An amount, ratio, leverage or other setting is outside its range.</summary>
    InvalidSetting = 27,

    /// <summary>The time in force and the expiry do not fit together, or the expiry has passed.</summary>
    InvalidExpiry = 28,

    /// <summary>There is no price.</summary>
    NoPrice = 29,

    /// <summary>The last price is older than the instrument's stale limit.</summary>
    StalePrice = 30,

    /// <summary>A price is off its grid, not positive, cannot be held, or on the wrong side of the market.</summary>
    InvalidPrice = 31,

    /// <summary>Stop loss or take profit is off its grid, on the wrong side or too close.</summary>
    InvalidStops = 32,

    /// <summary>Equity is zero or negative, so nothing can be sized by it.</summary>
    NoEquity = 33,

    /// <summary>A conversion rate is missing or stale.</summary>
    NoConversion = 34,

    /// <summary>The size computed for a copy is below the minimum.</summary>
    BelowMinLot = 35,

    /// <summary>The copy link is paused.</summary>
    LinkPaused = 36,

    /// <summary>Free margin would fall below zero.</summary>
    InsufficientMargin = 37,

    /// <summary>The price is worse than the sender accepts.</summary>
    SlippageExceeded = 38,

    /// <summary>The balance would fall below zero.</summary>
    NegativeBalance = 39,

    /// <summary>A stated capacity of the engine is used up.</summary>
    CapacityExceeded = 40,

    /// <summary>The disk is nearly full: what adds risk or moves money is not taken; nothing was done.</summary>
    StorageFull = 41,
}
