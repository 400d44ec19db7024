using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Instruments;

/// <summary>Instruments by dense id: what is traded, in which currencies, on which grid.</summary>
internal sealed class InstrumentTable(int capacity, CurrencyTable currencies)
{
    private readonly List<Instrument> _instruments = [];

    public int Count => _instruments.Count;

    public Instrument this[int id] => _instruments[id];

    public bool Contains(int id) => id >= 0 && id < _instruments.Count;

    /// <summary>Registers or changes an instrument; a refused one changes nothing.</summary>
    public RejectCode Register(in RegisterInstrument definition, out Instrument? instrument)
    {
        instrument = Find(definition.Symbol);
        if (!IsSound(in definition, out Int128 pointValue))
        {
            return RejectCode.InvalidSetting;
        }
        if (instrument is null)
        {
            return Add(in definition, (long)pointValue, out instrument);
        }
        if (!KeepsItsNature(in instrument.Definition, in definition))
        {
            return RejectCode.InvalidSetting;
        }
        Set(instrument, in definition);
        return RejectCode.None;
    }

    /// <summary>The definitions, from which all numbers of an instrument follow. The currencies come before.</summary>
    public void Transfer(StateTransfer transfer)
    {
        int count = transfer.Count(_instruments.Count);
        for (int id = 0; id < count; id++)
        {
            RegisterInstrument definition = transfer.IsLoading ? default : _instruments[id].Definition;
            transfer.Value(ref definition);
            if (transfer.IsLoading)
            {
                RejectCode refusal = Register(in definition, out _);
                Invariant.Holds(refusal == RejectCode.None && _instruments.Count == id + 1, "a saved instrument cannot be registered");
            }
        }
    }

    private RejectCode Add(in RegisterInstrument definition, long pointValue, out Instrument? instrument)
    {
        instrument = null;
        if (_instruments.Count == capacity)
        {
            return RejectCode.CapacityExceeded;
        }
        int baseCurrency = currencies.FindOrAdd(in definition.BaseCurrency);
        int profitCurrency = currencies.FindOrAdd(in definition.ProfitCurrency);
        if (baseCurrency < 0 || profitCurrency < 0)
        {
            return RejectCode.CapacityExceeded;
        }
        instrument = new Instrument
        {
            Id = _instruments.Count,
            BaseCurrency = baseCurrency,
            ProfitCurrency = profitCurrency,
            PointUnits = Fixed8.PowerOfTen(Fixed8.Decimals - definition.Digits),
            PointsPerUnit = Fixed8.PowerOfTen(definition.Digits),
            StepUnits = definition.LotStep,
            PointValue = pointValue,
            BaseUnitsPerStep = pointValue * Fixed8.PowerOfTen(definition.Digits),
        };
        Set(instrument, in definition);
        _instruments.Add(instrument);
        return RejectCode.None;
    }

    private static void Set(Instrument instrument, in RegisterInstrument definition)
    {
        instrument.Define(in definition);
        instrument.MinSteps = (int)(definition.MinLot / definition.LotStep);
        instrument.MaxSteps = (int)(definition.MaxLot / definition.LotStep);
        long divisor = GreatestCommonDivisor(definition.MarginFactor, Fixed8.One);
        instrument.MarginFactor = new Ratio(definition.MarginFactor / divisor, Fixed8.One / divisor);
    }

    private Instrument? Find(Symbol symbol)
    {
        foreach (Instrument instrument in _instruments)
        {
            Symbol known = instrument.Definition.Symbol;
            if (AsciiText.ReadOnlyBytes(in known).SequenceEqual(AsciiText.ReadOnlyBytes(in symbol)))
            {
                return instrument;
            }
        }
        return null;
    }

    /// <summary>The grid must make profit exact in 10^-8: digits + decimals of lot step × contract size ≤ 8.</summary>
    private static bool IsSound(in RegisterInstrument definition, out Int128 pointValue)
    {
        pointValue = 0;
        return AsciiText.IsValid(AsciiText.Trim(AsciiText.ReadOnlyBytes(in definition.Symbol)), Symbol.Length)
            && AsciiText.IsValid(AsciiText.Trim(AsciiText.ReadOnlyBytes(in definition.BaseCurrency)), CurrencyCode.Length)
            && AsciiText.IsValid(AsciiText.Trim(AsciiText.ReadOnlyBytes(in definition.ProfitCurrency)), CurrencyCode.Length)
            && definition.Digits <= Fixed8.Decimals
            && definition.AssetClass is >= AssetClass.Forex and <= AssetClass.Crypto
            && definition.Execution == Execution.Quote
            && HasSoundLots(in definition)
            && HasExactPointValue(in definition, out pointValue)
            && HasSoundCosts(in definition)
            && HasSoundSessions(in definition.Sessions);
    }

    private static bool HasSoundLots(in RegisterInstrument definition) =>
        definition.LotStep > 0
        && definition.MinLot > 0 && definition.MinLot % definition.LotStep == 0
        && definition.MaxLot >= definition.MinLot && definition.MaxLot % definition.LotStep == 0
        && definition.MaxLot / definition.LotStep <= Instrument.MaxOrderSteps;

    private static bool HasExactPointValue(in RegisterInstrument definition, out Int128 pointValue)
    {
        Int128 value = (Int128)definition.ContractSize * definition.LotStep;
        Int128 scale = (Int128)Fixed8.One * Fixed8.PowerOfTen(definition.Digits);
        pointValue = value / scale;
        return definition.ContractSize > 0 && value % scale == 0 && pointValue <= long.MaxValue / Fixed8.PowerOfTen(definition.Digits);
    }

    private static bool HasSoundCosts(in RegisterInstrument definition) =>
        definition.MarginFactor is > 0 and <= 1_000 * Fixed8.One
        && definition.StopsLevelPoints is >= 0 and <= Instrument.MaxPricePoints
        && definition.JumpLimit >= 0
        && definition.StaleAfterSeconds >= 0
        && definition.MaxLeverage >= 0
        && definition.SwapType is SwapType.Points or SwapType.PercentPerYear
        && IsSmall(definition.SwapLong) && IsSmall(definition.SwapShort)
        && definition.TripleSwapDay is >= DayOfWeek.Sunday and <= DayOfWeek.Saturday;

    private static bool IsSmall(long swap) => swap is >= -1_000_000 * Fixed8.One and <= 1_000_000 * Fixed8.One;

    private static bool HasSoundSessions(in TradingSessions sessions)
    {
        for (int i = 0; i < TradingSessions.Count; i++)
        {
            TradingSession session = sessions[i];
            if (session.CloseMinute > 7 * 24 * 60 || (session.CloseMinute != 0 && session.OpenMinute >= session.CloseMinute))
            {
                return false;
            }
        }
        return true;
    }

    private static bool KeepsItsNature(in RegisterInstrument before, in RegisterInstrument after) =>
        before.Digits == after.Digits && before.ContractSize == after.ContractSize && before.LotStep == after.LotStep
        && before.AssetClass == after.AssetClass
        && AsciiText.ReadOnlyBytes(in before.BaseCurrency).SequenceEqual(AsciiText.ReadOnlyBytes(in after.BaseCurrency))
        && AsciiText.ReadOnlyBytes(in before.ProfitCurrency).SequenceEqual(AsciiText.ReadOnlyBytes(in after.ProfitCurrency));

    private static long GreatestCommonDivisor(long left, long right)
    {
        while (right != 0)
        {
            (left, right) = (right, left % right);
        }
        return left;
    }
}
