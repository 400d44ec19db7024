using System.Globalization;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Json;

namespace CopyEngine.Host.World;

/// <summary>What a world changes of what the engine knows already: checked as a whole before anything of it is applied.</summary>
internal static class WorldChanges
{
    /// <summary>JSON path of an element of one of the world's lists.</summary>
    public static string PathOf(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"$.{list}[{index}]");

    /// <summary>Refuses a world with a change that cannot be taken.</summary>
    /// <exception cref="HostException">There is one; the message names file, path and reason of each.</exception>
    public static void Check(WorldDefinition world, EngineDirectory known)
    {
        var faults = new FaultList(world.File);
        foreach ((int index, RegisterInstrument wanted) in world.Instruments.Index())
        {
            if (known.FindInstrument(wanted.Symbol.ToString()) is { } instrument
                && DefinitionComparison.FirstOtherNature(in wanted, instrument.Definition) is { } field)
            {
                faults.Add(
                    $"{PathOf("instruments", index)}.{field}",
                    $"'{instrument.Symbol}' exists with another {field}, in which its orders are counted; put the old one back, or give the instrument a new symbol");
            }
        }
        foreach ((int index, GroupDefinition wanted) in world.Groups.Index())
        {
            if (known.FindGroup(wanted.Group.Name.ToString()) is { } group && group.Definition.MarginPrice != wanted.Group.MarginPrice)
            {
                faults.Add(
                    $"{PathOf("groups", index)}.marginPrice",
                    $"'{group.Name}' exists with the other margin price, at which margins of open orders were fixed; put the old one back, or make a new group");
            }
        }
        faults.ThrowIfAny();
    }

    /// <summary>
    /// What the groups of a world are to do for single instruments, as far as that is new: also back to the instrument's own
    /// limits where the file says nothing any more. Names must be known to the engine by now.
    /// </summary>
    public static IEnumerable<(SetGroupInstrument Settings, string Path)> GroupInstruments(WorldDefinition world, EngineDirectory known)
    {
        foreach ((int index, GroupDefinition definition) in world.Groups.Index())
        {
            int group = known.FindGroup(definition.Group.Name.ToString())!.Id;
            var listed = new HashSet<int>();
            foreach (GroupInstrumentDefinition wanted in definition.Instruments)
            {
                int symbol = known.FindInstrument(wanted.Symbol)!.Id;
                listed.Add(symbol);
                SetGroupInstrument settings = wanted.Settings with { Group = group, Symbol = symbol };
                if (known.GroupInstrument(group, symbol) is not { } present || !DefinitionComparison.IsSame(in settings, in present))
                {
                    yield return (settings, $"{PathOf("groups", index)}.instruments.{wanted.Symbol}");
                }
            }
            for (int symbol = 0; symbol < known.InstrumentCount; symbol++)
            {
                SetGroupInstrument usual = Usual(group, known.Instrument(symbol));
                if (!listed.Contains(symbol) && known.GroupInstrument(group, symbol) is { } present && !DefinitionComparison.IsSame(in usual, in present))
                {
                    yield return (usual, $"{PathOf("groups", index)}.instruments");
                }
            }
        }
    }

    private static SetGroupInstrument Usual(int group, InstrumentEntry instrument) => new()
    {
        Group = group,
        Symbol = instrument.Id,
        MinLot = instrument.Definition.MinLot,
        MaxLot = instrument.Definition.MaxLot,
        CommissionBasis = CommissionBasis.PerLot,
        CommissionSide = CommissionSide.Entry,
    };
}
