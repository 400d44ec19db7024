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
    public static long AcceptLoss(IStorage storage, long fromSequence)
    {
        JournalCut cut = JournalCut.Find(storage, fromSequence);
        long lost = cut.Make(Now());
        using (HeadFile head = HeadFile.Replace(storage))
        {
            head.Write(cut.End, Durability.Fsync);
            head.SyncWhenWritten();
        }
        storage.SyncDirectory();
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

    private static long Now() => (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
