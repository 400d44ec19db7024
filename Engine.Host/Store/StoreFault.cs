using CopyEngine.Journal;
using CopyEngine.Recovery;
using CopyEngine.Snapshots;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Host.Store;

/// <summary>Which exit code a fault of the journal or the snapshots has (interfaces, section 2).</summary>
internal static class StoreFault
{
    /// <summary>The exception as the process ends by it, or null when it is none of the store's.</summary>
    public static HostException? ToHost(Exception fault) => fault switch
    {
        StorageException => new HostException(ExitCode.InputOutputFailed, fault.Message, fault),
        JournalDamagedException or SnapshotDamagedException or NewerFormatException or RecoveryRefusedException =>
            new HostException(ExitCode.RefusesToStart, fault.Message, fault),
        PoisonedCommandException => new HostException(ExitCode.InvariantBroke, fault.Message, fault),
        _ => null,
    };

    /// <summary>Runs something that reads or writes the store.</summary>
    /// <exception cref="HostException">It failed.</exception>
    public static TResult Guard<TResult>(Func<TResult> action)
    {
        try
        {
            return action();
        }
        catch (Exception fault) when (ToHost(fault) is { } known)
        {
            throw known;
        }
    }
}
