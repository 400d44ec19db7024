using CopyEngine.Host.Gateway.Keys;

namespace CopyEngine.Host.CommandLine;

/// <summary>Which exit code a fault of the key store has.</summary>
internal static class KeyFault
{
    /// <summary>What the system refused is input or output that failed; anything else is for the user to write differently.</summary>
    public static HostException ToHost(KeyStoreException fault) => new(
        fault.InnerException is IOException or UnauthorizedAccessException ? ExitCode.InputOutputFailed : ExitCode.WrongUsage, fault.Message, fault);
}
