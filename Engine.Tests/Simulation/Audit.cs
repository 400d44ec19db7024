using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>At the end of a run: the journal is the facts, the state is whole, and everything was done once.</summary>
internal sealed class Audit(SimulatedMachine machine)
{
    public void Run(ClientCrowd crowd)
    {
        machine.Judge.CheckEnd();
        IStorage journal = machine.Open(new SimulatedProcess()).Journal;
        JournalState state = JournalScan.Check(journal, fromSequence: 0);
        Violation.Unless(state.Position.NextSequence == machine.Judge.Sequence + 1, "S2", $"the journal ends before {state.Position.NextSequence}");
        foreach (CommandSlot command in RecoveryCheck.Commands(journal, state.First, machine.Judge.Sequence))
        {
            machine.Judge.CheckRecovered(in command);
        }
        foreach (Intention intention in crowd.Intentions)
        {
            Violation.Unless(
                !crowd.IsEveryIdRemembered || !intention.IsRemembered || intention.Effects <= 1,
                "O2", $"what {Tests.Sessions.CommandText.Of(intention.Command)} asked for was done {intention.Effects} times");
        }
    }
}
