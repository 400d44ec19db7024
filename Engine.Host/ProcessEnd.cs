using System.Runtime.InteropServices;

namespace CopyEngine.Host;

/// <summary>Ends the process at once: no finalizers, no handlers, no waiting for other threads.</summary>
internal static partial class ProcessEnd
{
    public static void Now(int exitCode) => Exit(exitCode);

    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int exitCode);
}
