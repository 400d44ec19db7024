using CopyEngine.Events;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>A margin event with its place in the stream.</summary>
internal readonly record struct ProjectedMarginEvent(MarginReport Report, long Sequence, long Time);

/// <summary>The audit of a cascade with the time at which it was made.</summary>
internal readonly record struct ProjectedAudit(CascadeReport Report, long Time);

/// <summary>What is told once instead of kept up to date: margin events and audits, the newest of each.</summary>
internal sealed class MarginNotices(int eventsKept, int auditsKept)
{
    private readonly Queue<ProjectedMarginEvent> _events = new();
    private readonly Queue<ProjectedAudit> _audits = new();
    private int _writtenAudits;

    /// <summary>Events dropped because too many waited.</summary>
    public long Dropped { get; private set; }

    /// <summary>Events and audits that have still to be written.</summary>
    public int Waiting => _events.Count + _audits.Count - _writtenAudits;

    public void Add(in MarginReport report, long sequence, long time)
    {
        if (_events.Count == eventsKept)
        {
            _events.Dequeue();
            Dropped++;
        }
        _events.Enqueue(new ProjectedMarginEvent(report, sequence, time));
    }

    public void Add(in CascadeReport report, long time)
    {
        if (_audits.Count == auditsKept)
        {
            _audits.Dequeue();
            _writtenAudits = Math.Max(0, _writtenAudits - 1);
        }
        _audits.Enqueue(new ProjectedAudit(report, time));
    }

    /// <summary>All audits are written again.</summary>
    public void MarkAudits() => _writtenAudits = 0;

    public void Take(List<ProjectedMarginEvent> events, List<ProjectedAudit> audits)
    {
        events.AddRange(_events);
        _events.Clear();
        audits.AddRange(_audits.Skip(_writtenAudits));
        _writtenAudits = _audits.Count;
    }
}
