namespace CopyEngine.Storage;

/// <summary>
/// The files of one directory, real or simulated. No call is ever repeated after a failure: what the disk holds
/// then is unknown, and a second try may report success for bytes that are gone.
/// </summary>
internal interface IStorage
{
    /// <summary>The directory, for messages.</summary>
    string Path { get; }

    /// <summary>Plain file names in ordinal order.</summary>
    IReadOnlyList<string> List();

    bool Exists(string name);

    /// <summary>
    /// A new file whose blocks are taken and filled with zeroes, and whose content is synced. Its name is not:
    /// that takes <see cref="SyncDirectory"/>. When it fails, no file of that name is left behind.
    /// </summary>
    /// <exception cref="StorageFullException">There is not enough room.</exception>
    IStorageFile Create(string name, long length);

    IStorageFile Open(string name, bool isWritable);

    /// <summary>Replaces what has the new name, atomically.</summary>
    void Rename(string from, string to);

    void Delete(string name);

    /// <summary>Makes new, renamed and deleted names survive a power cut.</summary>
    void SyncDirectory();
}
