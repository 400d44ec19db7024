using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace CopyEngine.Storage;

/// <summary>One open file of a directory of this machine.</summary>
internal sealed class DirectoryFile(string name, string path, SafeFileHandle handle) : IStorageFile
{
    /// <summary>Zeroes written at a time: large enough for the disk's full speed.</summary>
    private static readonly byte[] Zeroes = new byte[1 << 20];

    public string Name { get; } = name;

    public long Length
    {
        get
        {
            using var use = new Use(handle);
            long length = LinuxCalls.Seek(use.Descriptor, 0, LinuxCalls.SeekEnd);
            return length >= 0 ? length : throw LinuxCalls.Failure("measure", path, LinuxCalls.LastError);
        }
    }

    public int Read(long offset, Span<byte> destination)
    {
        using var use = new Use(handle);
        int done = 0;
        while (done < destination.Length)
        {
            nint read = LinuxCalls.Read(
                use.Descriptor, ref MemoryMarshal.GetReference(destination[done..]), destination.Length - done, offset + done);
            if (read == 0)
            {
                break;
            }
            done += (int)Moved(read, "read");
        }
        return done;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        using var use = new Use(handle);
        while (!bytes.IsEmpty)
        {
            nint written = LinuxCalls.Write(use.Descriptor, in MemoryMarshal.GetReference(bytes), bytes.Length, offset);
            written = Moved(written, "write to");
            bytes = bytes[(int)written..];
            offset += written;
        }
    }

    public void SetLength(long length)
    {
        using var use = new Use(handle);
        int result;
        do
        {
            result = LinuxCalls.Truncate(use.Descriptor, length);
        }
        while (result != 0 && LinuxCalls.LastError == LinuxCalls.InterruptedCall);
        if (result != 0)
        {
            throw LinuxCalls.Failure("change the length of", path, LinuxCalls.LastError);
        }
    }

    public void Sync() => Synced(LinuxCalls.SyncData, handle, path);

    /// <summary>
    /// Takes the blocks first, so that a full disk is told before anything is written, then writes them: a block that
    /// was only taken costs a change of the file system's own records, and a longer sync, when it is first written.
    /// </summary>
    public void FillWithZeroes(long length)
    {
        if (length > 0)
        {
            Allocate(length);
            for (long offset = 0; offset < length; offset += Zeroes.Length)
            {
                Write(offset, Zeroes.AsSpan(0, (int)Math.Min(Zeroes.Length, length - offset)));
            }
        }
        // The length is part of what has to survive, hence the full sync.
        Synced(LinuxCalls.SyncAll, handle, path);
    }

    public void Dispose() => handle.Dispose();

    /// <summary>Syncs, again only when a signal interrupted the call, and believes nothing but a zero.</summary>
    public static void Synced(Func<int, int> call, SafeFileHandle handle, string path)
    {
        using var use = new Use(handle);
        int result;
        int error;
        do
        {
            result = call(use.Descriptor);
            error = result == 0 ? 0 : LinuxCalls.LastError;
        }
        while (result != 0 && error == LinuxCalls.InterruptedCall);
        if (result != 0)
        {
            throw LinuxCalls.Failure("sync", path, error);
        }
    }

    private void Allocate(long length)
    {
        using var use = new Use(handle);
        int error;
        do
        {
            error = LinuxCalls.Allocate(use.Descriptor, 0, 0, length) == 0 ? 0 : LinuxCalls.LastError;
        }
        while (error == LinuxCalls.InterruptedCall);
        // Some file systems cannot take blocks ahead; writing the zeroes takes them as well.
        if (error is not 0 and not LinuxCalls.NotSupported)
        {
            throw LinuxCalls.Failure("reserve room for", path, error);
        }
    }

    /// <summary>Bytes that a read or write moved; none when a signal interrupted it.</summary>
    private nint Moved(nint result, string action)
    {
        if (result >= 0)
        {
            return result;
        }
        int error = LinuxCalls.LastError;
        return error == LinuxCalls.InterruptedCall ? 0 : throw LinuxCalls.Failure(action, path, error);
    }

    /// <summary>Keeps the descriptor open, and nobody else's, for the time of a call.</summary>
    private readonly ref struct Use
    {
        private readonly SafeFileHandle _handle;

        public Use(SafeFileHandle handle)
        {
            bool isAdded = false;
            handle.DangerousAddRef(ref isAdded);
            _handle = handle;
        }

        public int Descriptor => (int)_handle.DangerousGetHandle();

        public void Dispose() => _handle.DangerousRelease();
    }
}
