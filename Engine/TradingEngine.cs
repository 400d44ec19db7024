using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Pipeline;
using CopyEngine.Recovery;
using CopyEngine.Snapshots;
using CopyEngine.Storage;

namespace CopyEngine;

/// <summary>
/// The engine, wired in the order in which an order meets the stages: (1) a command gets its sequence and time in a
/// slot of the command ring, (2) the journaler writes it while (3) the core applies it, alone and in order, (4) what
/// happened goes through the event ring and waits there until its command is durable, (5) the directory of names and the
/// history learn first, (6) every listener reads side by side.
/// </summary>
/// <example>
/// <code>
/// await using var engine = new TradingEngine(new EngineLimits(), [listener], store: new StoreSettings { Directory = "data" });
/// engine.Start(); // knows everything again that it ever told anybody
/// engine.TryPublish(new Tick(), default);
/// </code>
/// </example>
public sealed class TradingEngine : IAsyncDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private readonly EngineLimits _limits;
    private readonly TimeProvider _clock;
    private readonly EventPipeline<CommandSlot> _commands;
    private readonly EventPipeline<EventSlot> _events;
    private readonly ContinuationSource _continuations;
    private readonly EngineStore? _store;
    private readonly TickHashes _tickHashes = new();
    private readonly JournalStage _journal;
    private readonly CoreStage _core;
    private readonly DurabilityGate _gate;
    private readonly Sequence[] _listened;
    private readonly TaskCompletionSource<EngineFailure> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Commands known before the ring's first slot.</summary>
    private long _recovered;

    /// <summary>Wires an engine; nothing runs yet.</summary>
    /// <param name="limits">Capacities and intervals.</param>
    /// <param name="listeners">Readers of events, each on a thread of its own.</param>
    /// <param name="clock">Stamps commands; the system's when not given.</param>
    /// <param name="continuesByItself">
    /// Whether the engine goes on with long work when no command comes. False for a replay, whose one producer is the
    /// only source of commands, so that two runs are equal: it continues with the next commands.
    /// </param>
    /// <param name="directory">A directory that listeners were given already; a new one when not given.</param>
    /// <param name="store">Where the engine keeps what it knows; null: in memory only, for tests and benchmarks.</param>
    public TradingEngine(
        EngineLimits limits,
        IReadOnlyList<IEventListener> listeners,
        TimeProvider? clock = null,
        bool continuesByItself = true,
        EngineDirectory? directory = null,
        StoreSettings? store = null)
    {
        Directory = directory ?? new EngineDirectory();
        History = new EventHistory(limits.RetainedEvents);
        _limits = limits;
        _clock = clock ?? TimeProvider.System;
        _commands = new EventPipeline<CommandSlot>("commands", limits.CommandRingSize, ProducerType.Multi);
        _events = new EventPipeline<EventSlot>("events", limits.EventRingSize, ProducerType.Single);
        _continuations = new ContinuationSource(continuesByItself);
        _store = store is null ? null : EngineStore.Open(store);
        _journal = new JournalStage(_tickHashes);
        _core = new CoreStage(limits, _events.RingBuffer, _continuations, _tickHashes);
        _commands.HandleEventsWith(_store is null ? [_core] : [_journal, _core]);

        _gate = new DurabilityGate(Directory, History);
        IEventHandler<EventSlot>[] stages = [.. listeners.Select(listener => new ListenerStage(listener))];
        EventHandlerGroup<EventSlot> first = _events.HandleEventsWith(_gate);
        if (stages.Length > 0)
        {
            first.Then(stages);
        }
        _listened = [.. stages.Append(_gate).Select(_events.GetSequenceFor)];

        _commands.HaltWith(_events);
        _events.HaltWith(_commands);
        _commands.Failed += failure => Fail(failure, _recovered + 1);
        _events.Failed += failure => Fail(failure, 0);
    }

    /// <summary>Names and dense ids, known before any listener hears of them.</summary>
    public EngineDirectory Directory { get; }

    /// <summary>What clients were told of, for those who come back; known before any listener hears of it.</summary>
    internal EventHistory History { get; }

    /// <summary>Completes when the engine had to stop by itself.</summary>
    public Task<EngineFailure> Failure => _failure.Task;

    /// <summary>How the engine is doing.</summary>
    public EngineStatistics Statistics => new(
        _core.Sequence,
        _commands.RingBuffer.UsedSlots,
        _limits.CommandRingSize,
        _events.RingBuffer.UsedSlots,
        _limits.EventRingSize,
        _core.LastTick,
        _core.LongestStep,
        _core.HasUnfinishedWork);

    /// <summary>What the start found; null before it, and for an engine without a store.</summary>
    public RecoveryReport? Recovered { get; private set; }

    /// <summary>How the journal is doing; null for an engine without a store.</summary>
    public JournalStatistics? Journal => _journal.Journal?.Statistics;

    /// <summary>
    /// No further journal file can be made ready: what takes on new risk is to be refused at the door, so that closing and
    /// liquidating go on in the space that is kept for it.
    /// </summary>
    public bool IsStorageLow => _journal.Journal?.IsStorageLow ?? false;

    /// <summary>How long the journal has been waiting for the disk; zero when it does not wait.</summary>
    public TimeSpan DiskWait => _journal.Journal?.SyncInProgress ?? TimeSpan.Zero;

    /// <summary>Day (since the Unix epoch) whose rollover was done last when the engine started; 0: none.</summary>
    public int LastRolloverDay { get; private set; }

    /// <summary>Recovers what the store knows, tells the listeners of it, then takes commands. Returns when commands are taken.</summary>
    /// <exception cref="RecoveryRefusedException">What was found does not allow a start (exit 78).</exception>
    /// <exception cref="JournalDamagedException">The journal is damaged (exit 78).</exception>
    /// <exception cref="NewerFormatException">A newer version wrote the store (exit 78).</exception>
    /// <exception cref="PoisonedCommandException">A journaled command cannot be applied (exit 70).</exception>
    /// <exception cref="StorageException">A file could not be read or written (exit 74).</exception>
    public void Start()
    {
        _events.Start();
        if (_store is not null)
        {
            Recover(_store);
        }
        _commands.Start();
        _continuations.Start(() => Publish(new Continue(), default, NowMicroseconds()));
    }

    /// <summary>Puts a command into the ring, stamped with the time of now, unless the ring is full.</summary>
    /// <returns>False when there is no free slot: nothing was done, and the sender is told BUSY.</returns>
    /// <exception cref="PipelineStoppedException">The engine has stopped or is stopping.</exception>
    public bool TryPublish<TCommand>(in TCommand command, Sender sender) where TCommand : unmanaged, ICommand
    {
        if (!_commands.RingBuffer.TryNext(out long slot))
        {
            return false;
        }
        Fill(slot, in command, sender, NowMicroseconds());
        return true;
    }

    /// <summary>Puts a command into the ring with a time of the caller's, waiting for a slot if need be.</summary>
    /// <returns>The command's sequence.</returns>
    /// <exception cref="PipelineStoppedException">The engine has stopped or is stopping.</exception>
    public long Publish<TCommand>(in TCommand command, Sender sender, long timeMicroseconds) where TCommand : unmanaged, ICommand
    {
        long slot = _commands.RingBuffer.Next();
        Fill(slot, in command, sender, timeMicroseconds);
        return _recovered + slot + 1;
    }

    /// <summary>Completes when every listener has seen every event of a command.</summary>
    /// <exception cref="PipelineStoppedException">The engine stopped before.</exception>
    public async Task WaitForAsync(long sequence, CancellationToken cancellation = default)
    {
        await Until(() => _core.Sequence >= sequence, cancellation).ConfigureAwait(false);
        long published = _events.RingBuffer.Cursor;
        await Until(() => Sequence.Minimum(_listened, long.MaxValue) >= published, cancellation).ConfigureAwait(false);
    }

    /// <summary>Goes on with long work until there is none, for an engine that does not continue by itself.</summary>
    public async Task FinishWorkAsync(long timeMicroseconds, CancellationToken cancellation = default)
    {
        do
        {
            long sequence = Publish(new Continue(), default, timeMicroseconds);
            await WaitForAsync(sequence, cancellation).ConfigureAwait(false);
        }
        while (_core.HasUnfinishedWork);
    }

    /// <summary>Refuses further commands, applies those that are in, lets every listener read all events, ends the threads.</summary>
    /// <returns>True when everything was handled; then a snapshot of it was written, too.</returns>
    /// <exception cref="StorageException">The snapshot could not be written; the journal has everything.</exception>
    public async Task<bool> StopAsync()
    {
        _continuations.Dispose();
        bool areApplied = await _commands.DrainAsync(DrainTimeout).ConfigureAwait(false);
        bool areHandled = await _events.DrainAsync(DrainTimeout).ConfigureAwait(false) && areApplied;
        if (areHandled && _store is not null && _journal.Journal is { } journal)
        {
            SnapshotBuilder.Write(_store, _core.Core, History, journal.Position);
        }
        return areHandled;
    }

    /// <summary>Deletes the journal files that the kept snapshots have made superfluous.</summary>
    public void TrimJournal()
    {
        if (_store?.Snapshots.TrimPoint is { } sequence)
        {
            _journal.Journal?.TrimBefore(sequence + 1);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _continuations.Dispose();
        await _commands.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
        _journal.Dispose();
    }

    /// <summary>Microseconds since the Unix epoch by the engine's clock.</summary>
    public long NowMicroseconds() => (_clock.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private void Recover(EngineStore store)
    {
        RecoveredEngine recovered = new EngineRecovery(store, _limits, _core, History).Start();
        _recovered = recovered.Core.Sequence;
        Recovered = recovered.Report;
        LastRolloverDay = recovered.Core.LastRolloverDay;
        _core.Adopt(recovered.Core);
        _journal.Open(new JournalWriter(store.Journal, store.Limits, store.Durability, recovered.Position, recovered.Core.FixedLimits));
        _gate.Close(_commands, _commands.GetBarrierFor(_journal), _recovered);
        if (recovered.Core.LimitsDifferFrom(_limits))
        {
            // Not the clock's time: a replay of recorded input has a time of its own, which must not begin today.
            Publish(SetLimits.Of(_limits), default, recovered.Core.Now);
        }
    }

    private void Fill<TCommand>(long slot, in TCommand command, Sender sender, long time) where TCommand : unmanaged, ICommand
    {
        ref CommandSlot claimed = ref _commands.RingBuffer[slot];
        claimed.Header = new CommandHeader
        {
            Sequence = _recovered + slot + 1,
            Time = time,
            Correlation = sender.Correlation,
            Session = sender.Session,
            Key = sender.Key,
        };
        claimed.Set(in command);
        _commands.RingBuffer.Publish(slot);
    }

    private async Task Until(Func<bool> isReached, CancellationToken cancellation)
    {
        const int quickLooks = 200;
        for (int look = 0; !isReached(); look++)
        {
            if (_commands.Completion.IsCompleted || _events.Completion.IsCompleted)
            {
                throw new PipelineStoppedException(_commands.Failure ?? _events.Failure);
            }
            if (look < quickLooks)
            {
                Thread.Yield();
                cancellation.ThrowIfCancellationRequested();
            }
            else
            {
                await Task.Delay(1, cancellation).ConfigureAwait(false);
            }
        }
    }

    private void Fail(PipelineFailure failure, long sequenceOffset) =>
        _failure.TrySetResult(new EngineFailure(failure.Handler, failure.Sequence + sequenceOffset, failure.Exception));
}
