using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Core;

/// <summary>
/// Gives every command its one answer and remembers it under the sender's id, so that the same command sent twice acts
/// once and is answered alike.
/// </summary>
internal sealed class Answers(AnswerTable table, EventOutput output)
{
    private const int Forgotten = -1;
    private int _place = Forgotten;

    /// <summary>Begins a command: what was remembered for the one before is not this one's.</summary>
    public void Begin() => _place = Forgotten;

    /// <summary>Whether an order command is to be carried out; otherwise it has been answered.</summary>
    public bool IsNewOrder(int account, in ClientOrderId id, StateHash content)
    {
        AnswerMatch match = id.IsEmpty ? AnswerMatch.New : Recall(AnswerTable.OfAccount(account), in id, content);
        if (match == AnswerMatch.Different)
        {
            output.Emit(Orders.OrderReports.Refusal(RejectCode.DuplicateClientOrderId, account, in id));
        }
        return match == AnswerMatch.New;
    }

    /// <summary>
    /// Whether a close of all orders is to be carried out; otherwise it has been answered. Its id is the account's, as
    /// an order's; its answer is a request's, for the sender waits for an acknowledgement and not for a report.
    /// </summary>
    public bool IsNewCloseAll(int account, in ClientOrderId id, StateHash content) =>
        id.IsEmpty || IsNewRequestOf(AnswerTable.OfAccount(account), in id, content);

    /// <summary>Whether a request is to be carried out; otherwise it has been answered.</summary>
    public bool IsNewRequest(in ClientOrderId id, StateHash content) =>
        id.IsEmpty || output.Key == 0 || IsNewRequestOf(AnswerTable.OfKey(output.Key), in id, content);

    /// <summary>Remembers a report that was emitted as the answer.</summary>
    public void Keep(in OrderReport report)
    {
        if (_place != Forgotten)
        {
            table.Keep(_place, output.Sequence, output.Now, in report);
        }
    }

    /// <summary>Emits a refusal of an order command as its answer.</summary>
    public void Refuse(in OrderReport refusal)
    {
        output.Emit(in refusal);
        Keep(in refusal);
    }

    /// <summary>Answers a request that was carried out.</summary>
    public void Done(in ClientOrderId id)
    {
        var done = new RequestDone { RequestId = id, FirstSequence = output.Sequence, FirstTime = output.Now };
        output.Emit(in done);
        if (_place != Forgotten)
        {
            table.Keep(_place, output.Sequence, output.Now, in done);
        }
    }

    /// <summary>Answers a request that was refused.</summary>
    public void Refuse(in ClientOrderId id, RejectCode reject)
    {
        var refused = new RequestRefused { RequestId = id, Reject = reject };
        output.Emit(in refused);
        if (_place != Forgotten)
        {
            table.Keep(_place, output.Sequence, output.Now, in refused);
        }
    }

    private bool IsNewRequestOf(long owner, in ClientOrderId id, StateHash content)
    {
        AnswerMatch match = Recall(owner, in id, content);
        if (match == AnswerMatch.Different)
        {
            output.Emit(new RequestRefused { RequestId = id, Reject = RejectCode.DuplicateClientOrderId });
        }
        return match == AnswerMatch.New;
    }

    /// <summary>Looks an id up: a new one has its place from here on, a known one of the same content is answered again.</summary>
    private AnswerMatch Recall(long owner, in ClientOrderId id, StateHash content)
    {
        AnswerMatch match = table.Find(owner, in id, content, out int place);
        if (match == AnswerMatch.New)
        {
            _place = place;
        }
        else if (match == AnswerMatch.Same)
        {
            Repeat(place);
        }
        return match;
    }

    private void Repeat(int place)
    {
        ref EventSlot first = ref table.At(place);
        switch (first.Header.Type)
        {
            case EventType.OrderReport:
                OrderReport report = first.As<OrderReport>();
                report.Duplicate = true;
                output.Emit(in report);
                break;
            case EventType.RequestDone:
                RequestDone done = first.As<RequestDone>();
                done.Duplicate = true;
                output.Emit(in done);
                break;
            default:
                RequestRefused refused = first.As<RequestRefused>();
                refused.Duplicate = true;
                output.Emit(in refused);
                break;
        }
    }
}
