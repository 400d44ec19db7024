namespace CopyEngine.Tests.Simulation;

/// <summary>What a power cut leaves of the sectors that were written and not synced.</summary>
internal enum PowerCut
{
    /// <summary>Nothing.</summary>
    LosesAll,

    /// <summary>Everything: the disk was done by chance.</summary>
    KeepsAll,

    /// <summary>Those written first.</summary>
    TearsTail,

    /// <summary>Any of them: disks write in an order of their own.</summary>
    Reorders,
}
