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
        if (id.IsEmpty)
        {
            return true;
        }
        switch (table.Find(AnswerTable.OfAccount(account), in id, content, out int place))
        {
            case AnswerMatch.New:
                _place = place;
                return true;
            case AnswerMatch.Same:
                Repeat(place);
                return false;
            default:
                output.Emit(Orders.OrderReports.Refusal(RejectCode.DuplicateClientOrderId, account, in id));
                return false;
        }
    }

    /// <summary>Whether a request is to be carried out; otherwise it has been answered.</summary>
    public bool IsNewRequest(in ClientOrderId id, StateHash content)
    {
        if (id.IsEmpty || output.Key == 0)
        {
            return true;
        }
        switch (table.Find(AnswerTable.OfKey(output.Key), in id, content, out int place))
        {
            case AnswerMatch.New:
                _place = place;
                return true;
            case AnswerMatch.Same:
                Repeat(place);
                return false;
            default:
                output.Emit(new RequestRefused { RequestId = id, Reject = RejectCode.DuplicateClientOrderId });
                return false;
        }
    }

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
