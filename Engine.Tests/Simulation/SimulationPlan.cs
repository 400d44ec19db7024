using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// What a seed switched on. Every seed draws its own subset of faults and its own sizes, so that rare combinations meet
/// that a run with everything switched on would never reach.
/// </summary>
internal sealed class SimulationPlan
{
    private readonly HashSet<Fault> _faults = [];

    private SimulationPlan()
    {
    }

    /// <summary>Lives of the engine before it is healed.</summary>
    public required int Lives { get; init; }

    /// <summary>Commands of the session that are used.</summary>
    public required int Commands { get; init; }

    /// <summary>Long work always ends before the next command, so that the model can follow.</summary>
    public required bool IsModelled { get; init; }

    /// <summary>Units of long work per command.</summary>
    public required int WorkQuota { get; init; }

    public required int SegmentBytes { get; init; }

    /// <summary>Most commands of a group commit.</summary>
    public required int LargestBatch { get; init; }

    /// <summary>Events kept for clients that come back.</summary>
    public required int RetainedEvents { get; init; }

    /// <summary>Commands that a client sends without an answer.</summary>
    public required int Window { get; init; }

    /// <summary>The chance of a snapshot at each step.</summary>
    public required double Snapshots { get; init; }

    public bool Has(Fault fault) => _faults.Contains(fault);

    public static SimulationPlan Draw(RandomChoices random)
    {
        var plan = new SimulationPlan
        {
            Lives = random.OneOf(0, 1, 2, 3, 4, 6),
            Commands = random.Between(60, SessionGenerator.CommandsPerSession),
            IsModelled = random.Chance(0.7),
            WorkQuota = random.OneOf(2, 3, 7, 32, 2_048),
            SegmentBytes = random.OneOf(8, 12, 16, 64) * 1_024,
            LargestBatch = random.OneOf(1, 2, 8, 24),
            RetainedEvents = random.OneOf(8, 64, 10_000, 10_000),
            Window = random.OneOf(1, 4, 16),
            Snapshots = random.OneOf(0, 0.003, 0.01, 0.03),
        };
        double share = random.OneOf(0.25, 0.5, 0.8);
        foreach (Fault fault in Enum.GetValues<Fault>())
        {
            if (random.Chance(share))
            {
                plan._faults.Add(fault);
            }
        }
        return plan;
    }

    public override string ToString() =>
        $"{Lives} lives, {Commands} commands, {(IsModelled ? "modelled" : "interleaved")}, quota {WorkQuota}, segments {SegmentBytes}, "
        + $"batches {LargestBatch}, retained {RetainedEvents}, window {Window}, snapshots {Snapshots}: {string.Join(' ', _faults)}";
}
