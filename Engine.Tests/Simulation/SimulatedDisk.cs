using CopyEngine.Storage;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>What a program asks a disk to do.</summary>
internal enum DiskWork
{
    Read,
    Create,
    Write,
    SetLength,
    Sync,
    Rename,
    Delete,
    SyncDirectory,
}

/// <summary>The process was ended amid its work: nothing that it does from now on has any effect.</summary>
internal sealed class SimulatedCrashException() : Exception("the simulated process was killed");

/// <summary>The one disk of the simulated machine: directories, room, and faults.</summary>
internal sealed class SimulatedDisk
{
    private readonly RandomChoices _random;
    private readonly FaultLog _faults;
    private readonly SimulatedClock _clock;
    private readonly List<SimulatedDirectory> _directories = [];
    private double _slowness;
    private int _syncsUntilFailure;
    private int _writesUntilFailure;

    public SimulatedDisk(RandomChoices random, SimulatedClock clock, FaultLog faults)
    {
        (_random, _clock, _faults) = (random, clock, faults);
        Journal = Add("journal");
        Snapshots = Add("snapshots");
    }

    public SimulatedDirectory Journal { get; }

    public SimulatedDirectory Snapshots { get; }

    public RandomChoices Random => _random;

    /// <summary>Bytes that fit onto the disk.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>Whether a failure in this life is the disk's fault.</summary>
    public bool IsAfflicted { get; private set; }

    public long FreeBytes => Capacity - _directories.Sum(directory => directory.UsedBytes);

    /// <summary>Nothing fails from now on.</summary>
    public void Heal()
    {
        (Capacity, _slowness, _syncsUntilFailure, _writesUntilFailure) = (long.MaxValue, 0, 0, 0);
        IsAfflicted = false;
    }

    /// <summary>Draws what will go wrong in the life of a process.</summary>
    public void Afflict(SimulationPlan plan, SimulatedProcess process)
    {
        Heal();
        _slowness = plan.Has(Fault.SyncIsSlow) ? 0.05 : 0;
        if (plan.Has(Fault.SyncFails) && _random.Chance(0.5))
        {
            _syncsUntilFailure = Soon();
        }
        if (plan.Has(Fault.WriteFails) && _random.Chance(0.5))
        {
            _writesUntilFailure = Soon();
        }
        if (plan.Has(Fault.ProcessIsKilled) || plan.Has(Fault.PowerIsCut))
        {
            process.EndAfter(Soon());
        }
        IsAfflicted = _syncsUntilFailure > 0 || _writesUntilFailure > 0;
    }

    /// <summary>The room on the disk changes: something else fills it, an operator frees it.</summary>
    public void Change(SimulationPlan plan, bool isHealthy)
    {
        if (!isHealthy && plan.Has(Fault.DiskIsFull) && _random.Chance(0.02))
        {
            Capacity = _directories.Sum(directory => directory.UsedBytes) + _random.OneOf(0, 2_000, 20_000);
            IsAfflicted = true;
        }
        else if (_random.Chance(0.05))
        {
            Capacity = long.MaxValue;
        }
    }

    /// <summary>The same disk again, to try something on; only what programs see.</summary>
    public SimulatedDisk Clone()
    {
        var copy = new SimulatedDisk(_random, _clock, new FaultLog());
        Journal.CopyTo(copy.Journal);
        Snapshots.CopyTo(copy.Snapshots);
        return copy;
    }

    /// <summary>The machine stops; what was not synced is at the disk's mercy.</summary>
    public void CutPower(PowerCut cut)
    {
        _faults.Count(cut);
        foreach (SimulatedDirectory directory in _directories)
        {
            if (directory.CutPower(cut, _random))
            {
                _faults.Count(Fault.NameVanishes);
            }
        }
    }

    /// <summary>The machine is short of memory between two processes.</summary>
    public void DropCache()
    {
        foreach (SimulatedDirectory directory in _directories)
        {
            if (directory.Evict())
            {
                _faults.Count(Fault.FailedPagesAreDropped);
            }
        }
    }

    /// <summary>Takes the time that the work takes, ends the process when its moment has come.</summary>
    /// <returns>Whether the process is to be ended amid the work.</returns>
    public bool Begin(SimulatedProcess process, DiskWork work)
    {
        if (process.IsDead)
        {
            throw new SimulatedCrashException();
        }
        _clock.Pass(work == DiskWork.Sync ? 1_500 : 5);
        if (work == DiskWork.Sync && _random.Chance(_slowness))
        {
            _faults.Count(Fault.SyncIsSlow);
            _clock.Pass(_random.OneOf(50_000, 500_000, 5_000_000));
        }
        return process.IsItsLast(work);
    }

    public bool FailsNow(DiskWork work)
    {
        switch (work)
        {
            case DiskWork.Sync when _syncsUntilFailure > 0:
                _syncsUntilFailure--;
                return _syncsUntilFailure == 0;
            case DiskWork.Write when _writesUntilFailure > 0:
                _writesUntilFailure--;
                return _writesUntilFailure == 0;
            default:
                return false;
        }
    }

    public void Count(Fault fault) => _faults.Count(fault);

    /// <summary>Often among the first operations, which are those of a start.</summary>
    private int Soon() => _random.Between(1, _random.OneOf(8, 40, 200, 800));

    private SimulatedDirectory Add(string name)
    {
        var directory = new SimulatedDirectory(name);
        _directories.Add(directory);
        return directory;
    }
}
