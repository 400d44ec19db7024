using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// Brings to the disk what the journal's writer has only handed to the system, from any process: with durability os a
/// snapshot must not be on the disk before the journal that it stands on.
/// </summary>
internal static class JournalSync
{
    public static void Settle(IStorage storage)
    {
        foreach (long first in SegmentList.Of(storage))
        {
            using IStorageFile file = storage.Open(SegmentHeader.NameOf(first), isWritable: true);
            file.Sync();
        }
        storage.SyncDirectory();
    }
}
