using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>The core as a test drives it: command in, events out, long work finished before it answers.</summary>
internal sealed class CoreEngine : IRulesEngine, IEventSink
{
    private EventSlot _claimed;
    private EventLog _events = new();
    private long _sequence;

    public CoreEngine(EngineLimits? limits = null) => Core = new TradingCore(limits ?? new EngineLimits(), this);

    public TradingCore Core { get; }

    /// <summary>Continue commands that were needed so far.</summary>
    public int Continuations { get; private set; }

    /// <inheritdoc/>
    public void Apply(ref CommandSlot command, EventLog events)
    {
        _events = events;
        command.Header.Sequence = ++_sequence;
        Core.Apply(ref command);
        while (Core.HasUnfinishedWork)
        {
            Continuations++;
            var next = new CommandSlot();
            next.Set(default(Continue));
            next.Header.Sequence = ++_sequence;
            Core.Apply(ref next);
        }
    }

    /// <summary>Applies one command and leaves long work to the next ones.</summary>
    public void Step(CommandSlot command, EventLog events)
    {
        _events = events;
        command.Header.Sequence = ++_sequence;
        Core.Apply(ref command);
    }

    /// <summary>Goes on after the command that the core's loaded state ends with.</summary>
    public void GoOn() => _sequence = Core.Sequence;

    /// <summary>What the core tells of its state.</summary>
    public EventLog Recite()
    {
        _events = new EventLog();
        Core.Recite();
        return _events;
    }

    /// <inheritdoc/>
    ref EventSlot IEventSink.Claim()
    {
        // What an earlier event left behind a shorter one must not make two streams differ.
        _claimed = default;
        return ref _claimed;
    }

    /// <inheritdoc/>
    void IEventSink.Publish() => _events.Add(in _claimed);
}
