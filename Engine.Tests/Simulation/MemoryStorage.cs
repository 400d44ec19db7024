using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>Files in memory, for tests that change single bytes many times; it never fails unless told to.</summary>
internal sealed class MemoryStorage : IStorage
{
    private readonly SortedDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);

    public string Path => "memory";

    /// <summary>Called before each operation with its kind and file; throws to make it fail.</summary>
    public Action<string, string> Before { get; set; } = (_, _) => { };

    public static MemoryStorage CopyOf(MemoryStorage other)
    {
        var copy = new MemoryStorage();
        foreach ((string name, MemoryFile file) in other._files)
        {
            copy._files[name] = new MemoryFile(copy, name, (byte[])file.Bytes.Clone());
        }
        return copy;
    }

    /// <summary>A file's bytes themselves.</summary>
    public byte[] BytesOf(string name) => _files[name].Bytes;

    public void Put(string name, byte[] bytes) => _files[name] = new MemoryFile(this, name, bytes);

    public IReadOnlyList<string> List() => [.. _files.Keys];

    public bool Exists(string name) => _files.ContainsKey(name);

    public IStorageFile Create(string name, long length)
    {
        Before("create", name);
        var file = new MemoryFile(this, name, new byte[length]);
        _files.Add(name, file);
        return file;
    }

    public IStorageFile Open(string name, bool isWritable)
    {
        Before("open", name);
        return _files.TryGetValue(name, out MemoryFile? file) ? file : throw new StorageException($"cannot open {name}: there is none");
    }

    public void Rename(string from, string to)
    {
        Before("rename", from);
        byte[] bytes = BytesOf(from);
        _files.Remove(from);
        Put(to, bytes);
    }

    public void Delete(string name)
    {
        Before("delete", name);
        Assert(_files.Remove(name), name);
    }

    public void SyncDirectory() => Before("sync", string.Empty);

    private static void Assert(bool isThere, string name)
    {
        if (!isThere)
        {
            throw new StorageException($"cannot delete {name}: there is none");
        }
    }

    private sealed class MemoryFile(MemoryStorage storage, string name, byte[] bytes) : IStorageFile
    {
        public byte[] Bytes { get; private set; } = bytes;

        public string Name => name;

        public long Length => Bytes.Length;

        public int Read(long offset, Span<byte> destination)
        {
            int length = (int)Math.Clamp(Bytes.Length - offset, 0, destination.Length);
            Bytes.AsSpan((int)Math.Min(offset, Bytes.Length), length).CopyTo(destination);
            return length;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            storage.Before("write", name);
            if (offset + bytes.Length > Bytes.Length)
            {
                SetLength(offset + bytes.Length);
            }
            bytes.CopyTo(Bytes.AsSpan((int)offset));
        }

        public void SetLength(long length)
        {
            byte[] changed = new byte[length];
            Bytes.AsSpan(0, (int)Math.Min(length, Bytes.Length)).CopyTo(changed);
            Bytes = changed;
        }

        public void Sync() => storage.Before("sync", name);

        public void Dispose()
        {
        }
    }
}
