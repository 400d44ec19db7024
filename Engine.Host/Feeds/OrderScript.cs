using System.Text;
using System.Text.Json;
using CopyEngine.Events;
using CopyEngine.Host.Json;

namespace CopyEngine.Host.Feeds;

/// <summary>One line of an orders file: when it is due, and how it is sent once names can be resolved.</summary>
/// <param name="Time">Microseconds since the Unix epoch.</param>
/// <param name="Line">Line in the file, from 1.</param>
/// <param name="Send">Sends it and returns its sequence.</param>
internal sealed record ScriptedCommand(long Time, int Line, Func<ScriptTarget, long> Send);

/// <summary>
/// Scripted commands as JSON lines: <c>timestamp_us</c>, <c>type</c> and the fields of the gateway's message of that name
/// (interfaces, section 4). A later line names an order of the same account by <c>"order": "its clientOrderId"</c>.
/// Read and checked as a whole before anything is started.
/// </summary>
internal static class OrderScript
{
    /// <summary>The commands of a file, in order of time.</summary>
    /// <exception cref="HostException">The file cannot be read or has faults.</exception>
    public static IReadOnlyList<ScriptedCommand> Read(string path)
    {
        var commands = new List<ScriptedCommand>();
        var faults = new FaultList(path);
        var placed = new HashSet<(AccountName, string)>();
        using var lines = new LineReader(path);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.Trim((byte)' ').IsEmpty)
            {
                continue;
            }
            if (ReadLine(line.ToArray(), lines.Line, faults, placed) is { } command)
            {
                CheckOrder(commands, command, faults);
                commands.Add(command);
            }
        }
        faults.ThrowIfAny();
        return commands;
    }

    private static ScriptedCommand? ReadLine(byte[] line, int number, FaultList faults, HashSet<(AccountName, string)> placed)
    {
        string path = $"line {number}: $";
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return new ScriptedCommandReader(document.RootElement, path, faults, placed).Read(number);
        }
        catch (JsonException fault)
        {
            faults.Add(path, $"not a JSON object at byte {fault.BytePositionInLine + 1}: {Encoding.UTF8.GetString(line.AsSpan(0, Math.Min(line.Length, 80)))}");
            return null;
        }
    }

    private static void CheckOrder(List<ScriptedCommand> commands, ScriptedCommand command, FaultList faults)
    {
        if (commands.Count > 0 && command.Time < commands[^1].Time)
        {
            faults.Add($"line {command.Line}: $.timestamp_us", $"{command.Time} is before the line above; sort the file by time");
        }
    }
}
