using System.Globalization;
using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Host.Json;

namespace CopyEngine.Host.World;

/// <summary>Names of days as they stand in a world file.</summary>
internal static class WeekDays
{
    public static readonly (string Word, DayOfWeek Value)[] Words =
        [.. Enum.GetValues<DayOfWeek>().Select(day => (day.ToString().ToLowerInvariant(), day))];

    /// <summary>Minutes from Monday 00:00 to the beginning of a day.</summary>
    public static int MinutesBefore(DayOfWeek day) => ((int)day + 6) % 7 * 24 * 60;
}

/// <summary>
/// Reads <c>sessions</c>: stretches <c>{"open": "monday 00:05", "close": "friday 22:00"}</c> of the week, UTC. One that
/// closes before it opens runs over the end of the week and becomes two.
/// </summary>
internal static class SessionReader
{
    private const int Week = 7 * 24 * 60;

    public static TradingSessions Read(StrictObject instrument, FaultList faults)
    {
        var stretches = new List<TradingSession>();
        foreach ((JsonElement element, string path) in instrument.Items("sessions"))
        {
            var fields = new StrictObject(element, path, faults, WorldFields.Session);
            if (Minute(fields, "open") is { } open && Minute(fields, "close") is { } close)
            {
                Add(stretches, open, close, path, faults);
            }
        }
        if (stretches.Count > TradingSessions.Count)
        {
            instrument.Fault("sessions", $"{stretches.Count} stretches are more than the {TradingSessions.Count} that an instrument may have");
        }
        var sessions = new TradingSessions();
        for (int i = 0; i < Math.Min(stretches.Count, TradingSessions.Count); i++)
        {
            sessions[i] = stretches[i];
        }
        return sessions;
    }

    private static void Add(List<TradingSession> stretches, int open, int close, string path, FaultList faults)
    {
        open %= Week;
        close = close == 0 ? Week : close;
        TradingSession[] parts = open < close
            ? [new((ushort)open, (ushort)close)]
            : [new((ushort)open, Week), new(0, (ushort)close)];
        foreach (TradingSession part in parts)
        {
            if (stretches.Exists(other => part.OpenMinute < other.CloseMinute && other.OpenMinute < part.CloseMinute))
            {
                faults.Add(path, "overlaps another stretch of this instrument");
            }
            stretches.Add(part);
        }
    }

    /// <summary>Minutes since Monday 00:00 of a text such as <c>friday 22:00</c>.</summary>
    private static int? Minute(StrictObject fields, string name)
    {
        if (!fields.Require(name, "a day and a time in UTC, e.g. friday 22:00") || fields.Text(name) is not { } text)
        {
            return null;
        }
        string[] parts = text.Split(' ');
        foreach ((string word, DayOfWeek day) in WeekDays.Words)
        {
            if (parts.Length == 2 && parts[0] == word && MinuteOfDay(parts[1]) is { } minute)
            {
                return WeekDays.MinutesBefore(day) + minute;
            }
        }
        fields.Fault(name, $"'{text}' is not a day and a time in UTC such as friday 22:00");
        return null;
    }

    private static int? MinuteOfDay(string text)
    {
        if (text == "24:00")
        {
            return 24 * 60;
        }
        return TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)
            ? time.Hour * 60 + time.Minute
            : null;
    }
}
