using CopyEngine.Journal;
using CopyEngine.Snapshots;
using CopyEngine.Storage;

namespace CopyEngine.Recovery;

/// <summary>Where and how an engine keeps what it knows.</summary>
public sealed record StoreSettings
{
    /// <summary>Directory of one engine; the journal and the snapshots get folders in it. One process at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>When a batch of commands counts as written.</summary>
    public Durability Durability { get; init; } = Durability.Fsync;

    /// <summary>Length of one journal file in bytes, a multiple of 4,096.</summary>
    public long SegmentBytes { get; init; } = new JournalLimits().SegmentBytes;
}

/// <summary>The journal and the snapshots of one engine.</summary>
internal sealed class EngineStore
{
    /// <summary>File among the snapshots that says that they were fetched from elsewhere.</summary>
    public const string RestoredMark = "restored";

    /// <summary>A store on other storage than a directory's, for simulations.</summary>
    public EngineStore(string path, IStorage journal, IStorage snapshots, JournalLimits limits, Durability durability)
    {
        Path = path;
        Journal = journal;
        SnapshotStorage = snapshots;
        Snapshots = new SnapshotStore(snapshots);
        Limits = limits;
        Durability = durability;
    }

    /// <summary>For messages.</summary>
    public string Path { get; }

    public IStorage Journal { get; }

    public IStorage SnapshotStorage { get; }

    public SnapshotStore Snapshots { get; }

    public JournalLimits Limits { get; }

    public Durability Durability { get; }

    /// <summary>
    /// The snapshot came from elsewhere and its journal is gone with the disk that it was on: the one case in which a
    /// snapshot without a journal is a beginning and not a loss.
    /// </summary>
    public bool IsRestored => SnapshotStorage.Exists(RestoredMark);

    /// <summary>Notes that the snapshot came from elsewhere; before the first start from it.</summary>
    public void MarkRestored()
    {
        SnapshotStorage.Create(RestoredMark, 0).Dispose();
        SnapshotStorage.SyncDirectory();
    }

    /// <summary>There is a journal again, and from now on it may not be missing.</summary>
    public void ForgetRestored()
    {
        if (IsRestored)
        {
            SnapshotStorage.Delete(RestoredMark);
            SnapshotStorage.SyncDirectory();
        }
    }

    /// <summary>Opens a directory, which is made if need be.</summary>
    /// <exception cref="StorageException">It cannot be made.</exception>
    public static EngineStore Open(StoreSettings settings)
    {
        string path = System.IO.Path.GetFullPath(settings.Directory);
        return new EngineStore(
            path,
            Folder(path, "journal"),
            Folder(path, "snapshots"),
            new JournalLimits { SegmentBytes = settings.SegmentBytes },
            settings.Durability);
    }

    private static DirectoryStorage Folder(string path, string name)
    {
        string folder = System.IO.Path.Combine(path, name);
        System.IO.Directory.CreateDirectory(folder);
        return new DirectoryStorage(folder);
    }
}
