using CopyEngine.Recovery;
using CopyEngine.Snapshots;
using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>A run of the process that takes a snapshot beside the running engine; it may end amid its work, the engine lives on.</summary>
internal sealed class SnapshotRun(SimulatedMachine machine)
{
    /// <returns>Whether the whole machine went down amid the work.</returns>
    public bool Run(SimulatedEngine engine, bool isHealthy)
    {
        var process = new SimulatedProcess();
        if (!isHealthy && machine.Strikes(Fault.SnapshotProcessIsKilled, 0.3))
        {
            process.EndAfter(machine.Random.Between(1, machine.Random.OneOf(10, 40)));
        }
        try
        {
            SnapshotHeader? header = SnapshotBuilder.Build(machine.Open(process), machine.Limits);
            Check(header);
            if (machine.Random.Chance(0.8))
            {
                engine.Trim();
            }
        }
        catch (SimulatedCrashException) when (process.IsDead)
        {
            machine.Faults.Count(Fault.SnapshotProcessIsKilled);
            return machine.Strikes(Fault.EndsInSnapshot, 0.5);
        }
        catch (StorageException failure)
        {
            Violation.Unless(machine.Disk.IsAfflicted, "X4", $"no snapshot on a sound disk: {failure.Message}");
        }
        return false;
    }

    /// <summary>A snapshot of the present is that of an engine that was never interrupted.</summary>
    private void Check(SnapshotHeader? header)
    {
        Violation.Unless(header is null || header.Sequence <= machine.Judge.Sequence, "S3", $"a snapshot of {header?.Sequence} knows more than was kept");
        if (header?.Sequence == machine.Judge.Sequence && machine.Build.IsSameAfterLoad)
        {
            Violation.Unless(header.Hash == machine.Judge.Hash, "S1", $"the snapshot of command {header.Sequence} differs from the state then");
        }
    }
}
