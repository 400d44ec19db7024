using System.Reflection;
using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Journal;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>M1: tells what is in the journal before it is synced.</summary>
internal sealed class TellsBeforeSync : EngineBuild
{
    public override long Promised(long durable, long appended) => appended;
}

/// <summary>M2: does not look at what a sync returns.</summary>
internal sealed class IgnoresFailedSyncs : EngineBuild
{
    public override IStorage Open(IStorage storage) => new LyingStorage(storage) { Sync = Ignoring };

    private static void Ignoring(IStorageFile file)
    {
        try
        {
            file.Sync();
        }
        catch (StorageException)
        {
            // The mistake: the bytes are gone and nobody knows.
        }
    }
}

/// <summary>M6: tries a failed sync again, which succeeds since the system has forgotten what was to be written.</summary>
internal sealed class RetriesFailedSyncs : EngineBuild
{
    public override IStorage Open(IStorage storage) => new LyingStorage(storage) { Sync = Retrying };

    private static void Retrying(IStorageFile file)
    {
        try
        {
            file.Sync();
        }
        catch (StorageException)
        {
            file.Sync();
        }
    }
}

/// <summary>M5: renames without a sync of the directory.</summary>
internal sealed class NeverSyncsDirectories : EngineBuild
{
    public override IStorage Open(IStorage storage) => new LyingStorage(storage) { SyncsDirectories = false };
}

/// <summary>M3: has no checksums; what a turned bit makes of a command is as good as the command.</summary>
internal sealed class ChecksNoChecksums : EngineBuild
{
    public override bool TakesSnapshots => false;

    public override bool IsTriedOnCopies => true;

    /// <summary>The journal once more, whole by all its checksums, one bit of one order other than it was.</summary>
    public override void Meet(SimulatedMachine machine, SimulatedDisk damaged)
    {
        List<CommandSlot> commands = RecoveryCheck.Commands(machine.Open(new SimulatedProcess()).Journal, 1, machine.Judge.Sequence);
        if (commands.Count == 0)
        {
            return;
        }
        var position = JournalPosition.Beginning;
        IStorage storage = machine.Open(damaged, new SimulatedProcess()).Journal;
        foreach (string name in storage.List())
        {
            storage.Delete(name);
        }
        using var writer = new JournalWriter(
            storage, machine.JournalLimits, Durability.Fsync, position, FixedLimits.Of(machine.Limits), machine.Clock, hasOwnThread: false);
        int hit = machine.Random.Between(0, commands.Count - 1);
        for (int i = 0; i < commands.Count; i++)
        {
            CommandSlot command = commands[i];
            command.Header.Time ^= i == hit ? 1 << 20 : 0;
            writer.Append(in command);
        }
        writer.Commit();
    }
}

/// <summary>M9: answers are not part of a snapshot, so an order sent again after a start is done again.</summary>
internal sealed class ForgetsAnswers : EngineBuild
{
    public override bool IsSameAfterLoad => false;

    public override void Load(TradingCore core)
    {
        object table = Field(typeof(TradingCore), "_answerTable").GetValue(core)!;
        FieldInfo[] fields = typeof(AnswerTable).GetFields(BindingFlags.Instance | BindingFlags.NonPublic);
        FieldInfo limits = Array.Find(fields, field => field.FieldType == typeof(CurrentLimits))!;
        var empty = new AnswerTable((CurrentLimits)limits.GetValue(table)!);
        foreach (FieldInfo field in fields)
        {
            field.SetValue(table, field.GetValue(empty));
        }
    }

    private static FieldInfo Field(Type owner, string name) => owner.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!;
}

/// <summary>M15: a client that comes back is told its last event once more.</summary>
internal sealed class TellsTwice : EngineBuild
{
    public override long ResumeAt(long next) => Math.Max(0, next - 1);
}
