using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// The segment that is kept ready, so that a roll takes neither time nor room. While none can be made the disk is full,
/// and what is left of the current segment is the reserve for closing and liquidation.
/// </summary>
internal sealed class SpareSegment(IStorage storage, long length)
{
    public const string FileName = "journal.spare";

    /// <summary>Its name until every byte of it is on the disk.</summary>
    public const string UnfinishedName = "journal.spare.new";

    private readonly Lock _preparing = new();
    private bool _isReady;
    private volatile bool _isLow;

    /// <summary>Whether the last attempt found the disk full.</summary>
    public bool IsLow => _isLow;

    /// <summary>Keeps what an earlier process left, if it can be used.</summary>
    public void Find()
    {
        if (storage.Exists(FileName))
        {
            using IStorageFile file = storage.Open(FileName, isWritable: false);
            _isReady = file.Length == length;
        }
    }

    /// <summary>Makes a spare segment unless there is one. Any thread.</summary>
    /// <exception cref="StorageException">For another reason than a full disk.</exception>
    public void Prepare()
    {
        lock (_preparing)
        {
            if (_isReady)
            {
                return;
            }
            try
            {
                Make();
                _isReady = true;
                _isLow = false;
            }
            catch (StorageFullException)
            {
                _isLow = true;
            }
        }
    }

    /// <summary>Turns the spare into the segment of this header, durably, and opens it.</summary>
    public IStorageFile Take(in SegmentHeader header)
    {
        lock (_preparing)
        {
            if (!_isReady)
            {
                Make();
            }
            _isReady = false;
            _isLow = false;
            WriteHeader(in header);
        }
        storage.Rename(FileName, header.FileName);
        Failpoints.Hit("afterSegmentCreateBeforeDirSync");
        storage.SyncDirectory();
        return storage.Open(header.FileName, isWritable: true);
    }

    private void Make()
    {
        DeleteIfThere(UnfinishedName);
        DeleteIfThere(FileName);
        storage.Create(UnfinishedName, length).Dispose();
        storage.Rename(UnfinishedName, FileName);
        storage.SyncDirectory();
    }

    /// <summary>Before the file gets its name: a segment of that name always has a header.</summary>
    private void WriteHeader(in SegmentHeader header)
    {
        byte[] block = new byte[SegmentHeader.Length];
        header.Write(block);
        using IStorageFile file = storage.Open(FileName, isWritable: true);
        file.Write(0, block);
        file.Sync();
    }

    private void DeleteIfThere(string name)
    {
        if (storage.Exists(name))
        {
            storage.Delete(name);
        }
    }
}
