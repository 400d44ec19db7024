using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.State;

namespace CopyEngine.Pipeline;

/// <summary>
/// The journaler's place in the pipeline, beside the core: what is waiting in the ring becomes one batch, so batches grow
/// with the load. Its sequence moves only after the batch is durable, and every listener waits for that sequence.
/// </summary>
internal sealed class JournalStage(TickHashes tickHashes) : IEventHandler<CommandSlot>, IDisposable
{
    /// <summary>
    /// Bounds how long the first order of a batch waits for the last: 4,096 records are some 400 KB, which is written and
    /// hashed in less time than a sync takes.
    /// </summary>
    private const int MaxBatch = 4_096;

    private JournalWriter? _journal;

    public string Name => "journal";

    int IEventHandler<CommandSlot>.MaxBatchSize => MaxBatch;

    /// <summary>The journal, open once recovery has found where to go on.</summary>
    public JournalWriter? Journal => Volatile.Read(ref _journal);

    /// <summary>Gives the stage the journal to write to, before it runs.</summary>
    public void Open(JournalWriter journal) => Volatile.Write(ref _journal, journal);

    public void OnEvent(ref CommandSlot slot, long sequence, bool endOfBatch)
    {
        JournalWriter journal = _journal!;
        journal.Append(in slot);
        if (!endOfBatch)
        {
            return;
        }
        while (tickHashes.TryTake(slot.Header.Sequence, out long tick, out StateHash hash))
        {
            journal.AppendStateHash(tick, hash);
        }
        journal.Commit();
    }

    public void Dispose() => _journal?.Dispose();
}
