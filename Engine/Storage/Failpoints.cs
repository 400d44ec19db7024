using System.Globalization;

namespace CopyEngine.Storage;

/// <summary>
/// Named places at which a test lets the process die, throw or wait: <c>CE_FAILPOINT=name:action[:nth][,more]</c>, with
/// the actions <c>kill</c>, <c>throw</c>, <c>sleep=milliseconds</c> and <c>short=bytes</c>. Without the variable the
/// compiler drops every call.
/// </summary>
internal static class Failpoints
{
    private const string Variable = "CE_FAILPOINT";

    private static readonly Failpoint[] Points = Parse(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Read once: a constant to the compiler.</summary>
    public static readonly bool AreSet = Points.Length > 0;

    public static void Hit(string name)
    {
        if (AreSet)
        {
            Find(name)?.Hit();
        }
    }

    /// <summary>A numbered place, such as the n-th chunk: the same as <see cref="Hit(string)"/> when it is the number asked for.</summary>
    public static void Hit(string name, long number)
    {
        if (AreSet)
        {
            Find(name)?.Hit();
            string numbered = string.Create(CultureInfo.InvariantCulture, $"{name}({number})");
            Find(numbered)?.Hit();
        }
    }

    /// <summary>How many bytes of a write happen before the process dies, or -1 when nothing is to happen.</summary>
    public static int ShortWrite(string name, int length)
    {
        if (!AreSet)
        {
            return -1;
        }
        Failpoint? point = Find(name);
        return point is not null && point.IsDue() ? Math.Min(point.Bytes ?? length / 2, length) : -1;
    }

    /// <summary>Apart, since a lambda's captured name would be allocated at every call, whether the switch is on or off.</summary>
    private static Failpoint? Find(string name) => Array.Find(Points, point => point.Name == name);

    /// <summary>Ends the process at once, as a power cut of this process alone would.</summary>
    public static void Kill()
    {
        _ = LinuxCalls.Kill(Environment.ProcessId, LinuxCalls.KillSignal);
        Thread.Sleep(Timeout.Infinite);
    }

    /// <exception cref="FormatException">The variable is not understood; a test that tests nothing must not pass.</exception>
    public static Failpoint[] Parse(string? text) =>
        string.IsNullOrEmpty(text) ? [] : [.. text.Split(',').Select(Failpoint.Parse)];
}

/// <summary>One entry of the variable.</summary>
internal sealed class Failpoint
{
    private int _hits;

    public required string Name { get; init; }

    public required string Action { get; init; }

    /// <summary>Milliseconds of a sleep, bytes of a short write.</summary>
    public int? Amount { get; init; }

    /// <summary>The hit at which it acts, from 1. A sleep acts at each hit from there on.</summary>
    public int Nth { get; init; } = 1;

    public int? Bytes => Action == "short" ? Amount : null;

    public static Failpoint Parse(string text)
    {
        string[] parts = text.Split(':');
        string[] action = parts.Length is 2 or 3 ? parts[1].Split('=') : [];
        bool hasAmount = action is ["sleep" or "short", _];
        if (!(hasAmount || action is ["kill" or "throw"]))
        {
            throw new FormatException($"CE_FAILPOINT: '{text}' is not name:kill|throw|sleep=ms|short=n[:nth]");
        }
        return new Failpoint
        {
            Name = parts[0],
            Action = action[0],
            Amount = hasAmount ? Number(action[1], text) : null,
            Nth = parts.Length == 3 ? Number(parts[2], text) : 1,
        };
    }

    /// <summary>Counts one hit.</summary>
    public bool IsDue()
    {
        int hit = Interlocked.Increment(ref _hits);
        return Action == "sleep" ? hit >= Nth : hit == Nth;
    }

    public void Hit()
    {
        if (!IsDue())
        {
            return;
        }
        switch (Action)
        {
            case "throw":
                throw new StorageException($"failpoint {Name}");
            case "sleep":
                Thread.Sleep(Amount!.Value);
                break;
            default:
                Failpoints.Kill();
                break;
        }
    }

    private static int Number(string text, string entry) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new FormatException($"CE_FAILPOINT: '{text}' in '{entry}' is not a number");
}
