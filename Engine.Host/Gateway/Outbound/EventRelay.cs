using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Sessions;
using CopyEngine.Numerics;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>
/// Takes events to the sessions that they concern: answers to the session that asked, reports to everybody whose account it
/// is. Each is encoded once and appended to buffers, which never waits. The engine keeps what was told for those who come
/// back; it may be ahead of the relay, which therefore knows itself how far everybody has been told.
/// </summary>
internal sealed class EventRelay(
    EngineDirectory directory, EventHistory history, GatewayLimits limits, GatewayStatistics statistics, Func<long> now)
{
    private readonly Lock _gate = new();
    private readonly AudienceIndex _audience = new(directory);
    private readonly ReportEncoder _encoder = new(directory);
    private readonly OpenProfit _profit = new(directory);
    private readonly Dictionary<int, GatewaySession> _sessions = [];
    private readonly List<GatewaySession> _touched = [];
    private EventPosition _told;

    /// <summary>The first session may come: what is kept by now belongs to the past, also what is still on its way here.</summary>
    public void Open()
    {
        lock (_gate)
        {
            _told = history.Newest;
        }
    }

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        switch (slot.Header.Type)
        {
            case EventType.QuoteTaken or EventType.AccountOpened:
                Learn(ref slot);
                break;
            case var _ when slot.Header.IsRecited:
                // Nothing happened: nobody is told.
                break;
            case EventType.OrderReport or EventType.CopyReport or EventType.MarginReport:
                Report(ref slot);
                break;
            default:
                Answer(ref slot);
                break;
        }
        if (endOfBatch && _touched.Count > 0)
        {
            WakeTouched();
        }
    }

    /// <summary>Lets a session in: says Welcome, and from then on it is told everything, or first what it has missed.</summary>
    /// <param name="session">The session.</param>
    /// <param name="resumeFrom">The last event that the client has seen.</param>
    /// <param name="resumeAt">Where <see cref="CatchUpAsync"/> has to begin; nothing if nothing was missed.</param>
    /// <returns>Whether it was let in; otherwise why it can not go on after that event.</returns>
    public HistorySearch Enter(GatewaySession session, EventPosition? resumeFrom, out long? resumeAt)
    {
        lock (_gate)
        {
            resumeAt = null;
            if (resumeFrom is { } seen)
            {
                HistorySearch search = history.Find(seen, out long next);
                if (search != HistorySearch.Found)
                {
                    return search;
                }
                resumeAt = next < history.NumberAfter(_told) ? next : null;
            }
            session.Welcome(_told, limits.HeartbeatSeconds, now());
            _sessions.Add(session.Id, session);
            if (resumeAt is null)
            {
                _audience.Add(session);
            }
            return HistorySearch.Found;
        }
    }

    /// <summary>Tells a session what it has missed, in slices, and lets it join the live stream at the end of it.</summary>
    public async Task CatchUpAsync(GatewaySession session, long next, CancellationToken cancellation)
    {
        while (!session.IsEnded)
        {
            if (!session.HasRoom)
            {
                await Task.Delay(10, cancellation).ConfigureAwait(false);
            }
            else if (TryCatchUp(session, ref next))
            {
                return;
            }
        }
    }

    public void Leave(GatewaySession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session.Id);
            _audience.Remove(session);
        }
    }

    private bool TryCatchUp(GatewaySession session, ref long next)
    {
        lock (_gate)
        {
            long told = history.NumberAfter(_told);
            long end = Math.Min(told, next + limits.ResumeSlice);
            for (; next < end && session.HasRoom; next++)
            {
                if (!history.TryRead(next, out EventSlot happened))
                {
                    session.End(GoodbyeCode.ResumeUnavailable, "more has happened than is kept; query your accounts");
                    return true;
                }
                if (_audience.Hears(session, EventHistory.AccountOf(ref happened)))
                {
                    session.Send(_encoder.Encode(ref happened));
                }
            }
            session.Wake();
            if (next < told)
            {
                return false;
            }
            _audience.Add(session);
            return true;
        }
    }

    private void Report(ref EventSlot slot)
    {
        lock (_gate)
        {
            if (!EventHistory.Keeps(ref slot))
            {
                // An answer, but nothing that has happened.
                Reply(in slot.Header, ref slot);
                return;
            }
            var position = new EventPosition(slot.Header.Sequence, slot.Header.Index);
            if (position.CompareTo(_told) <= 0)
            {
                return;
            }
            _told = position;
            ReadOnlySpan<GatewaySession> owners = _audience.Of(EventHistory.AccountOf(ref slot));
            if (owners.IsEmpty && _audience.Everything.Length == 0)
            {
                return;
            }
            EncodedFrame frame = _encoder.Encode(ref slot);
            Send(owners, frame);
            Send(_audience.Everything, frame);
        }
    }

    private void Learn(ref EventSlot slot)
    {
        lock (_gate)
        {
            if (slot.Header.Type == EventType.QuoteTaken)
            {
                _profit.Take(in slot.As<QuoteTaken>());
            }
            else
            {
                _audience.Take(in slot.As<AccountOpened>());
            }
        }
    }

    private void Answer(ref EventSlot slot)
    {
        if (slot.Header.Session <= 0)
        {
            return;
        }
        lock (_gate)
        {
            if (_sessions.TryGetValue(slot.Header.Session, out GatewaySession? session))
            {
                Answer(session, ref slot);
                Touch(session);
            }
        }
    }

    private void Answer(GatewaySession session, ref EventSlot slot)
    {
        switch (slot.Header.Type)
        {
            case EventType.RequestDone:
                Acknowledge(session, in slot.As<RequestDone>());
                break;
            case EventType.RequestRefused:
                ref RequestRefused refused = ref slot.As<RequestRefused>();
                Refuse(session, slot.Header.Correlation, in refused.RequestId, refused.Reject);
                break;
            case EventType.QuoteRefused when slot.As<QuoteRefused>().Refusal == QuoteRefusal.Invalid:
                Refuse(session, slot.Header.Correlation, default, RejectCode.InvalidPrice);
                break;
            case EventType.AccountState:
                session.Send(_encoder.Encode(in slot.Header, in slot.As<AccountState>()));
                break;
            case EventType.OrderState:
                ref OrderReport order = ref slot.As<OrderState>().Order;
                session.Send(_encoder.Encode(in order, _profit.Of(in order)));
                break;
            case EventType.QueryEnd:
                session.Send(_encoder.Encode(in slot.Header, in slot.As<QueryEnd>()));
                break;
        }
    }

    private static void Acknowledge(GatewaySession session, in RequestDone done) => session.Send(new AckMessage
    {
        RequestId = AsciiText.Trim(AsciiText.ReadOnlyBytes(in done.RequestId)),
        Sequence = done.FirstSequence,
        Time = done.FirstTime,
        Duplicate = done.Duplicate,
    });

    private void Refuse(GatewaySession session, long sequence, in ClientOrderId id, RejectCode code)
    {
        statistics.CountReject(code);
        session.Refuse(sequence, AsciiText.Trim(AsciiText.ReadOnlyBytes(in id)), code, "");
    }

    private void Reply(in EventHeader header, ref EventSlot slot)
    {
        if (header.Session > 0 && _sessions.TryGetValue(header.Session, out GatewaySession? session))
        {
            session.Send(_encoder.Encode(ref slot));
            Touch(session);
        }
    }

    private void Send(ReadOnlySpan<GatewaySession> sessions, EncodedFrame frame)
    {
        foreach (GatewaySession session in sessions)
        {
            session.Send(frame);
            Touch(session);
        }
    }

    private void Touch(GatewaySession session)
    {
        if (!session.IsTouched)
        {
            session.IsTouched = true;
            _touched.Add(session);
        }
    }

    private void WakeTouched()
    {
        lock (_gate)
        {
            foreach (GatewaySession session in _touched)
            {
                session.IsTouched = false;
                session.Wake();
            }
            _touched.Clear();
        }
    }
}
