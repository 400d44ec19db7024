using System.Runtime.InteropServices;

namespace CopyEngine.Storage;

/// <summary>
/// The C library's calls themselves. The framework's way to sync a file drops every error of the kernel (seen with
/// .NET 10.0.12), and it has none to sync a directory; with the calls at hand all errors are named the same way.
/// </summary>
internal static partial class LinuxCalls
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int CreateNew = 0x40 | 0x80;
    public const int CloseOnExec = 0x80000;
    public const int SeekEnd = 2;
    public const int KillSignal = 9;

    public const int InterruptedCall = 4;
    public const int NoSpace = 28;
    public const int OverQuota = 122;
    public const int NotSupported = 95;

    /// <summary>
    /// The first use of an import binds it, which was seen to spoil the error number of that very call. So each is
    /// used once, on a descriptor that does not exist, before it counts.
    /// </summary>
    static LinuxCalls()
    {
        byte nothing = 0;
        _ = SyncData(-1);
        _ = SyncAll(-1);
        _ = Read(-1, ref nothing, 1, 0);
        _ = Write(-1, in nothing, 1, 0);
        _ = Allocate(-1, 0, 0, 1);
        _ = Truncate(-1, 0);
        _ = Seek(-1, 0, SeekEnd);
        _ = Open(string.Empty, ReadOnly | CloseOnExec, 0);
        _ = Rename(string.Empty, string.Empty);
        _ = Unlink(string.Empty);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int SyncAll(int descriptor);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(int descriptor, ref byte buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Write(int descriptor, in byte buffer, nint count, long offset);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(int descriptor, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(int descriptor, long offset, int origin);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);

    /// <summary>Ends the process at once: no finalizers, no handlers, no waiting for other threads.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int code);

    /// <summary>The error number of the call just made, on this thread.</summary>
    public static int LastError => Marshal.GetLastPInvokeError();

    /// <summary>What failed, on which file, and why, as an exception.</summary>
    public static StorageException Failure(string action, string path, int error)
    {
        string reason = $"{Marshal.GetPInvokeErrorMessage(error)} ({NameOf(error)})";
        string message = $"cannot {action} {path}: {reason}";
        return error is NoSpace or OverQuota ? new StorageFullException(message) : new StorageException(message);
    }

    private static string NameOf(int error) => error switch
    {
        1 => "EPERM",
        2 => "ENOENT",
        5 => "EIO",
        6 => "ENXIO",
        9 => "EBADF",
        12 => "ENOMEM",
        13 => "EACCES",
        16 => "EBUSY",
        17 => "EEXIST",
        20 => "ENOTDIR",
        21 => "EISDIR",
        22 => "EINVAL",
        23 => "ENFILE",
        24 => "EMFILE",
        27 => "EFBIG",
        NoSpace => "ENOSPC",
        30 => "EROFS",
        36 => "ENAMETOOLONG",
        NotSupported => "EOPNOTSUPP",
        OverQuota => "EDQUOT",
        _ => $"errno {error}",
    };
}
