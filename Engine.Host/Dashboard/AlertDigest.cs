using CopyEngine.Events;

namespace CopyEngine.Host.Dashboard;

/// <summary>An alert, and how many of the same kind came at the same moment.</summary>
internal readonly record struct Alert(EventSlot Event, int Count);

/// <summary>Sums up storms: a violent tick warns hundreds of accounts with one command, and one line says it.</summary>
internal static class AlertDigest
{
    public static IEnumerable<Alert> Of(IEnumerable<EventSlot> events) => events
        .GroupBy(slot => (slot.Header.Sequence, slot.Header.Type, Kind(slot)))
        .Select(group => new Alert(group.First(), group.Count()));

    private static int Kind(EventSlot slot) => slot.Header.Type switch
    {
        EventType.MarginReport => (int)slot.As<MarginReport>().Kind,
        EventType.Alarm => (int)slot.As<Alarm>().Kind,
        _ => slot.Header.Index,
    };
}
