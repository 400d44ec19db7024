using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>What every event carries: who caused it, when, and its place.</summary>
internal sealed partial class StreamInvariants
{
    private long _lastSequence;

    private void CheckHeaders(in CommandHeader command, EventLog events)
    {
        int index = 0;
        long sequence = command.Sequence;
        for (int i = 0; i < events.Count; i++)
        {
            EventHeader header = events[i].Header;
            Holds(header.Sequence >= sequence, "S2: events come in the order of their commands");
            index = header.Sequence == sequence ? index : 0;
            sequence = header.Sequence;
            Holds(header.Index == index++, "O6: events of a command are numbered without a gap");
            Holds(header.Time >= _lastTime && header.Time >= command.Time, "S2: time never goes back");
            _lastTime = header.Time;
            CheckSender(in command, events[i]);
        }
        Holds(command.Sequence > _lastSequence, "S2: sequences rise");
        _lastSequence = command.Sequence;
    }

    /// <summary>Answers name the sender of the command; what long work does names nobody.</summary>
    private static void CheckSender(in CommandHeader command, EventSlot slot)
    {
        bool isSenders = slot.Header.Session == command.Session && slot.Header.Key == command.Key && slot.Header.Correlation == command.Correlation;
        bool isNobodys = slot.Header.Session == 0 && slot.Header.Key == 0 && slot.Header.Correlation == 0;
        bool isAnswer = slot.Header.Type is EventType.RequestDone or EventType.RequestRefused or EventType.AccountState
            || (slot.Header.Type == EventType.OrderReport && slot.As<OrderReport>().Reject != RejectCode.None && slot.As<OrderReport>().Cause == Cause.None);
        Holds(isSenders || (isNobodys && !isAnswer), "X1: an event names the sender of its command or, when long work did it, nobody");
        if (slot.Header.Type == EventType.RequestDone)
        {
            ref RequestDone done = ref slot.As<RequestDone>();
            bool isEarlier = done.FirstSequence < slot.Header.Sequence && done.FirstTime <= slot.Header.Time;
            bool isNow = done.FirstSequence == slot.Header.Sequence && done.FirstTime == slot.Header.Time;
            Holds(done.Duplicate ? isEarlier : isNow, "O5: an answer given again names the first one");
        }
    }
}
