using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Pipeline;
using CopyEngine.Recovery;
using CopyEngine.State;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// One life of the engine's process: the real core, journal and recovery, moved by hand where the real engine has threads.
/// Core and journal take the same commands at paces of their own; what happened is told once its command is durable.
/// </summary>
internal sealed class SimulatedEngine : IEventSink, IDisposable
{
    private readonly SimulatedMachine _machine;
    private readonly EngineStore _store;
    private readonly TickHashes _tickHashes = new();
    private readonly List<CommandSlot> _claimed = [];
    private readonly Queue<EventSlot> _waiting = [];
    private readonly List<EventSlot> _told = [];
    private TradingCore? _core;
    private JournalWriter? _journal;
    private long _recovered;
    private long _appended;
    private long _committed;
    private EventSlot _slot;

    public SimulatedEngine(SimulatedMachine machine, EngineStore store)
    {
        _machine = machine;
        _store = store;
        History = new EventHistory(machine.Plan.RetainedEvents);
    }

    public EventHistory History { get; }

    public TradingCore Core => _core!;

    public JournalWriter Journal => _journal!;

    /// <summary>Sequence of the last command that was there at the start.</summary>
    public long Recovered => _recovered;

    /// <summary>Sequence of the snapshot that the start began with, 0 for none.</summary>
    public long SnapshotSequence { get; private set; }

    /// <summary>Sequence of the last command that has a place in the order of all commands.</summary>
    public long Claimed => _recovered + _claimed.Count;

    public long Applied => Core.Sequence;

    public long Appended => _appended;

    /// <summary>Up to which command everything counts as kept.</summary>
    public long Promised => _machine.Build.Promised(Journal.DurableSequence, _appended);

    /// <summary>Events told in this life, those of replayed commands first.</summary>
    public IReadOnlyList<EventSlot> Told => _told;

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Starts: what was durable is known again.</summary>
    public void Recover()
    {
        RecoveredEngine recovered = new EngineRecovery(_store, _machine.Limits, this, History).Start();
        _core = recovered.Core;
        _recovered = _appended = _committed = _core.Sequence;
        SnapshotSequence = recovered.Report.SnapshotSequence ?? 0;
        if (SnapshotSequence > 0)
        {
            _machine.Build.Load(_core);
        }
        _journal = new JournalWriter(
            _store.Journal, _store.Limits, _store.Durability, recovered.Position, _core.FixedLimits, _machine.Clock, hasOwnThread: false);
    }

    /// <summary>Gives a command its place.</summary>
    public void Claim(CommandSlot command)
    {
        command.Header.Sequence = Claimed + 1;
        _claimed.Add(command);
    }

    /// <summary>A command that has a place.</summary>
    public CommandSlot CommandAt(long sequence) => _claimed[(int)(sequence - _recovered) - 1];

    public void Apply()
    {
        CommandSlot command = CommandAt(Applied + 1);
        Core.Apply(in command);
        if (Core.TickHashSequence == command.Header.Sequence)
        {
            _tickHashes.Offer(Core.TickHashSequence, Core.TickHash);
        }
    }

    /// <summary>Puts the next commands into the journal's batch.</summary>
    public void Append(int count)
    {
        for (; count > 0 && _appended < Claimed; count--)
        {
            CommandSlot command = CommandAt(_appended + 1);
            Journal.Append(in command);
            _appended++;
        }
    }

    /// <summary>Writes the batch.</summary>
    public void Commit()
    {
        if (_appended == _committed)
        {
            return;
        }
        while (_tickHashes.TryTake(_appended, out long tick, out StateHash hash))
        {
            Journal.AppendStateHash(tick, hash);
        }
        Journal.Commit();
        _committed = _appended;
    }

    /// <summary>Tells what happened, as far as that may be told; at most some events.</summary>
    public void Tell(int most)
    {
        long gate = Promised;
        for (; most > 0 && _waiting.TryPeek(out EventSlot next) && next.Header.Sequence <= gate; most--)
        {
            EventSlot slot = _waiting.Dequeue();
            History.OnEvent(ref slot, endOfBatch: true);
            _told.Add(slot);
        }
    }

    /// <summary>Deletes journal files that the kept snapshots have made superfluous.</summary>
    public void Trim()
    {
        if (_store.Snapshots.TrimPoint is { } sequence)
        {
            Journal.TrimBefore(sequence + 1);
        }
    }

    /// <summary>A stop in good order ends with a snapshot.</summary>
    public void WriteSnapshot() => SnapshotBuilder.Write(_store, Core, History, Journal.Position);

    public void Dispose() => _journal?.Dispose();

    /// <inheritdoc/>
    ref EventSlot IEventSink.Claim()
    {
        _slot = default;
        return ref _slot;
    }

    /// <inheritdoc/>
    void IEventSink.Publish()
    {
        if (!_slot.Header.IsRecited)
        {
            _waiting.Enqueue(_slot);
        }
    }
}
