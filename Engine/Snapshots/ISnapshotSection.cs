using CopyEngine.State;

namespace CopyEngine.Snapshots;

/// <summary>A part of a snapshot: the state itself, or what else must survive with it.</summary>
internal interface ISnapshotSection
{
    /// <summary>Name of the section that holds the state, whose hash stands in the header.</summary>
    const string State = "state";

    /// <summary>What it is called in the file, at most 32 ASCII characters.</summary>
    string Name { get; }

    /// <summary>Saves the part, or loads it into what is empty.</summary>
    void Transfer(StateTransfer transfer);
}
