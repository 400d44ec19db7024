using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>Ids: the same id with the same content gets the first answer again, with other content a refusal.</summary>
internal sealed partial class ModelEngine
{
    /// <summary>
    /// Carries a request out, unless its id is known, and answers it. A request without an id, or of key 0, is not
    /// remembered.
    /// </summary>
    private void OnceForKey(ClientOrderId id, byte[] content, Func<RejectCode> carryOut)
    {
        if (id.IsEmpty || _command.Key == 0)
        {
            Answer(id, carryOut());
            return;
        }
        if (!_requests.TryGetValue(_command.Key, out RememberedAnswers? answers))
        {
            _requests[_command.Key] = answers = new RememberedAnswers();
        }
        Once(answers, id, content, () => Answer(id, carryOut()), () => Answer(id, RejectCode.DuplicateClientOrderId));
    }

    /// <summary>Carries a command of an account's owner out, unless its id is known.</summary>
    private void OnceForAccount(ModelAccount account, ClientOrderId id, byte[] content, Action carryOut, Action refuseDuplicate)
    {
        if (id.IsEmpty)
        {
            carryOut();
            return;
        }
        Once(account.Answers, id, content, carryOut, refuseDuplicate);
    }

    private void Once(RememberedAnswers answers, ClientOrderId id, byte[] content, Action carryOut, Action refuseDuplicate)
    {
        Remembered? remembered = answers.Find(id);
        if (remembered is null)
        {
            int first = _events.Count;
            carryOut();
            answers.Add(id, content, FindAnswer(first, id), limits.ClientOrderIdsPerAccount);
        }
        else if (remembered.Content.AsSpan().SequenceEqual(content))
        {
            Repeat(remembered.Answer);
        }
        else
        {
            refuseDuplicate();
        }
    }

    /// <summary>The event that answers the id: a request's done or refused, or the order's first report.</summary>
    private EventSlot FindAnswer(int first, ClientOrderId id)
    {
        EventSlot? report = null;
        for (int i = first; i < _events.Count; i++)
        {
            EventSlot slot = _events[i];
            if (slot.Header.Type is EventType.RequestDone or EventType.RequestRefused)
            {
                return slot;
            }
            if (report is null && slot.Header.Type == EventType.OrderReport
                && slot.As<OrderReport>().ClientOrderId.ToString() == id.ToString())
            {
                report = slot;
            }
        }
        return report ?? throw new InvalidOperationException($"nothing answered '{id}'");
    }

    private void Repeat(EventSlot answer)
    {
        switch (answer.Header.Type)
        {
            case EventType.RequestDone:
                RequestDone done = answer.As<RequestDone>();
                done.Duplicate = true;
                Emit(in done);
                break;
            case EventType.RequestRefused:
                RequestRefused refused = answer.As<RequestRefused>();
                refused.Duplicate = true;
                Emit(in refused);
                break;
            default:
                OrderReport report = answer.As<OrderReport>();
                report.Duplicate = true;
                Emit(in report);
                break;
        }
    }

    private void Answer(ClientOrderId id, RejectCode code)
    {
        if (code == RejectCode.None)
        {
            Emit(new RequestDone { RequestId = id, FirstSequence = _command.Sequence, FirstTime = _now });
        }
        else
        {
            Emit(new RequestRefused { RequestId = id, Reject = code });
        }
    }
}
