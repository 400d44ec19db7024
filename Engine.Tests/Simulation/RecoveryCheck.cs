using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// After a start: nothing promised is missing (S3), what was under way is there once as it was sent or not at all, and the
/// state is that of an engine that was never interrupted (S1).
/// </summary>
internal sealed class RecoveryCheck(SimulatedMachine machine)
{
    public void Check(SimulatedEngine engine)
    {
        Judge judge = machine.Judge;
        Violation.Unless(
            engine.Recovered >= judge.Sequence, "O1", $"command {judge.Sequence} was promised, the engine knows {engine.Recovered} after its start");
        var onlooker = new SimulatedProcess();
        IStorage journal = machine.Open(onlooker).Journal;
        foreach (CommandSlot survivor in Commands(journal, judge.Sequence + 1, engine.Recovered))
        {
            judge.Take(survivor);
        }
        Violation.Unless(judge.Sequence == engine.Recovered, "S2", $"the journal ends at {judge.Sequence}, the state at {engine.Recovered}");
        if (engine.Recovered > 0 && machine.Build.IsSameAfterLoad)
        {
            Violation.Unless(engine.Core.ComputeHash() == judge.Hash, "S1", $"the state after the start differs at command {judge.Sequence}");
        }
    }

    /// <summary>The journal's commands in a range of sequences.</summary>
    public static List<CommandSlot> Commands(IStorage journal, long from, long to)
    {
        var commands = new List<CommandSlot>();
        if (to < from)
        {
            return commands;
        }
        using JournalReader reader = JournalReader.Open(journal, from, to);
        while (reader.TryRead(out JournalRecord record))
        {
            if (record.Kind == RecordKind.Command && record.Sequence >= from)
            {
                var slot = new CommandSlot();
                record.CopyTo(ref slot);
                commands.Add(slot);
            }
        }
        return commands;
    }
}
