namespace CopyEngine.Tests.Sessions;

/// <summary>What a session may contain; every session draws its own subset, so that features also meet in rare combinations.</summary>
[Flags]
internal enum Features
{
    None = 0,
    HalfSpreads = 1 << 0,
    Commissions = 1 << 1,
    OpenMargin = 1 << 2,
    ConversionModes = 1 << 3,
    JumpLimits = 1 << 4,
    StaleLimits = 1 << 5,
    TradingHours = 1 << 6,
    LateQuotes = 1 << 7,
    WaitingOrders = 1 << 8,
    Stops = 1 << 9,
    Copying = 1 << 10,
    PartialCloses = 1 << 11,
    Funds = 1 << 12,
    Statuses = 1 << 13,
    Links = 1 << 14,
    Ids = 1 << 15,
    Rollovers = 1 << 16,
    TimeJumps = 1 << 17,
    Gaps = 1 << 18,
    Extremes = 1 << 19,
    HighLeverage = 1 << 20,
    Redefinitions = 1 << 21,
    SmallLimits = 1 << 22,
    ForeignCurrencies = 1 << 23,
    UnknownIds = 1 << 24,
    Hedging = 1 << 25,
    LimitChanges = 1 << 26,
    PricesAtLimit = 1 << 27,
    FineCurrencies = 1 << 28,
}
