using Microsoft.Win32.SafeHandles;

namespace CopyEngine.Storage;

/// <summary>A directory of this machine.</summary>
internal sealed class DirectoryStorage(string path) : IStorage
{
    private const int OwnerReadsAndWrites = 0x180; // 0600: the journal holds every client's orders.

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The storage of a directory that is made when it does not exist.</summary>
    public static DirectoryStorage Make(string path)
    {
        var storage = new DirectoryStorage(path);
        if (Directory.Exists(storage.Path))
        {
            return storage;
        }
        try
        {
            Directory.CreateDirectory(storage.Path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"cannot make the directory {storage.Path}: {cause.Message}", cause);
        }
        new DirectoryStorage(System.IO.Path.GetDirectoryName(storage.Path)!).SyncDirectory();
        return storage;
    }

    public IReadOnlyList<string> List()
    {
        try
        {
            string[] names = [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file))];
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"cannot list the directory {Path}: {cause.Message}", cause);
        }
    }

    public bool Exists(string name) => File.Exists(PathOf(name));

    public IStorageFile Create(string name, long length)
    {
        var file = new DirectoryFile(name, PathOf(name), OpenHandle(name, "create", LinuxCalls.ReadWrite | LinuxCalls.CreateNew));
        try
        {
            file.FillWithZeroes(length);
            return file;
        }
        catch (StorageException)
        {
            file.Dispose();
            // Its own failure must not hide the first one; a file that stays is found and replaced at the next start.
            _ = LinuxCalls.Unlink(PathOf(name));
            throw;
        }
    }

    public IStorageFile Open(string name, bool isWritable) =>
        new DirectoryFile(name, PathOf(name), OpenHandle(name, "open", isWritable ? LinuxCalls.ReadWrite : LinuxCalls.ReadOnly));

    public void Rename(string from, string to)
    {
        if (LinuxCalls.Rename(PathOf(from), PathOf(to)) != 0)
        {
            throw LinuxCalls.Failure($"rename to {to}", PathOf(from), LinuxCalls.LastError);
        }
    }

    public void Delete(string name)
    {
        if (LinuxCalls.Unlink(PathOf(name)) != 0)
        {
            throw LinuxCalls.Failure("delete", PathOf(name), LinuxCalls.LastError);
        }
    }

    public void SyncDirectory()
    {
        using SafeFileHandle directory = OpenHandle(string.Empty, "open", LinuxCalls.ReadOnly);
        DirectoryFile.Synced(LinuxCalls.SyncAll, directory, Path);
    }

    private string PathOf(string name) => System.IO.Path.Combine(Path, name);

    private SafeFileHandle OpenHandle(string name, string action, int flags)
    {
        while (true)
        {
            int descriptor = LinuxCalls.Open(PathOf(name), flags | LinuxCalls.CloseOnExec, OwnerReadsAndWrites);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }
            int error = LinuxCalls.LastError;
            if (error != LinuxCalls.InterruptedCall)
            {
                throw LinuxCalls.Failure(action, PathOf(name), error);
            }
        }
    }
}
