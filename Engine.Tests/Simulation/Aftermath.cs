using System.Security.Cryptography;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Recovery;
using CopyEngine.State;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>Between two lives: what the end did to the disk, and what can be tried on a copy of it.</summary>
internal sealed class Aftermath(SimulatedMachine machine)
{
    private readonly RandomChoices _random = machine.Random;

    public void Follow(LifeEnd end)
    {
        bool isPowerCut = end != LifeEnd.Stopped && machine.Strikes(Fault.PowerIsCut, 0.6);
        if (isPowerCut)
        {
            machine.Disk.CutPower(_random.OneOf(PowerCut.LosesAll, PowerCut.KeepsAll, PowerCut.TearsTail, PowerCut.Reorders));
        }
        else
        {
            machine.Faults.Count(Fault.ProcessIsKilled);
            if (machine.Strikes(Fault.FailedPagesAreDropped, 0.5))
            {
                machine.Disk.DropCache();
            }
        }
        if (machine.Build.IsTriedOnCopies && _random.Chance(0.1))
        {
            RecoverTwice();
        }
        if (machine.Build.IsTriedOnCopies && !isPowerCut)
        {
            Flip(Fault.JournalBitFlips, machine.Disk.Journal, name => name.EndsWith(".seg", StringComparison.Ordinal));
            Flip(Fault.HeadBitFlips, machine.Disk.Journal, name => name == JournalHead.FileName);
            Flip(Fault.SnapshotBitFlips, machine.Disk.Snapshots, name => name.EndsWith(".snap", StringComparison.Ordinal));
        }
        if (machine.Strikes(Fault.SettingsChange, 0.3))
        {
            machine.Faults.Count(Fault.SettingsChange);
            machine.Limits = machine.Limits with { WorkQuota = _random.OneOf(2, 5, 100), OrdersPerAccount = _random.OneOf(6, 40, 1_000) };
        }
    }

    /// <summary>S4: a second start finds what the first one left, and changes nothing.</summary>
    private void RecoverTwice()
    {
        SimulatedDisk copy = machine.Disk.Clone();
        StateHash first = Recover(copy);
        string bytes = Digest(copy.Journal);
        StateHash second = Recover(copy);
        Violation.Unless(first == second, "S4", "a second start finds another state");
        Violation.Unless(bytes == Digest(copy.Journal), "S4", "a second start changes the journal");
    }

    private StateHash Recover(SimulatedDisk disk)
    {
        using SimulatedEngine engine = Engine(disk);
        engine.Recover();
        return engine.Core.ComputeHash();
    }

    /// <summary>
    /// A bit turns over in something that was durable. Either the start is refused, or the state is right all the same: the
    /// damage lay where nothing depends on it.
    /// </summary>
    private void Flip(Fault fault, SimulatedDirectory directory, Func<string, bool> isMeant)
    {
        if (!machine.Strikes(fault, 0.3) || !directory.Names.Any(isMeant))
        {
            return;
        }
        SimulatedDisk copy = machine.Disk.Clone();
        SimulatedDirectory target = directory.Name == copy.Journal.Name ? copy.Journal : copy.Snapshots;
        string name = _random.ItemOf(target.Names.Where(isMeant).ToList());
        SimulatedContent content = target.Find(name)!;
        int offset = Array.FindLastIndex(content.Seen.ToArray(), value => value != 0);
        if (offset < 0)
        {
            return;
        }
        offset = _random.Between(0, offset);
        content.Flip(offset, _random.Between(0, 7));
        if (fault == Fault.JournalBitFlips)
        {
            machine.Build.Meet(machine, copy);
        }
        machine.Faults.Count(fault);
        Violation.Unless(IsRefusedOrRight(copy, mayRefuse: fault != Fault.SnapshotBitFlips), "R1", $"the engine starts in a wrong state with a damaged byte {offset} of {name}");
    }

    private bool IsRefusedOrRight(SimulatedDisk disk, bool mayRefuse)
    {
        try
        {
            using SimulatedEngine engine = Engine(disk);
            engine.Recover();
            return engine.Recovered >= machine.Judge.Sequence && IsRight(engine, disk);
        }
        catch (Exception refusal) when (refusal is JournalDamagedException or RecoveryRefusedException)
        {
            Violation.Unless(mayRefuse, "R5", $"one damaged snapshot keeps the engine from starting: {refusal.Message}");
            return true;
        }
        catch (NewerFormatException)
        {
            return true;
        }
    }

    /// <summary>The state is that of the facts, followed by what of the commands under way has survived.</summary>
    private bool IsRight(SimulatedEngine engine, SimulatedDisk disk)
    {
        long facts = machine.Judge.Sequence;
        foreach (var survivor in RecoveryCheck.Commands(machine.Open(disk, new SimulatedProcess()).Journal, facts + 1, engine.Recovered))
        {
            if (!machine.Sends.Knows(in survivor))
            {
                return false;
            }
        }
        return engine.Recovered > facts || engine.Core.ComputeHash() == machine.Judge.Hash;
    }

    private SimulatedEngine Engine(SimulatedDisk disk) => new(machine, machine.Open(disk, new SimulatedProcess()));

    private static string Digest(SimulatedDirectory directory)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, SimulatedContent content) in directory.Files.Where(file => file.Key.EndsWith(".seg", StringComparison.Ordinal)))
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(content.Seen);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
