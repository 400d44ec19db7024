using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace CopyEngine.Host.Redis.Embedded;

/// <summary>
/// Remembers our child in a file, so that a host that was killed finds and removes it at the next start. A process id
/// alone may be somebody else's by then; with the time at which the process began it is ours or nobody's.
/// </summary>
internal sealed class LeftoverProcess(string file)
{
    /// <summary>Notes a child.</summary>
    public void Remember(Process process)
    {
        if (TryReadStart(process.Id, out string start))
        {
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"{process.Id} {start}"));
        }
    }

    /// <summary>There is none any more.</summary>
    public void Forget() => File.Delete(file);

    /// <summary>Kills the child of a host that ended without doing so.</summary>
    public void Remove()
    {
        if (!File.Exists(file))
        {
            return;
        }
        string[] parts = File.ReadAllText(file).Split(' ');
        if (parts is [var id, var start]
            && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            && TryReadStart(processId, out string actual) && actual == start.Trim())
        {
            Kill(processId);
        }
        Forget();
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
            process.WaitForExit();
        }
        catch (Exception failure) when (failure is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself meanwhile.
        }
    }

    /// <summary>When a process began, in clock ticks since boot: field 22 of its stat, counted after the name in parentheses.</summary>
    private static bool TryReadStart(int processId, out string start)
    {
        start = "";
        string stat = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat");
        if (!File.Exists(stat))
        {
            return false;
        }
        try
        {
            string text = File.ReadAllText(stat);
            string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            start = fields[22 - 3];
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
