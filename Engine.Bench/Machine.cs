using System.Runtime.InteropServices;

namespace CopyEngine.Bench;

/// <summary>The machine and settings of a run, as they stand beside every result.</summary>
internal static class Machine
{
    public static string Describe() =>
        $"{ProcessorName()}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
        + $"server GC {System.Runtime.GCSettings.IsServerGC}, {DateTime.UtcNow:yyyy-MM-dd}";

    private static string ProcessorName()
    {
        const string source = "/proc/cpuinfo";
        string? line = File.Exists(source)
            ? File.ReadLines(source).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
