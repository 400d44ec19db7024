using System.Diagnostics;
using CopyEngine.Storage;

namespace CopyEngine.Host.Store;

/// <summary>What a process owes the engine that started it: to come second, and to end with it.</summary>
internal static class EngineChild
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Lowers this process's priority and ends it when the engine's process is gone.</summary>
    public static void Accompany(int engine)
    {
        using (Process self = Process.GetCurrentProcess())
        {
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        new Thread(() => WatchOver(engine)) { Name = "engine-watch", IsBackground = true }.Start();
    }

    private static void WatchOver(int engine)
    {
        while (Directory.Exists($"/proc/{engine}"))
        {
            Thread.Sleep(Look);
        }
        LinuxCalls.ExitNow(ExitCode.InputOutputFailed);
    }
}
