using CopyEngine.Journal;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Snapshots;

/// <summary>
/// The snapshots of one directory. A new one is written beside the others, synced, read again, and only then given its
/// name; the two newest that were found good are kept, and nothing else lets an older one go.
/// </summary>
internal sealed class SnapshotStore(IStorage storage)
{
    /// <summary>Snapshots that are kept: the newest, and one before it should the newest turn out to be damaged.</summary>
    private const int Kept = 2;
    private const string UnfinishedSuffix = ".tmp";
    private const string AbandonedSuffix = ".abandoned";

    private readonly Lock _gate = new();
    private readonly HashSet<string> _verified = new(StringComparer.Ordinal);

    /// <summary>Version of what is written.</summary>
    public static int FormatVersion => SnapshotFormat.Version;

    /// <summary>The sequence in a snapshot's name.</summary>
    public static long SequenceOf(string name) => SnapshotFormat.TrySequence(name, out long sequence)
        ? sequence
        : throw new ArgumentException($"'{name}' is not the name of a snapshot", nameof(name));

    /// <summary>Names of the snapshots, the newest first, good or not.</summary>
    public IReadOnlyList<string> Newest()
    {
        string[] names = [.. storage.List().Where(name => SnapshotFormat.TrySequence(name, out _))];
        Array.Reverse(names);
        return names;
    }

    /// <summary>
    /// The sequence up to which the journal may be trimmed: that of the older of the two kept snapshots. Null while there
    /// are not two good ones.
    /// </summary>
    public long? TrimPoint => FindGood() is { Count: Kept } good ? SequenceOf(good[^1]) : null;

    /// <summary>Writes a snapshot and lets go of those that are no longer needed.</summary>
    /// <param name="header">What it is of; the version is that of this program.</param>
    /// <param name="sections">Its parts, in the order in which they will be read.</param>
    /// <returns>The header as written.</returns>
    /// <exception cref="StorageException">It could not be written; the others are untouched.</exception>
    /// <exception cref="InvalidOperationException">There is one of a later sequence, of another history than this one.</exception>
    public SnapshotHeader Write(SnapshotHeader header, IReadOnlyList<ISnapshotSection> sections)
    {
        string name = SnapshotFormat.NameOf(header.Sequence);
        if (Newest() is [string newest, ..] && SequenceOf(newest) > header.Sequence)
        {
            throw new InvalidOperationException(
                $"{storage.Path} holds {newest}, a snapshot of a later sequence than {header.Sequence}: set it aside before going on from an earlier one");
        }
        DeleteUnfinished();
        string unfinished = name + UnfinishedSuffix;
        try
        {
            WriteFile(unfinished, header, sections);
            Verify(unfinished);
        }
        catch
        {
            TryDelete(unfinished);
            throw;
        }
        Failpoints.Hit("afterChunksBeforeManifest");
        storage.Rename(unfinished, name);
        Failpoints.Hit("afterManifestBeforePointer");
        storage.SyncDirectory();
        lock (_gate)
        {
            _verified.Add(name);
        }
        LetGo();
        return header with { Version = SnapshotFormat.Version };
    }

    /// <summary>Loads a snapshot into what <paramref name="sections"/> gives for its header; sections that it does not give are passed over.</summary>
    /// <exception cref="SnapshotDamagedException">It is not what was written; what it was loaded into must not be used.</exception>
    /// <exception cref="NewerFormatException">A newer program wrote it.</exception>
    public SnapshotHeader Read(string name, Func<SnapshotHeader, IReadOnlyList<ISnapshotSection>> sections)
    {
        using IStorageFile file = storage.Open(name, isWritable: false);
        using var reader = new SnapshotReader(file, Path.Combine(storage.Path, name));
        IReadOnlyList<ISnapshotSection> wanted = sections(reader.Header);
        ISnapshotSection? state = null;
        bool wasRead = true;
        while (reader.NextSection(passesOver: !wasRead) is { } found)
        {
            ISnapshotSection? section = wanted.FirstOrDefault(section => section.Name == found);
            wasRead = section is not null;
            if (section is not null)
            {
                Load(section, reader);
                state = found == ISnapshotSection.State ? section : state;
            }
        }
        if (wanted.Any(section => section.Name == ISnapshotSection.State))
        {
            CheckHash(state, reader);
        }
        return reader.Header;
    }

    /// <summary>What a file says that it is of; its other bytes are not looked at.</summary>
    /// <exception cref="SnapshotDamagedException">It does not even say that.</exception>
    /// <exception cref="NewerFormatException">A newer program wrote it.</exception>
    public SnapshotHeader ReadHeader(string name)
    {
        using IStorageFile file = storage.Open(name, isWritable: false);
        using var reader = new SnapshotReader(file, Path.Combine(storage.Path, name));
        return reader.Header;
    }

    /// <summary>Checks every byte of a file, whatever its name, without loading it.</summary>
    /// <exception cref="SnapshotDamagedException">It is not what was written.</exception>
    /// <exception cref="NewerFormatException">A newer program wrote it.</exception>
    public SnapshotHeader Verify(string name)
    {
        using IStorageFile file = storage.Open(name, isWritable: false);
        using var reader = new SnapshotReader(file, Path.Combine(storage.Path, name));
        while (reader.NextSection(passesOver: true) is not null)
        {
        }
        return reader.Header;
    }

    /// <summary>
    /// Renames the snapshots after a sequence: an operator has given up what they contain, so they must not be loaded.
    /// None is deleted.
    /// </summary>
    public IReadOnlyList<string> SetAside(long afterSequence)
    {
        string[] abandoned = [.. Newest().Where(name => SequenceOf(name) > afterSequence)];
        foreach (string name in abandoned)
        {
            storage.Rename(name, name + AbandonedSuffix);
        }
        if (abandoned.Length > 0)
        {
            storage.SyncDirectory();
        }
        return abandoned;
    }

    private void WriteFile(string name, SnapshotHeader header, IReadOnlyList<ISnapshotSection> sections)
    {
        using IStorageFile file = storage.Create(name, 0);
        using var writer = new SnapshotWriter(file);
        writer.Begin(header);
        foreach (ISnapshotSection section in sections)
        {
            writer.BeginSection(section.Name);
            section.Transfer(writer);
        }
        writer.Finish();
    }

    private static void Load(ISnapshotSection section, SnapshotReader reader)
    {
        try
        {
            section.Transfer(reader);
        }
        catch (Exception fault) when (fault is InvariantBrokenException or IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw reader.Damaged($"section '{section.Name}' makes no sense: {fault.Message}");
        }
    }

    /// <summary>Walks over what was loaded: this finds what no checksum can, a state that was saved or loaded wrongly.</summary>
    private static void CheckHash(ISnapshotSection? state, SnapshotReader reader)
    {
        if (state is null)
        {
            throw reader.Damaged("it holds no state");
        }
        var transfer = new HashTransfer();
        state.Transfer(transfer);
        if (transfer.Result != reader.Header.Hash)
        {
            throw reader.Damaged($"the state's hash is {transfer.Result}, it was {reader.Header.Hash} when it was written");
        }
    }

    /// <summary>The newest good snapshots, at most as many as are kept.</summary>
    private List<string> FindGood()
    {
        var good = new List<string>();
        foreach (string name in Newest())
        {
            if (good.Count < Kept && IsGood(name))
            {
                good.Add(name);
            }
        }
        return good;
    }

    private bool IsGood(string name)
    {
        lock (_gate)
        {
            if (_verified.Contains(name))
            {
                return true;
            }
        }
        try
        {
            Verify(name);
        }
        catch (Exception fault) when (fault is SnapshotDamagedException or NewerFormatException)
        {
            return false;
        }
        lock (_gate)
        {
            _verified.Add(name);
        }
        return true;
    }

    /// <summary>Deletes what is older than the older of the good ones; while there are not two of them, nothing.</summary>
    private void LetGo()
    {
        List<string> good = FindGood();
        if (good.Count < Kept)
        {
            return;
        }
        foreach (string name in Newest().Where(name => string.CompareOrdinal(name, good[^1]) < 0))
        {
            storage.Delete(name);
        }
    }

    /// <summary>What a killed process left of a snapshot that it was writing.</summary>
    private void DeleteUnfinished()
    {
        foreach (string name in storage.List().Where(IsUnfinished))
        {
            storage.Delete(name);
        }
    }

    private static bool IsUnfinished(string name) =>
        name.EndsWith(UnfinishedSuffix, StringComparison.Ordinal) && SnapshotFormat.TrySequence(name[..^UnfinishedSuffix.Length], out _);

    private void TryDelete(string name)
    {
        try
        {
            storage.Delete(name);
        }
        catch (StorageException)
        {
            // The failure that is being reported comes first; the next snapshot deletes the rest.
        }
    }
}
