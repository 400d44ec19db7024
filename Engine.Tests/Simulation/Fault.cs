namespace CopyEngine.Tests.Simulation;

/// <summary>What a simulated run may have to live with; each seed draws its own subset.</summary>
internal enum Fault
{
    ProcessIsKilled,
    PowerIsCut,
    NameVanishes,
    SyncFails,
    WriteFails,
    FailedPagesAreDropped,
    DiskIsFull,
    SyncIsSlow,
    EndsAmidCreate,
    EndsAmidWrite,
    EndsAmidSync,
    EndsAmidRename,
    EndsAmidDirectorySync,
    EndsBetweenApplyAndCommit,
    EndsInsideBatch,
    EndsInCascade,
    EndsInRoll,
    EndsInRecovery,
    EndsInSnapshot,
    JournalBitFlips,
    HeadBitFlips,
    SnapshotBitFlips,
    SnapshotProcessIsKilled,
    StopsGracefully,
    SettingsChange,
    ClientSendsTwice,
    ClientResendsAfterCrash,
    ClientIsTooFarBehind,
}
