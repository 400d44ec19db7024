using System.Globalization;

namespace CopyEngine.Host;

/// <summary>
/// The directory that the engine writes to, locked against a second process for as long as this one lives; the operating
/// system gives the lock back however the process ends.
/// </summary>
internal sealed class DataDirectory : IDisposable
{
    /// <summary>The system's error number when somebody else has the lock (EWOULDBLOCK).</summary>
    private const int WouldBlock = 11;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    public string Logs => System.IO.Path.Combine(Path, "logs");

    /// <summary>Makes the directory if need be and locks it.</summary>
    /// <exception cref="HostException">Another process holds it (75), or it cannot be written (74).</exception>
    public static DataDirectory Open(string path)
    {
        string fullPath = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(fullPath);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(fullPath, cause);
        }
        return new DataDirectory(fullPath, Lock(
            fullPath, $"the data directory {fullPath} is in use by another process; stop that one or give another --data"));
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Locks a directory by a file in it for as long as the result lives.</summary>
    /// <exception cref="HostException">Another process holds it (75), in the words given; or it cannot be written (74).</exception>
    public static FileStream Lock(string path, string whenTaken)
    {
        try
        {
            var file = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return file;
        }
        catch (UnauthorizedAccessException cause)
        {
            throw CannotWrite(path, cause);
        }
        catch (IOException cause) when (cause.HResult != WouldBlock)
        {
            throw CannotWrite(path, cause);
        }
        catch (IOException cause)
        {
            throw new HostException(ExitCode.DataDirectoryInUse, whenTaken, cause);
        }
    }

    private static HostException CannotWrite(string path, Exception cause) =>
        new(ExitCode.InputOutputFailed, $"cannot write to the data directory {path}: {cause.Message}; check its permissions or give another --data", cause);
}
