using CopyEngine.Storage;

namespace CopyEngine.Tests.Snapshots;

/// <summary>Files in memory that remember what was done to them, in order, and fail when told to.</summary>
internal sealed class WatchedStorage : IStorage
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public string Path => "memory";

    /// <summary>Everything that changes what a power cut leaves, such as <c>sync a</c>; writes in a row count once.</summary>
    public List<string> Done { get; } = [];

    /// <summary>Writes that succeed before one fails; negative: all.</summary>
    public int WritesLeft { get; set; } = -1;

    public byte[] this[string name]
    {
        get => _files[name];
        set => _files[name] = value;
    }

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public bool Exists(string name) => _files.ContainsKey(name);

    public IStorageFile Create(string name, long length)
    {
        _files.Add(name, new byte[length]);
        Note($"create {name}");
        return new WatchedFile(this, name);
    }

    public IStorageFile Open(string name, bool isWritable)
    {
        Note($"open {name}");
        return new WatchedFile(this, name);
    }

    public void Rename(string from, string to)
    {
        _files.Remove(from, out byte[]? bytes);
        _files[to] = bytes!;
        Note($"rename {from} {to}");
    }

    public void Delete(string name)
    {
        if (!_files.Remove(name))
        {
            throw new StorageException($"there is no {name}");
        }
        Note($"delete {name}");
    }

    public void SyncDirectory() => Note("sync directory");

    /// <summary>Turns one bit of a file over.</summary>
    public void Flip(string name, long bit) => _files[name][bit / 8] ^= (byte)(1 << (int)(bit % 8));

    private void Note(string what)
    {
        if (Done.Count == 0 || Done[^1] != what)
        {
            Done.Add(what);
        }
    }

    private sealed class WatchedFile(WatchedStorage storage, string name) : IStorageFile
    {
        public string Name => name;

        public long Length => storage._files[name].Length;

        public int Read(long offset, Span<byte> destination)
        {
            byte[] bytes = storage._files[name];
            int count = (int)Math.Clamp(bytes.Length - offset, 0, destination.Length);
            bytes.AsSpan((int)Math.Min(offset, bytes.Length), count).CopyTo(destination);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (storage.WritesLeft == 0)
            {
                throw new StorageFullException("no room");
            }
            storage.WritesLeft--;
            byte[] file = storage._files[name];
            if (file.Length < offset + bytes.Length)
            {
                Array.Resize(ref file, (int)offset + bytes.Length);
            }
            bytes.CopyTo(file.AsSpan((int)offset));
            storage._files[name] = file;
            storage.Note($"write {name}");
        }

        public void SetLength(long length)
        {
            byte[] file = storage._files[name];
            Array.Resize(ref file, (int)length);
            storage._files[name] = file;
        }

        public void Sync() => storage.Note($"sync {name}");

        public void Dispose()
        {
        }
    }
}
