namespace CopyEngine.Host.World;

/// <summary>Every field that a world file may have, object by object; <c>docs/world.md</c> explains the same ones.</summary>
internal static class WorldFields
{
    public static readonly string[] World = ["instruments", "groups", "accounts", "links"];

    public static readonly string[] Instrument =
    [
        "symbol", "digits", "contractSize", "baseCurrency", "profitCurrency", "assetClass", "minLot", "maxLot", "lotStep",
        "stopsLevelPoints", "execution", "jumpLimitPercent", "staleAfterSeconds", "marginFactor", "maxLeverage",
        "swapType", "swapLong", "swapShort", "tripleSwapDay", "sessions",
    ];

    public static readonly string[] Session = ["open", "close"];

    public static readonly string[] Group =
    [
        "name", "warningLevel", "liquidationLevel", "liquidation", "negativeBalanceProtection", "marginPrice",
        "maxLeverage", "conversion", "warningIntervalSeconds", "instruments",
    ];

    public static readonly string[] GroupInstrument =
        ["minLot", "maxLot", "halfSpreadPoints", "commissionPerLot", "commissionBasis", "commissionSide"];

    public static readonly string[] Account = ["account", "accounts", "group", "currency", "leverage", "balance"];

    public static readonly string[] Link =
    [
        "provider", "follower", "followers", "mode", "ratio", "lots", "amount", "minLotPolicy", "maxLots", "maxSlippage",
        "reverse", "copyStops",
    ];
}
