using CopyEngine.Commands;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// What an operator may do to a journal, with the process stopped and the directory locked: give up everything from a
/// sequence on (R8), or take one command out of force. Both leave a record in the journal.
/// </summary>
internal static class JournalRepair
{
    /// <summary>
    /// Cuts the journal before a sequence. Segments behind the cut, and a copy of the one that is cut, are kept under
    /// names of their own.
    /// </summary>
    /// <returns>Whole commands that were given up.</returns>
    /// <exception cref="ArgumentException">The journal cannot be cut there; the message says where it can.</exception>
    public static long AcceptLoss(IStorage storage, JournalLimits limits, long fromSequence)
    {
        JournalCut cut = JournalCut.Find(storage, fromSequence);
        long lost = cut.Remove();
        using (HeadFile head = HeadFile.Replace(storage))
        {
            head.Write(cut.Position, Durability.Fsync);
            head.SyncWhenWritten();
        }
        storage.SyncDirectory();
        using var writer = new JournalWriter(storage, limits, Durability.Fsync, cut.Position, cut.Limits, hasOwnThread: false);
        AppendAgain(writer, cut.Kept);
        writer.AppendAcceptedLoss(fromSequence, Now());
        writer.Commit();
        return lost;
    }

    /// <summary>Takes a command out of force: replay skips it.</summary>
    /// <exception cref="ArgumentException">The journal does not have it.</exception>
    public static void Void(IStorage storage, JournalLimits limits, long sequence)
    {
        JournalState state = JournalScan.Check(storage, 0);
        if (state.IsEmpty || sequence < state.First || sequence >= state.Position.NextSequence)
        {
            throw new ArgumentException(state.IsEmpty
                ? $"the journal in {storage.Path} is empty: there is no command {sequence}"
                : $"the journal in {storage.Path} has the commands {state.First} to {state.Position.NextSequence - 1}, not {sequence}");
        }
        JournalScan.CutTornTail(storage, state);
        JournalScan.MakeDurable(storage, state);
        using var writer = new JournalWriter(storage, limits, Durability.Fsync, state.Position, state.Limits!.Value, hasOwnThread: false);
        writer.AppendVoid(sequence, Now());
        writer.Commit();
    }

    /// <summary>The whole records that stood in the cut batch before the cut become a batch of their own.</summary>
    private static void AppendAgain(JournalWriter writer, ReadOnlySpan<byte> records)
    {
        CommandSlot slot = default;
        foreach (JournalRecord record in new RecordEnumerator(records))
        {
            switch (record.Kind)
            {
                case RecordKind.Command:
                    record.CopyTo(ref slot);
                    writer.Append(in slot);
                    break;
                case RecordKind.StateHash:
                    writer.AppendStateHash(record.Sequence, record.StateHash);
                    break;
                case RecordKind.Void:
                    writer.AppendVoid(record.Sequence, record.Time);
                    break;
                case RecordKind.AcceptedLoss:
                    writer.AppendAcceptedLoss(record.Sequence, record.Time);
                    break;
                default:
                    throw new InvariantBrokenException("a commit ends a batch and is not kept");
            }
        }
    }

    private static long Now() => (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
