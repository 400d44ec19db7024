using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Snapshots;

namespace CopyEngine.Recovery;

/// <summary>
/// Takes a snapshot without touching the running engine: recovers a second core from the newest snapshot and the journal
/// up to its last durable command, and writes that. Nothing of the order path waits, and every snapshot proves that
/// recovery works. Runs in a process of its own, so that neither its memory nor its collections are the engine's.
/// </summary>
internal static class SnapshotBuilder
{
    /// <returns>The snapshot's header, or null when the newest snapshot is of the last durable command already.</returns>
    public static SnapshotHeader? Build(EngineStore store, EngineLimits limits)
    {
        var history = new EventHistory(limits.RetainedEvents);
        var recovered = new EngineRecovery(store, limits, new HistorySink(history), history).Follow(toSequence: null);
        if (recovered.Report.Replayed == 0)
        {
            return null;
        }
        return Write(store, recovered.Core, history, recovered.Position);
    }

    /// <summary>Writes a core that rests at the end of a batch, and the events that go with it.</summary>
    public static SnapshotHeader Write(EngineStore store, TradingCore core, EventHistory history, in JournalPosition position)
    {
        JournalSync.Settle(store.Journal);
        return store.Snapshots.Write(
            new SnapshotHeader(SnapshotStore.FormatVersion, core.Sequence, core.Now, core.ComputeHash(), position.NextBatch - 1, position.Chain, core.FixedLimits),
            [new CoreSection(core), new HistorySection(history)]);
    }
}
