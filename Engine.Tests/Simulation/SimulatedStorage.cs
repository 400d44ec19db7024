using CopyEngine.Storage;

namespace CopyEngine.Tests.Simulation;

/// <summary>One process's view of a directory of the simulated disk.</summary>
internal sealed class SimulatedStorage(SimulatedDisk disk, SimulatedDirectory directory, SimulatedProcess process) : IStorage
{
    public string Path => $"/simulated/{directory.Name}";

    public IReadOnlyList<string> List()
    {
        Begin(DiskWork.Read);
        return [.. directory.Names];
    }

    public bool Exists(string name)
    {
        Begin(DiskWork.Read);
        return directory.Find(name) is not null;
    }

    public IStorageFile Create(string name, long length)
    {
        bool isLast = disk.Begin(process, DiskWork.Create);
        if (directory.Find(name) is not null)
        {
            throw new StorageException($"{Path}/{name}: exists (EEXIST)");
        }
        long room = Math.Max(0, disk.FreeBytes);
        bool fits = length <= room;
        if (isLast)
        {
            if (disk.Random.Chance(0.5))
            {
                directory.Add(name, new SimulatedContent((int)Math.Min(room, disk.Random.Between(0, (int)length))));
            }
            throw new SimulatedCrashException();
        }
        if (!fits)
        {
            disk.Count(Fault.DiskIsFull);
            throw new StorageFullException($"{Path}/{name}: no space left (ENOSPC)");
        }
        var content = new SimulatedContent((int)length);
        directory.Add(name, content);
        return new SimulatedFile(this, name, content, isWritable: true);
    }

    public IStorageFile Open(string name, bool isWritable)
    {
        Begin(DiskWork.Read);
        return new SimulatedFile(this, name, Content(name), isWritable);
    }

    public void Rename(string from, string to)
    {
        bool isLast = disk.Begin(process, DiskWork.Rename);
        _ = Content(from);
        if (!isLast || disk.Random.Chance(0.5))
        {
            directory.Rename(from, to);
        }
        EndIf(isLast);
    }

    public void Delete(string name)
    {
        bool isLast = disk.Begin(process, DiskWork.Delete);
        _ = Content(name);
        if (!isLast || disk.Random.Chance(0.5))
        {
            directory.Delete(name);
        }
        EndIf(isLast);
    }

    public void SyncDirectory()
    {
        bool isLast = disk.Begin(process, DiskWork.SyncDirectory);
        if (!isLast || disk.Random.Chance(0.5))
        {
            directory.Sync();
        }
        EndIf(isLast);
    }

    private SimulatedContent Content(string name) =>
        directory.Find(name) ?? throw new StorageException($"{Path}/{name}: no such file (ENOENT)");

    private void Begin(DiskWork work) => EndIf(disk.Begin(process, work));

    private static void EndIf(bool isLast)
    {
        if (isLast)
        {
            throw new SimulatedCrashException();
        }
    }

    /// <summary>An open file. It stays usable under another name, as on any Unix.</summary>
    private sealed class SimulatedFile(SimulatedStorage storage, string name, SimulatedContent content, bool isWritable) : IStorageFile
    {
        private bool _isClosed;

        public string Name => name;

        public long Length => content.Length;

        public int Read(long offset, Span<byte> destination)
        {
            Check();
            storage.Begin(DiskWork.Read);
            return content.Read((int)Math.Min(offset, int.MaxValue), destination);
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            CheckWritable();
            SimulatedDisk disk = storage.Disk;
            bool isLast = disk.Begin(storage.Process, DiskWork.Write);
            bool fails = disk.FailsNow(DiskWork.Write);
            long growth = Math.Max(0, offset + bytes.Length - content.Length);
            bool fits = growth <= disk.FreeBytes;
            int written = isLast || fails ? WholeSectors(offset, disk.Random.Between(0, bytes.Length))
                : fits ? bytes.Length
                : (int)Math.Max(0, bytes.Length - growth);
            content.Write((int)offset, bytes[..written]);
            EndIf(isLast);
            if (fails)
            {
                disk.Count(Fault.WriteFails);
                throw new StorageException($"{storage.Path}/{name}: cannot write (EIO)");
            }
            if (!fits)
            {
                disk.Count(Fault.DiskIsFull);
                throw new StorageFullException($"{storage.Path}/{name}: no space left (ENOSPC)");
            }
        }

        /// <summary>A write that is cut short ends with a sector: no system copies less at once.</summary>
        private static int WholeSectors(long offset, int count) =>
            Math.Max(0, (int)((offset + count) / SimulatedContent.SectorLength * SimulatedContent.SectorLength - offset));

        public void SetLength(long length)
        {
            CheckWritable();
            bool isLast = storage.Disk.Begin(storage.Process, DiskWork.SetLength);
            if (!isLast || storage.Disk.Random.Chance(0.5))
            {
                content.SetLength((int)length);
            }
            EndIf(isLast);
        }

        public void Sync()
        {
            Check();
            SimulatedDisk disk = storage.Disk;
            bool isLast = disk.Begin(storage.Process, DiskWork.Sync);
            if (disk.FailsNow(DiskWork.Sync) && !isLast)
            {
                disk.Count(Fault.SyncFails);
                content.FailSync(disk.Random);
                throw new StorageException($"{storage.Path}/{name}: cannot sync (EIO)");
            }
            if (!isLast || disk.Random.Chance(0.3))
            {
                content.Sync();
            }
            EndIf(isLast);
        }

        public void Dispose() => _isClosed = true;

        private void Check() => ObjectDisposedException.ThrowIf(_isClosed, this);

        private void CheckWritable()
        {
            Check();
            if (!isWritable)
            {
                throw new StorageException($"{storage.Path}/{name}: opened for reading (EBADF)");
            }
        }
    }

    private SimulatedDisk Disk => disk;

    private SimulatedProcess Process => process;
}
