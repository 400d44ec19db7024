using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Sessions;
using CopyEngine.Numerics;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>
/// Takes events to the sessions that they concern: answers to the session that asked, reports to everybody whose account it
/// is. Each is encoded once and appended to buffers, which never waits. What was told is kept for those who come back.
/// </summary>
internal sealed class EventRelay(EngineDirectory directory, GatewayLimits limits, GatewayStatistics statistics, Func<long> now)
{
    private readonly Lock _gate = new();
    private readonly AudienceIndex _audience = new(directory);
    private readonly EventHistory _history = new(limits.HistoryEvents);
    private readonly ReportEncoder _encoder = new(directory);
    private readonly OpenProfit _profit = new(directory);
    private readonly Dictionary<int, GatewaySession> _sessions = [];
    private readonly List<GatewaySession> _touched = [];

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        switch (slot.Header.Type)
        {
            case EventType.OrderReport or EventType.CopyReport or EventType.MarginReport:
                Report(ref slot);
                break;
            case EventType.QuoteTaken or EventType.AccountOpened:
                Learn(ref slot);
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
    /// <returns>False if not everything after that event is kept.</returns>
    public bool TryEnter(GatewaySession session, EventPosition? resumeFrom, out long? resumeAt)
    {
        lock (_gate)
        {
            long next = _history.End;
            resumeAt = null;
            if (resumeFrom is { } seen && !_history.TryFindAfter(seen, out next))
            {
                return false;
            }
            session.Welcome(_history.Newest, limits.HeartbeatSeconds, now());
            _sessions.Add(session.Id, session);
            if (next == _history.End)
            {
                _audience.Add(session);
            }
            else
            {
                resumeAt = next;
            }
            return true;
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
            if (next < _history.Start)
            {
                session.End(GoodbyeCode.ResumeUnavailable, "more has happened than is kept; query your accounts");
                return true;
            }
            long end = Math.Min(_history.End, next + limits.ResumeSlice);
            for (; next < end && session.HasRoom; next++)
            {
                ref EventSlot happened = ref _history[next];
                if (_audience.Hears(session, AccountOf(ref happened)))
                {
                    session.Send(_encoder.Encode(ref happened));
                }
            }
            session.Wake();
            if (next < _history.End)
            {
                return false;
            }
            _audience.Add(session);
            return true;
        }
    }

    private void Report(ref EventSlot slot)
    {
        int account = AccountOf(ref slot);
        lock (_gate)
        {
            if (account < 0 || (slot.Header.Type == EventType.OrderReport && slot.As<OrderReport>().Duplicate))
            {
                // An answer, but nothing that has happened.
                Reply(in slot.Header, ref slot);
                return;
            }
            _history.Add(ref slot);
            ReadOnlySpan<GatewaySession> owners = _audience.Of(account);
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

    private static int AccountOf(ref EventSlot slot) => slot.Header.Type switch
    {
        EventType.OrderReport => slot.As<OrderReport>().Account,
        EventType.CopyReport => slot.As<CopyReport>().Provider,
        _ => slot.As<MarginReport>().Account,
    };
}
