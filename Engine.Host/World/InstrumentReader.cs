using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Host.Json;
using CopyEngine.Instruments;
using CopyEngine.Numerics;

namespace CopyEngine.Host.World;

/// <summary>Reads one element of <c>instruments</c>.</summary>
internal static class InstrumentReader
{
    private const long MaxAmount = 1_000_000 * Fixed8.One;
    private const long MaxContractSize = 10_000_000_000 * Fixed8.One;

    public static RegisterInstrument Read(JsonElement element, string path, FaultList faults)
    {
        var fields = new StrictObject(element, path, faults, WorldFields.Instrument);
        var instrument = new RegisterInstrument
        {
            Symbol = Symbol.From(Names.Symbol(fields, "symbol")),
            BaseCurrency = CurrencyCode.From(Names.Currency(fields, "baseCurrency", "the currency or thing of which one lot is so many units")),
            ProfitCurrency = CurrencyCode.From(Names.Currency(fields, "profitCurrency", "the currency of prices and profit")),
            Digits = (byte)Digits(fields),
            ContractSize = ContractSize(fields),
            AssetClass = ReadAssetClass(fields),
            Execution = Execution.Quote,
            StopsLevelPoints = (int)fields.Whole("stopsLevelPoints", 0, 0, Instrument.MaxPricePoints),
            JumpLimit = (int)(fields.Decimal("jumpLimitPercent", 0, 0, 10_000 * Fixed8.One) / (Fixed8.One / 100)),
            StaleAfterSeconds = (int)fields.Whole("staleAfterSeconds", 0, 0, int.MaxValue),
            MarginFactor = fields.Decimal("marginFactor", Fixed8.One, 1, 1_000 * Fixed8.One),
            MaxLeverage = (int)fields.Whole("maxLeverage", 0, 0, 10_000),
        };
        ReadExecution(fields);
        ReadJumpLimitGrid(fields);
        ReadLots(fields, ref instrument);
        ReadSwap(fields, ref instrument);
        instrument.Sessions = SessionReader.Read(fields, faults);
        CheckPointValue(fields, in instrument);
        return instrument;
    }

    private static long Digits(StrictObject fields)
    {
        fields.Require("digits", "decimals of a price, 0 to 8");
        return fields.Whole("digits", 0, 0, Fixed8.Decimals);
    }

    private static long ContractSize(StrictObject fields)
    {
        fields.Require("contractSize", "units of the base currency in one lot, e.g. 100000");
        return fields.Decimal("contractSize", Fixed8.One, 1, MaxContractSize);
    }

    private static AssetClass ReadAssetClass(StrictObject fields)
    {
        fields.Require("assetClass", "forex, index, commodity or crypto");
        return fields.Word("assetClass", AssetClass.Forex, ("forex", AssetClass.Forex), ("index", AssetClass.Index),
            ("commodity", AssetClass.Commodity), ("crypto", AssetClass.Crypto));
    }

    private static void ReadExecution(StrictObject fields)
    {
        if (fields.Text("execution") is { } execution && execution != "quote")
        {
            fields.Fault("execution", execution == "book"
                ? "'book' is not offered by this version: write quote"
                : $"'{execution}' is not one of quote");
        }
    }

    private static void ReadJumpLimitGrid(StrictObject fields)
    {
        if (fields.Has("jumpLimitPercent") && fields.Decimal("jumpLimitPercent", 0, 0, 10_000 * Fixed8.One) % (Fixed8.One / 100) != 0)
        {
            fields.Fault("jumpLimitPercent", "has more than two decimals");
        }
    }

    private static void ReadLots(StrictObject fields, ref RegisterInstrument instrument)
    {
        long step = fields.Decimal("lotStep", Fixed8.One / 100, 1, MaxAmount);
        instrument.LotStep = step;
        (instrument.MinLot, instrument.MaxLot) = LotReader.Read(fields, step, step, 100 * Fixed8.One);
    }

    private static void ReadSwap(StrictObject fields, ref RegisterInstrument instrument)
    {
        instrument.SwapType = fields.Word("swapType", SwapType.Points, ("points", SwapType.Points), ("percent", SwapType.PercentPerYear));
        instrument.SwapLong = fields.Decimal("swapLong", 0, -MaxAmount, MaxAmount);
        instrument.SwapShort = fields.Decimal("swapShort", 0, -MaxAmount, MaxAmount);
        instrument.TripleSwapDay = fields.Word("tripleSwapDay", DayOfWeek.Wednesday, WeekDays.Words);
    }

    /// <summary>Profit must be exact in 10^-8 of the profit currency (rules, numbers).</summary>
    private static void CheckPointValue(StrictObject fields, in RegisterInstrument instrument)
    {
        Int128 value = (Int128)instrument.ContractSize * instrument.LotStep;
        Int128 scale = (Int128)Fixed8.One * Fixed8.PowerOfTen(instrument.Digits);
        if (value % scale != 0)
        {
            fields.Fault("digits", "too fine: digits and the decimals of lotStep × contractSize are more than 8 together");
        }
        else if (value / scale > long.MaxValue / Fixed8.PowerOfTen(instrument.Digits))
        {
            fields.Fault("contractSize", "too large: one lot step at the largest price cannot be held");
        }
    }
}
