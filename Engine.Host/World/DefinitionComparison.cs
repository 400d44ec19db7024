using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Host.World;

/// <summary>
/// Whether two definitions say the same. Field by field, because unused bytes between the fields of a struct say nothing: a
/// definition that is only compared wrongly would be journaled again at every start.
/// </summary>
internal static class DefinitionComparison
{
    public static bool IsSame(in RegisterInstrument left, in RegisterInstrument right) =>
        HasSameNature(in left, in right)
        && (left.MinLot, left.MaxLot, left.MarginFactor, left.SwapLong, left.SwapShort, left.StopsLevelPoints, left.JumpLimit)
            == (right.MinLot, right.MaxLot, right.MarginFactor, right.SwapLong, right.SwapShort, right.StopsLevelPoints, right.JumpLimit)
        && (left.StaleAfterSeconds, left.MaxLeverage, left.Execution, left.SwapType, left.TripleSwapDay)
            == (right.StaleAfterSeconds, right.MaxLeverage, right.Execution, right.SwapType, right.TripleSwapDay)
        && ((ReadOnlySpan<TradingSession>)left.Sessions).SequenceEqual(right.Sessions);

    public static bool IsSame(in RegisterGroup left, in RegisterGroup right) =>
        AsciiText.ReadOnlyBytes(in left.Name).SequenceEqual(AsciiText.ReadOnlyBytes(in right.Name))
        && (left.WarningLevel, left.LiquidationLevel, left.WarningIntervalSeconds, left.MaxLeverage)
            == (right.WarningLevel, right.LiquidationLevel, right.WarningIntervalSeconds, right.MaxLeverage)
        && (left.Liquidation, left.MarginPrice, left.Conversion, left.NegativeBalanceProtection)
            == (right.Liquidation, right.MarginPrice, right.Conversion, right.NegativeBalanceProtection);

    public static bool IsSame(in SetGroupInstrument left, in SetGroupInstrument right) =>
        (left.Group, left.Symbol, left.MinLot, left.MaxLot, left.Commission, left.HalfSpreadPoints)
            == (right.Group, right.Symbol, right.MinLot, right.MaxLot, right.Commission, right.HalfSpreadPoints)
        && (left.CommissionBasis, left.CommissionSide) == (right.CommissionBasis, right.CommissionSide);

    /// <summary>What an instrument's orders and prices are counted in; it can not change while they exist.</summary>
    public static bool HasSameNature(in RegisterInstrument left, in RegisterInstrument right) => FirstOtherNature(in left, in right) is null;

    /// <summary>The first field of the world file that would change what cannot change, or null.</summary>
    public static string? FirstOtherNature(in RegisterInstrument left, in RegisterInstrument right) =>
        !AsciiText.ReadOnlyBytes(in left.Symbol).SequenceEqual(AsciiText.ReadOnlyBytes(in right.Symbol)) ? "symbol"
        : left.Digits != right.Digits ? "digits"
        : left.ContractSize != right.ContractSize ? "contractSize"
        : !AsciiText.ReadOnlyBytes(in left.BaseCurrency).SequenceEqual(AsciiText.ReadOnlyBytes(in right.BaseCurrency)) ? "baseCurrency"
        : !AsciiText.ReadOnlyBytes(in left.ProfitCurrency).SequenceEqual(AsciiText.ReadOnlyBytes(in right.ProfitCurrency)) ? "profitCurrency"
        : left.AssetClass != right.AssetClass ? "assetClass"
        : left.LotStep != right.LotStep ? "lotStep"
        : null;
}
