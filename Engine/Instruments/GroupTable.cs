using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Instruments;

/// <summary>What a group does for one instrument, in the core's own units; starts as the instrument's own limits.</summary>
internal struct GroupInstrument
{
    /// <summary>Per lot in account currency, or percent, in 10^-8; 0: none.</summary>
    public long Commission;
    public int MinSteps;
    public int MaxSteps;
    public int HalfSpreadPoints;
    public CommissionBasis CommissionBasis;
    public CommissionSide CommissionSide;

    /// <summary>Set by the group, so that the instrument's limits no longer apply.</summary>
    public bool IsOwn;
    private readonly byte _padding;

    public readonly bool ChargesEntry => Commission != 0 && CommissionSide != CommissionSide.Exit;

    public readonly bool ChargesExit => Commission != 0 && CommissionSide != CommissionSide.Entry;
}

/// <summary>A group: levels, liquidation rule, margin and conversion settings, and what differs per instrument.</summary>
internal sealed class Group(int id, RegisterGroup definition)
{
    private GroupInstrument[] _bySymbol = [];
    private RegisterGroup _definition = definition;

    public int Id => id;

    public ref readonly RegisterGroup Definition => ref _definition;

    public bool FreezesMargin => Definition.MarginPrice == MarginPrice.Open;

    /// <summary>Takes over a definition.</summary>
    public void Define(in RegisterGroup changed) => _definition = changed;

    public ref readonly GroupInstrument For(int symbol) => ref _bySymbol[symbol];

    /// <summary>Makes room for an instrument, or follows its changed limits where the group has none of its own.</summary>
    public void Cover(Instrument instrument)
    {
        if (instrument.Id >= _bySymbol.Length)
        {
            Array.Resize(ref _bySymbol, instrument.Id + 1);
        }
        ref GroupInstrument settings = ref _bySymbol[instrument.Id];
        if (!settings.IsOwn)
        {
            settings.MinSteps = instrument.MinSteps;
            settings.MaxSteps = instrument.MaxSteps;
        }
    }

    /// <summary>Takes over what the group does for an instrument.</summary>
    public void Set(Instrument instrument, in SetGroupInstrument settings) => _bySymbol[instrument.Id] = new GroupInstrument
    {
        MinSteps = (int)(settings.MinLot / instrument.StepUnits),
        MaxSteps = (int)(settings.MaxLot / instrument.StepUnits),
        HalfSpreadPoints = settings.HalfSpreadPoints,
        Commission = settings.Commission,
        CommissionBasis = settings.CommissionBasis,
        CommissionSide = settings.CommissionSide,
        IsOwn = true,
    };

    /// <summary>What the group does for an instrument, as it was asked for.</summary>
    public SetGroupInstrument SettingsOf(Instrument instrument)
    {
        ref GroupInstrument settings = ref _bySymbol[instrument.Id];
        return new SetGroupInstrument
        {
            Group = id,
            Symbol = instrument.Id,
            MinLot = settings.MinSteps * instrument.StepUnits,
            MaxLot = settings.MaxSteps * instrument.StepUnits,
            HalfSpreadPoints = settings.HalfSpreadPoints,
            Commission = settings.Commission,
            CommissionBasis = settings.CommissionBasis,
            CommissionSide = settings.CommissionSide,
        };
    }

    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _definition);
        int count = transfer.Count(_bySymbol.Length);
        if (transfer.IsLoading)
        {
            _bySymbol = new GroupInstrument[count];
        }
        transfer.Values(_bySymbol.AsSpan());
    }
}

/// <summary>Groups by dense id.</summary>
internal sealed class GroupTable(int capacity, InstrumentTable instruments)
{
    private readonly List<Group> _groups = [];

    public int Count => _groups.Count;

    public Group this[int id] => _groups[id];

    public bool Contains(int id) => id >= 0 && id < _groups.Count;

    /// <summary>Registers or changes a group; a refused one changes nothing.</summary>
    public RejectCode Register(in RegisterGroup definition, out Group? group)
    {
        group = Find(definition.Name);
        if (!IsSound(in definition))
        {
            return RejectCode.InvalidSetting;
        }
        if (group is not null)
        {
            // Margins of open holdings were frozen, or not, under the old setting.
            if (group.Definition.MarginPrice != definition.MarginPrice)
            {
                return RejectCode.InvalidSetting;
            }
            group.Define(in definition);
            return RejectCode.None;
        }
        if (_groups.Count == capacity)
        {
            return RejectCode.CapacityExceeded;
        }
        group = new Group(_groups.Count, definition);
        for (int symbol = 0; symbol < instruments.Count; symbol++)
        {
            group.Cover(instruments[symbol]);
        }
        _groups.Add(group);
        return RejectCode.None;
    }

    /// <summary>Tells every group of an instrument that is new or has changed.</summary>
    public void Cover(Instrument instrument)
    {
        foreach (Group group in _groups)
        {
            group.Cover(instrument);
        }
    }

    /// <summary>Checks what a group wants to do for an instrument.</summary>
    public RejectCode Check(in SetGroupInstrument settings)
    {
        if (!Contains(settings.Group))
        {
            return RejectCode.UnknownGroup;
        }
        if (!instruments.Contains(settings.Symbol))
        {
            return RejectCode.UnknownSymbol;
        }
        Instrument instrument = instruments[settings.Symbol];
        bool isSound = settings.MinLot > 0 && settings.MinLot % instrument.StepUnits == 0
            && settings.MaxLot >= settings.MinLot && settings.MaxLot % instrument.StepUnits == 0
            && settings.MaxLot / instrument.StepUnits <= Instrument.MaxOrderSteps
            && settings.HalfSpreadPoints is >= 0 and <= 1_000_000
            && settings.Commission is >= 0 and <= 1_000_000 * Fixed8.One
            && settings.CommissionBasis is CommissionBasis.PerLot or CommissionBasis.Percent
            && settings.CommissionSide is >= CommissionSide.Entry and <= CommissionSide.Both;
        return isSound ? RejectCode.None : RejectCode.InvalidSetting;
    }

    public void Transfer(StateTransfer transfer)
    {
        int count = transfer.Count(_groups.Count);
        for (int id = 0; id < count; id++)
        {
            if (transfer.IsLoading)
            {
                _groups.Add(new Group(id, default));
            }
            _groups[id].Transfer(transfer);
        }
    }

    private Group? Find(GroupName name)
    {
        foreach (Group group in _groups)
        {
            GroupName known = group.Definition.Name;
            if (AsciiText.ReadOnlyBytes(in known).SequenceEqual(AsciiText.ReadOnlyBytes(in name)))
            {
                return group;
            }
        }
        return null;
    }

    private static bool IsSound(in RegisterGroup definition) =>
        AsciiText.IsValid(AsciiText.Trim(AsciiText.ReadOnlyBytes(in definition.Name)), GroupName.Length)
        && definition.LiquidationLevel is >= 0 and <= 10_000_000
        && definition.WarningLevel >= definition.LiquidationLevel && definition.WarningLevel <= 10_000_000
        && definition.WarningIntervalSeconds >= 0
        && definition.MaxLeverage >= 0
        && definition.Liquidation is LiquidationRule.LargestLossFirst or LiquidationRule.All
        && definition.MarginPrice is MarginPrice.Current or MarginPrice.Open
        && definition.Conversion is >= ConversionPrice.Ask and <= ConversionPrice.Conservative;
}
