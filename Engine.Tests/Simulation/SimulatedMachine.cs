using CopyEngine.Journal;
using CopyEngine.Recovery;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>What outlives the engine's processes: the disk, the clock, the settings, and those who watch.</summary>
internal sealed class SimulatedMachine
{
    public required RandomChoices Random { get; init; }

    public required SimulationPlan Plan { get; init; }

    public required EngineBuild Build { get; init; }

    public required SimulatedClock Clock { get; init; }

    public required FaultLog Faults { get; init; }

    public required SimulatedDisk Disk { get; init; }

    public required SendLedger Sends { get; init; }

    public required Judge Judge { get; init; }

    /// <summary>The settings of the next start.</summary>
    public required EngineLimits Limits { get; set; }

    public JournalLimits JournalLimits => new() { SegmentBytes = Plan.SegmentBytes };

    /// <summary>Chooses by the plan and by chance.</summary>
    public bool Strikes(Fault fault, double probability) => Plan.Has(fault) && Random.Chance(probability);

    /// <summary>The engine's files as one of its processes sees them.</summary>
    public EngineStore Open(SimulatedProcess process) => Open(Disk, process);

    /// <summary>The same on another disk, such as a copy.</summary>
    public EngineStore Open(SimulatedDisk disk, SimulatedProcess process) => new(
        "/simulated",
        Build.Open(new SimulatedStorage(disk, disk.Journal, process)),
        Build.Open(new SimulatedStorage(disk, disk.Snapshots, process)),
        JournalLimits,
        Durability.Fsync);
}
