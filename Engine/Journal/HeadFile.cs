using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>The open head file: written by the journal's thread, synced from time to time by whoever does the upkeep.</summary>
internal sealed class HeadFile : IDisposable
{
    /// <summary>Its name until one of its places is whole and on the disk.</summary>
    private const string UnfinishedName = JournalHead.FileName + ".new";

    private readonly IStorageFile _file;
    private readonly byte[] _slot = new byte[JournalHead.SlotLength];
    private long _generation;
    private int _isUnsynced;

    private HeadFile(IStorageFile file, long generation)
    {
        _file = file;
        _generation = generation;
    }

    /// <summary>The file as it is, or a new one that tells what lies before the position.</summary>
    public static HeadFile OpenOrCreate(IStorage storage, in JournalPosition position, Durability durability)
    {
        if (JournalHead.Read(storage) is { } head)
        {
            return new HeadFile(storage.Open(JournalHead.FileName, isWritable: true), head.Generation);
        }
        // Under its own name it is whole or not there: half a head after a crash would look like damage at every start.
        if (storage.Exists(UnfinishedName))
        {
            storage.Delete(UnfinishedName);
        }
        HeadFile created = Create(storage, UnfinishedName);
        created.Write(in position, durability);
        created.SyncWhenWritten();
        storage.Rename(UnfinishedName, JournalHead.FileName);
        storage.SyncDirectory();
        return created;
    }

    /// <summary>A file in which nothing stands, in place of one that may be damaged.</summary>
    public static HeadFile Replace(IStorage storage)
    {
        if (storage.Exists(JournalHead.FileName))
        {
            storage.Delete(JournalHead.FileName);
        }
        return Create(storage, JournalHead.FileName);
    }

    /// <summary>Tells that everything before the position is durable.</summary>
    public void Write(in JournalPosition position, Durability durability)
    {
        _generation++;
        var head = new JournalHead(
            position.NextSequence - 1, BatchNumber.Previous(position.NextBatch), position.Chain, position.SegmentNumber, _generation, durability);
        head.Write(_slot);
        _file.Write(head.Offset, _slot);
        Volatile.Write(ref _isUnsynced, 1);
    }

    public void SyncWhenWritten()
    {
        if (Interlocked.Exchange(ref _isUnsynced, 0) != 0)
        {
            _file.Sync();
        }
    }

    public void Dispose() => _file.Dispose();

    private static HeadFile Create(IStorage storage, string name) =>
        new(storage.Create(name, JournalHead.Slots * JournalHead.SlotLength), generation: 0);
}
