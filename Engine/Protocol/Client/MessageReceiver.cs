using CopyEngine.Events;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol.Client;

/// <summary>Takes what arrives in an open session to those who wait for it: answers to requests, events to their streams.</summary>
internal sealed class MessageReceiver(PendingAnswers answers, int eventBacklog)
{
    private readonly Lock _gate = new();
    private EventPosition? _lastEvent;

    public EventStream<ExecutionReport> Executions { get; } = new(eventBacklog);
    public EventStream<CopyReport> Copies { get; } = new(eventBacklog);
    public EventStream<MarginEvent> MarginEvents { get; } = new(eventBacklog);
    public EventStream<Refusal> Refusals { get; } = new(eventBacklog);

    /// <summary>What the server said before it closed.</summary>
    public (string Code, string Text)? Goodbye { get; private set; }

    /// <summary>The newest event seen so far, or where the session began.</summary>
    public EventPosition? LastEvent
    {
        get
        {
            lock (_gate)
                return _lastEvent;
        }
    }

    public static TMessage Read<TMessage>(scoped ref Envelope envelope) where TMessage : struct, IMessage<TMessage>, allows ref struct =>
        envelope.TryRead(out TMessage message, out var failure)
            ? message
            : throw new TradingConnectionException($"the server sent a {TMessage.Type} that cannot be read: {failure}");

    /// <summary>A message that is not part of the login. Types that are not known are passed over: servers may be newer.</summary>
    public void Receive(scoped ref Envelope envelope, bool isOpen)
    {
        switch (envelope.Type)
        {
            case MessageType.Goodbye:
                SetGoodbye(Read<GoodbyeMessage>(ref envelope));
                break;
            case MessageType.Reject:
                Refuse(Read<RejectMessage>(ref envelope), isOpen);
                break;
            case MessageType.ExecutionReport:
                Publish(WireConversion.ToReport(Read<ExecutionReportMessage>(ref envelope)));
                break;
            case MessageType.CopyReport:
                Publish(WireConversion.ToReport(Read<CopyReportMessage>(ref envelope)));
                break;
            case MessageType.MarginEvent:
                Publish(WireConversion.ToEvent(Read<MarginEventMessage>(ref envelope)));
                break;
            case MessageType.Ack:
                Acknowledge(Read<AckMessage>(ref envelope));
                break;
            default:
                ReceiveQueried(ref envelope);
                break;
        }
    }

    /// <summary>The connection has ended. The streams end quietly if that was wanted, else with the reason.</summary>
    public void End(Exception error, bool expected)
    {
        answers.End(error);
        var reason = expected ? null : error;
        Executions.End(reason);
        Copies.End(reason);
        MarginEvents.End(reason);
        Refusals.End(reason);
    }

    public void Begin(EventPosition? position) => Advance(position);

    private void ReceiveQueried(scoped ref Envelope envelope)
    {
        switch (envelope.Type)
        {
            case MessageType.AccountState:
                var state = WireConversion.ToSnapshot(Read<AccountStateMessage>(ref envelope));
                answers.FindQuery(state.Account)?.Begin(state);
                break;
            case MessageType.Order:
                var order = Read<OrderMessage>(ref envelope);
                answers.FindQuery(WireConversion.ToText(order.Account))?.Add(WireConversion.ToSnapshot(order));
                break;
            case MessageType.EndOfQuery:
                CompleteQuery(WireConversion.ToText(Read<EndOfQueryMessage>(ref envelope).Account));
                break;
        }
    }

    private void CompleteQuery(string account)
    {
        if (answers.FindQuery(account) is not { } query)
            return;
        answers.Remove(query);
        query.Complete();
    }

    private void SetGoodbye(in GoodbyeMessage goodbye) =>
        Goodbye = (WireConversion.ToText(goodbye.Code), WireConversion.ToText(goodbye.Text));

    private void Refuse(in RejectMessage reject, bool isOpen)
    {
        var text = WireConversion.ToText(reject.Text);
        if (!isOpen)
            throw new TradingRejectedException(reject.Code, text);
        var id = WireConversion.ToOptionalText(reject.Id);
        if (!answers.Refuse(reject.ReferenceSequence, id, reject.Code, text))
            Refusals.Publish(new Refusal(reject.Code, text, id));
    }

    private void Acknowledge(in AckMessage ack)
    {
        var id = WireConversion.ToText(ack.RequestId);
        answers.Find<PendingAcknowledgement>(id)
            ?.Complete(new Acknowledgement(id, ack.Sequence, WireConversion.ToTime(ack.Time), ack.Duplicate));
    }

    private void Publish(ExecutionReport report)
    {
        Advance(report.Position);
        Executions.Publish(report);
        answers.Find<PendingReport>(report.ClientOrderId)?.Complete(report);
        answers.Find<PendingAcknowledgement>(report.ClientOrderId)?.Reports.Add(report);
    }

    private void Publish(CopyReport report)
    {
        Advance(report.Position);
        Copies.Publish(report);
    }

    private void Publish(MarginEvent happened)
    {
        Advance(happened.Position);
        MarginEvents.Publish(happened);
    }

    /// <summary>A duplicate carries the position of the first answer, which may lie far back: the newest stays.</summary>
    private void Advance(EventPosition? position)
    {
        lock (_gate)
        {
            if (position is { } reached && (_lastEvent is not { } last || reached.CompareTo(last) > 0))
                _lastEvent = reached;
        }
    }
}
