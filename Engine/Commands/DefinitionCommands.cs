using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyEngine.Numerics;

namespace CopyEngine.Commands;

/// <summary>One stretch of trading hours: minutes since Monday 00:00 UTC, closing minute excluded.</summary>
/// <param name="OpenMinute">0 to 10,079.</param>
/// <param name="CloseMinute">1 to 10,080, above <paramref name="OpenMinute"/>.</param>
public readonly record struct TradingSession(ushort OpenMinute, ushort CloseMinute);

/// <summary>The weekly trading hours of an instrument; unused places are all zero. None at all: always open.</summary>
[InlineArray(Count)]
public struct TradingSessions
{
    /// <summary>Stretches that an instrument may have.</summary>
    public const int Count = 14;
    private TradingSession _first;
}

/// <summary>
/// Defines an instrument, or changes one: digits, contract size, currencies, asset class and lot step of a known
/// symbol cannot change.
/// </summary>
public struct RegisterInstrument : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.RegisterInstrument;

    /// <summary>The symbol.</summary>
    public Symbol Symbol;

    /// <summary>Currency of what is bought.</summary>
    public CurrencyCode BaseCurrency;

    /// <summary>Currency of prices and profit.</summary>
    public CurrencyCode ProfitCurrency;

    /// <summary>Units of the base per lot, in 10^-8.</summary>
    public long ContractSize;

    /// <summary>Smallest order, in 10^-8 lots.</summary>
    public long MinLot;

    /// <summary>Largest order, in 10^-8 lots.</summary>
    public long MaxLot;

    /// <summary>Lot step, in 10^-8 lots.</summary>
    public long LotStep;

    /// <summary>Crypto: factor of the margin, in 10^-8; 1 by default.</summary>
    public long MarginFactor;

    /// <summary>Swap of a long lot and night, points or percent a year, in 10^-8.</summary>
    public long SwapLong;

    /// <summary>Swap of a short lot and night, points or percent a year, in 10^-8.</summary>
    public long SwapShort;

    /// <summary>Least distance of stops and waiting orders from the market, points.</summary>
    public int StopsLevelPoints;

    /// <summary>Largest change of the middle price from one quote to the next, in 10^-2 percent; 0: no limit.</summary>
    public int JumpLimit;

    /// <summary>Age at which a price opens nothing, seconds; 0: never.</summary>
    public int StaleAfterSeconds;

    /// <summary>Cap of the account's leverage; 0: none.</summary>
    public int MaxLeverage;

    /// <summary>Decimals of a price, 0 to 8.</summary>
    public byte Digits;

    /// <summary>Asset class.</summary>
    public AssetClass AssetClass;

    /// <summary>How orders are executed.</summary>
    public Execution Execution;

    /// <summary>How swap is charged.</summary>
    public SwapType SwapType;

    /// <summary>Day whose night counts three times; ignored by crypto.</summary>
    public DayOfWeek TripleSwapDay;

    /// <summary>Trading hours.</summary>
    public TradingSessions Sessions;
}

/// <summary>Defines a group of accounts, or changes one.</summary>
public struct RegisterGroup : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.RegisterGroup;

    /// <summary>The group's name.</summary>
    public GroupName Name;

    /// <summary>Margin level of the warning, in 10^-4 percent.</summary>
    public int WarningLevel;

    /// <summary>Margin level of the liquidation, in 10^-4 percent.</summary>
    public int LiquidationLevel;

    /// <summary>Least time between two warnings of one account, seconds.</summary>
    public int WarningIntervalSeconds;

    /// <summary>Cap of the account's leverage; 0: none.</summary>
    public int MaxLeverage;

    /// <summary>What a liquidation closes.</summary>
    public LiquidationRule Liquidation;

    /// <summary>Which price the margin follows.</summary>
    public MarginPrice MarginPrice;

    /// <summary>Which side converts.</summary>
    public ConversionPrice Conversion;

    /// <summary>Whether a negative balance without holdings is set to zero at the broker's expense.</summary>
    public bool NegativeBalanceProtection;
}

/// <summary>What a group does differently for one instrument.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetGroupInstrument : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.SetGroupInstrument;

    /// <summary>Dense id of the group.</summary>
    public int Group;

    /// <summary>Dense id of the instrument.</summary>
    public int Symbol;

    /// <summary>Smallest order, in 10^-8 lots.</summary>
    public long MinLot;

    /// <summary>Largest order, in 10^-8 lots.</summary>
    public long MaxLot;

    /// <summary>Commission per lot in the account's currency, or percent of the notional, in 10^-8.</summary>
    public long Commission;

    /// <summary>Half of the spread that the group pays on top of the market, points.</summary>
    public int HalfSpreadPoints;

    /// <summary>What the commission is a share of.</summary>
    public CommissionBasis CommissionBasis;

    /// <summary>When the commission is charged.</summary>
    public CommissionSide CommissionSide;
    private readonly short _padding;
}
