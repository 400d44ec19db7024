using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>Storage that says that something was done which was not.</summary>
internal sealed class LyingStorage(IStorage storage) : IStorage
{
    public Action<IStorageFile> Sync { get; init; } = file => file.Sync();

    public bool SyncsDirectories { get; init; } = true;

    public string Path => storage.Path;

    public IReadOnlyList<string> List() => storage.List();

    public bool Exists(string name) => storage.Exists(name);

    public IStorageFile Create(string name, long length) => new LyingFile(storage.Create(name, length), Sync);

    public IStorageFile Open(string name, bool isWritable) => new LyingFile(storage.Open(name, isWritable), Sync);

    public void Rename(string from, string to) => storage.Rename(from, to);

    public void Delete(string name) => storage.Delete(name);

    public void SyncDirectory()
    {
        if (SyncsDirectories)
        {
            storage.SyncDirectory();
        }
    }

    private sealed class LyingFile(IStorageFile file, Action<IStorageFile> sync) : IStorageFile
    {
        public string Name => file.Name;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => file.Write(offset, bytes);

        public void SetLength(long length) => file.SetLength(length);

        public void Sync() => sync(file);

        public void Dispose() => file.Dispose();
    }
}
