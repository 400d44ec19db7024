namespace CopyEngine.Host;

/// <summary>Ends the process with an exit code and one plain sentence on stderr: what, where, what to do.</summary>
internal sealed class HostException(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    public static HostException WrongUsage(string message) => new(Host.ExitCode.WrongUsage, message);

    public static HostException CannotRead(string path, Exception cause) =>
        new(Host.ExitCode.InputOutputFailed, $"cannot read {path}: {Reason(cause)}; check the path and its permissions", cause);

    private static string Reason(Exception cause) => cause switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "access is denied or it is a directory",
        _ => cause.Message,
    };
}
