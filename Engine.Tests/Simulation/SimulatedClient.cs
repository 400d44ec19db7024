using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// A client of the engine: sends what it wants in order, a few at a time, reads every event, and after a crash goes on
/// behind the last event that it has seen and sends again what was not answered.
/// </summary>
internal sealed class SimulatedClient(string name, int window, SendLedger sends, Judge judge, FaultLog faults)
{
    private readonly SortedDictionary<int, Intention> _wanted = [];
    private readonly Dictionary<long, Intention> _underWay = [];
    private readonly List<Intention> _recent = [];
    private readonly HashSet<int> _sessions = [];
    private int _nextEvent;
    private long _correlation;

    /// <summary>Its present connection, 0 when there is none.</summary>
    public int Session { get; private set; }

    /// <summary>Number of the next event that it wants to read.</summary>
    public int NextEvent => _nextEvent;

    public bool HasEverything => _wanted.Count == 0 && _underWay.Count == 0;

    public bool IsIdle => _wanted.Count == 0;

    public bool MaySend => _wanted.Count > 0 && _underWay.Count < window;

    public bool MaySendAgain => _recent.Count > 0;

    /// <summary>Place of what it wants first.</summary>
    public int Place => _wanted.Keys.First();

    public CommandType NextType => _wanted.Values.First().Command.Header.Type;

    /// <summary>The position of the last event that it has seen.</summary>
    public EventPosition Seen
    {
        get
        {
            if (_nextEvent == 0)
            {
                return default;
            }
            Judge.Fact last = judge.Events[_nextEvent - 1];
            return new EventPosition(last.Sequence, last.Index);
        }
    }

    public void Want(Intention intention) => _wanted.Add(intention.Place, intention);

    /// <summary>The next command as it is sent.</summary>
    public CommandSlot Send()
    {
        Intention intention = _wanted.Values.First();
        _wanted.Remove(intention.Place);
        return Send(intention);
    }

    /// <summary>A timeout that was too short: something that has an id goes out once more.</summary>
    public CommandSlot SendAgain(int which)
    {
        faults.Count(Fault.ClientSendsTwice);
        return Send(_recent[which % _recent.Count]);
    }

    /// <summary>The engine is gone; so is the connection.</summary>
    public void Disconnect() => Session = 0;

    /// <summary>
    /// Connects again, once everything told before has been asked for. What was under way and not answered is sent again,
    /// unless it may have been done and would be done twice.
    /// </summary>
    public void Connect(int session)
    {
        Session = session;
        _sessions.Add(session);
        foreach (Intention intention in _underWay.Values.Distinct())
        {
            if (intention.Answers == 0 && intention.IsRepeatable)
            {
                faults.Count(Fault.ClientResendsAfterCrash);
                _wanted[intention.Place] = intention;
            }
        }
        _underWay.Clear();
    }

    /// <summary>Events up to a number have been asked for by the way of coming back, or are not to be had any more.</summary>
    public void GoOnAt(int number) => _nextEvent = number;

    /// <summary>Reads one event of the running stream: it must be the next one of the facts, neither an earlier nor a later one.</summary>
    public void Read(EventSlot slot)
    {
        Judge.Fact fact = Expect(_nextEvent, ref slot);
        Violation.Unless(fact.Digest == EventDigest.Of(ref slot), "S5", $"{name} is told something else of {fact.Sequence}/{fact.Index}");
        _nextEvent++;
        TakeAnswer(ref slot);
    }

    /// <summary>Reads one event of those that were kept: the next fact that clients are told of again.</summary>
    public void ReadKept(EventSlot slot)
    {
        int next = judge.NextKept(_nextEvent);
        Judge.Fact fact = Expect(next, ref slot);
        Violation.Unless(fact.Story == EventDigest.StoryOf(ref slot), "S5", $"{name} is told something else of {fact.Sequence}/{fact.Index} when it comes back");
        _nextEvent = next + 1;
    }

    /// <summary>The whole of what it missed has been read when it goes on at a number.</summary>
    public void CheckCaughtUp(int number)
    {
        int next = judge.NextKept(_nextEvent);
        Violation.Unless(next >= number, "O6", $"{name} comes back and never hears of event {next}");
    }

    public override string ToString()
    {
        string unanswered = string.Join(", ", _underWay.Values.Take(3).Select(intention => CommandText.Of(intention.Command)));
        return $"{name} wants {_wanted.Count} and waits for {_underWay.Count} answers, has read {_nextEvent} events; {unanswered}";
    }

    private Judge.Fact Expect(int number, ref EventSlot slot)
    {
        (long sequence, int index) = (slot.Header.Sequence, slot.Header.Index);
        Violation.Unless(
            _nextEvent == 0 || new EventPosition(sequence, index).CompareTo(Seen) > 0, "O6", $"{name} is told of {sequence}/{index} again");
        Violation.Unless(number < judge.Events.Count, "S3", $"{name} is told of {sequence}/{index}, which may be lost yet");
        Judge.Fact fact = judge.Events[number];
        Violation.Unless(
            fact.Sequence == sequence && fact.Index == index, "O6", $"{name} is told of {sequence}/{index} when {fact.Sequence}/{fact.Index} is next");
        return fact;
    }

    private CommandSlot Send(Intention intention)
    {
        CommandSlot command = intention.Command;
        command.Header.Session = Session;
        command.Header.Correlation = ++_correlation;
        sends.Add(in command);
        _underWay.Add(_correlation, intention);
        if (intention.IsRemembered && !_recent.Contains(intention))
        {
            _recent.Add(intention);
            _recent.RemoveRange(0, Math.Max(0, _recent.Count - 4));
        }
        return command;
    }

    private void TakeAnswer(ref EventSlot slot)
    {
        bool isMine = slot.Header.Correlation > 0 && _sessions.Contains(slot.Header.Session);
        if (isMine && _underWay.Remove(slot.Header.Correlation, out Intention? intention))
        {
            intention.Answers++;
            intention.Effects += HasEffect(ref slot) ? 1 : 0;
        }
    }

    private static bool HasEffect(ref EventSlot slot) => slot.Header.Type switch
    {
        EventType.OrderReport => slot.As<OrderReport>() is { Duplicate: false, Reject: RejectCode.None },
        EventType.RequestDone => !slot.As<RequestDone>().Duplicate,
        _ => false,
    };
}
