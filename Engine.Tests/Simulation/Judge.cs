using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.State;
using CopyEngine.Tests.Model;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// Knows what must be true: applies every command that was promised to be kept, once and without any fault, to a core of
/// its own and to the decimal model. From then on these commands, their events and the state after them are facts that
/// the simulated engine must never contradict, whatever happens to it.
/// </summary>
internal sealed class Judge : IEventSink
{
    private readonly TradingCore _core;
    private readonly ModelEngine? _model;
    private readonly StreamInvariants? _invariants;
    private readonly CascadeCompleteness _cascades = new();
    private readonly SendLedger _sends;
    private readonly Coverage _coverage;
    private readonly List<CommandSlot> _commands = [];
    private readonly List<int> _firstEvents = [0];
    private readonly List<Fact> _events = [];
    private readonly EventLog _ofGroup = new();
    private readonly EventLog _expected = new();
    private CommandSlot _head;
    private EventSlot _claimed;

    /// <param name="limits">Limits of the engine under test.</param>
    /// <param name="sends">What clients sent.</param>
    /// <param name="coverage">Takes down what was reached.</param>
    /// <param name="isModelled">
    /// Whether long work always ends before the next command, which is how the model sees the world.
    /// </param>
    public Judge(EngineLimits limits, SendLedger sends, Coverage coverage, bool isModelled)
    {
        _core = new TradingCore(limits, this);
        (_sends, _coverage) = (sends, coverage);
        if (isModelled)
        {
            (_model, _invariants) = (new ModelEngine(limits), new StreamInvariants());
        }
    }

    /// <summary>An event as it must be whenever it is told.</summary>
    /// <param name="Sequence">Sequence of its command.</param>
    /// <param name="Index">Its place among the events of the command.</param>
    /// <param name="Digest">Everything that it says.</param>
    /// <param name="Story">The same without the sender, whom those who come back are not told.</param>
    /// <param name="IsKept">Clients that come back are told of it.</param>
    public readonly record struct Fact(long Sequence, int Index, ulong Digest, ulong Story, bool IsKept);

    /// <summary>Commands that are facts.</summary>
    public long Sequence => _commands.Count;

    /// <summary>Events of those commands.</summary>
    public IReadOnlyList<Fact> Events => _events;

    public bool HasUnfinishedWork => _core.HasUnfinishedWork;

    public bool IsInCascade => _cascades.IsUnderWay;

    public StateHash Hash => _core.ComputeHash();

    /// <summary>Number of the first event from a number on that clients are told of when they come back.</summary>
    public int NextKept(int number)
    {
        while (number < _events.Count && !_events[number].IsKept)
        {
            number++;
        }
        return number;
    }

    /// <summary>How many events in a range of numbers clients are told of when they come back.</summary>
    public int KeptBetween(int from, int to) => _events.Take(to).Skip(from).Count(fact => fact.IsKept);

    /// <summary>Number of the first event of a command, or of what would follow.</summary>
    public int FirstEventOf(long sequence) => _firstEvents[(int)sequence - 1];

    /// <summary>The next command is kept for ever from now on.</summary>
    public void Take(CommandSlot command)
    {
        Violation.Unless(command.Header.Sequence == Sequence + 1, "S2", $"command {command.Header.Sequence} follows {Sequence}");
        _sends.CheckKept(in command);
        _commands.Add(command);
        if (!_core.HasUnfinishedWork)
        {
            _head = command;
            _ofGroup.Clear();
        }
        int first = _ofGroup.Count;
        _core.Apply(in command);
        _firstEvents.Add(_events.Count);
        _cascades.Check(_ofGroup, first);
        if (!_core.HasUnfinishedWork)
        {
            CompareWithModel();
        }
    }

    /// <summary>A command of the recovered journal, which must be the fact that is known under its sequence.</summary>
    public void CheckRecovered(in CommandSlot command)
    {
        CommandSlot known = _commands[(int)command.Header.Sequence - 1];
        Violation.Unless(Same(in known, in command), "S3", $"command {command.Header.Sequence} is not what was promised: {CommandText.Of(known)} became {CommandText.Of(command)}");
    }

    /// <summary>Compares two commands byte by byte.</summary>
    public static bool Same(in CommandSlot one, in CommandSlot other) =>
        one.Header.Sequence == other.Header.Sequence
        && one.Header.Time == other.Header.Time
        && one.Header.Correlation == other.Header.Correlation
        && one.Header.Session == other.Header.Session
        && one.Header.Key == other.Header.Key
        && one.Header.Type == other.Header.Type
        && one.Payload.SequenceEqual(other.Payload);

    /// <summary>At the end: the state is whole, and no cascade is half done.</summary>
    public void CheckEnd()
    {
        Violation.Unless(!_core.HasUnfinishedWork, "X4", "work that was begun does not end");
        _cascades.CheckEnd();
        _core.Validate();
    }

    /// <inheritdoc/>
    ref EventSlot IEventSink.Claim()
    {
        _claimed = default;
        return ref _claimed;
    }

    /// <inheritdoc/>
    void IEventSink.Publish()
    {
        _events.Add(new Fact(
            _claimed.Header.Sequence,
            _claimed.Header.Index,
            EventDigest.Of(ref _claimed),
            EventDigest.StoryOf(ref _claimed),
            EventHistory.Keeps(ref _claimed)));
        _ofGroup.Add(in _claimed);
    }

    /// <summary>A command and all the long work that it began are done.</summary>
    private void CompareWithModel()
    {
        _coverage.Add(_ofGroup);
        if (_model is null)
        {
            return;
        }
        _expected.Clear();
        CommandSlot command = _head;
        try
        {
            _model.Apply(ref command, _expected);
            string? difference = EventComparison.Difference(_expected, _ofGroup);
            Violation.Unless(difference is null, "O4", difference ?? string.Empty);
            _invariants!.Check(in _head.Header, _ofGroup);
        }
        catch (Exception exception) when (exception is not SimulationException)
        {
            throw new SimulationException($"command {_head.Header.Sequence}, {CommandText.Of(_head)}: {exception.Message}", exception);
        }
    }
}
