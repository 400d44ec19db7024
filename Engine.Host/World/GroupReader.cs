using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Host.Json;
using CopyEngine.Numerics;

namespace CopyEngine.Host.World;

/// <summary>Reads one element of <c>groups</c>.</summary>
internal static class GroupReader
{
    /// <summary>Levels travel in 10^-4 percent.</summary>
    private const long LevelUnit = Fixed8.One / 10_000;

    private const long MaxLevel = 1_000 * Fixed8.One;
    private const int MaxHalfSpreadPoints = 1_000_000;
    private const long MaxCommission = 1_000_000 * Fixed8.One;

    public static GroupDefinition Read(
        JsonElement element, string path, FaultList faults, IReadOnlyDictionary<string, RegisterInstrument> instruments)
    {
        var fields = new StrictObject(element, path, faults, WorldFields.Group);
        var group = new RegisterGroup
        {
            Name = GroupName.From(Names.Group(fields, "name")),
            WarningLevel = Level(fields, "warningLevel", 50),
            LiquidationLevel = Level(fields, "liquidationLevel", 10),
            WarningIntervalSeconds = (int)fields.Whole("warningIntervalSeconds", 3_600, 0, int.MaxValue),
            MaxLeverage = (int)fields.Whole("maxLeverage", 0, 0, 10_000),
            NegativeBalanceProtection = fields.Flag("negativeBalanceProtection", true),
            Liquidation = fields.Word("liquidation", LiquidationRule.LargestLossFirst,
                ("largestLossFirst", LiquidationRule.LargestLossFirst), ("all", LiquidationRule.All)),
            MarginPrice = fields.Word("marginPrice", MarginPrice.Current, ("current", MarginPrice.Current), ("open", MarginPrice.Open)),
            Conversion = fields.Word("conversion", ConversionPrice.Ask, ("ask", ConversionPrice.Ask), ("mid", ConversionPrice.Mid),
                ("conservative", ConversionPrice.Conservative)),
        };
        if (group.WarningLevel < group.LiquidationLevel)
        {
            fields.Fault(fields.Has("warningLevel") ? "warningLevel" : "liquidationLevel", "the warning level is below the liquidation level");
        }
        return new GroupDefinition(group, ReadInstruments(fields, faults, instruments));
    }

    private static int Level(StrictObject fields, string name, int absentPercent)
    {
        long level = fields.Decimal(name, absentPercent * Fixed8.One, 0, MaxLevel);
        if (level % LevelUnit != 0)
        {
            fields.Fault(name, "has more than four decimals");
        }
        return (int)(level / LevelUnit);
    }

    private static List<GroupInstrumentDefinition> ReadInstruments(
        StrictObject group, FaultList faults, IReadOnlyDictionary<string, RegisterInstrument> instruments)
    {
        var settings = new List<GroupInstrumentDefinition>();
        foreach ((string symbol, JsonElement element, string path) in group.Members("instruments"))
        {
            if (instruments.TryGetValue(symbol, out RegisterInstrument instrument))
            {
                settings.Add(new(symbol, ReadInstrument(element, path, faults, in instrument)));
            }
            else
            {
                faults.Add(path, $"unknown instrument '{symbol}': the file's instruments do not define it");
            }
        }
        return settings;
    }

    private static SetGroupInstrument ReadInstrument(JsonElement element, string path, FaultList faults, in RegisterInstrument instrument)
    {
        var fields = new StrictObject(element, path, faults, WorldFields.GroupInstrument);
        (long least, long most) = LotReader.Read(fields, instrument.LotStep, instrument.MinLot, instrument.MaxLot);
        return new SetGroupInstrument
        {
            MinLot = least,
            MaxLot = most,
            HalfSpreadPoints = (int)fields.Whole("halfSpreadPoints", 0, 0, MaxHalfSpreadPoints),
            Commission = fields.Decimal("commissionPerLot", 0, 0, MaxCommission),
            CommissionBasis = fields.Word("commissionBasis", CommissionBasis.PerLot,
                ("perLot", CommissionBasis.PerLot), ("percent", CommissionBasis.Percent)),
            CommissionSide = fields.Word("commissionSide", CommissionSide.Entry,
                ("entry", CommissionSide.Entry), ("exit", CommissionSide.Exit), ("both", CommissionSide.Both)),
        };
    }
}
