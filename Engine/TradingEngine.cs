using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Pipeline;

namespace CopyEngine;

/// <summary>
/// The engine, wired in the order in which an order meets the stages: (1) a command gets its sequence and time in a
/// slot of the command ring, (2) the core applies it, alone and in order, (3) what happened goes through the event ring,
/// (4) the directory of names and the history learn first, (5) every listener reads side by side.
/// </summary>
/// <example>
/// <code>
/// await using var engine = new TradingEngine(new EngineLimits(), [listener]);
/// engine.Start();
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
    private readonly CoreStage _core;
    private readonly Sequence[] _listened;
    private readonly TaskCompletionSource<EngineFailure> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Wires an engine; nothing runs yet.</summary>
    /// <param name="limits">Capacities and intervals.</param>
    /// <param name="listeners">Readers of events, each on a thread of its own.</param>
    /// <param name="clock">Stamps commands; the system's when not given.</param>
    /// <param name="continuesByItself">
    /// Whether the engine goes on with long work when no command comes. False for a replay, whose one producer is the
    /// only source of commands, so that two runs are equal: it continues with the next commands.
    /// </param>
    /// <param name="directory">A directory that listeners were given already; a new one when not given.</param>
    public TradingEngine(
        EngineLimits limits,
        IReadOnlyList<IEventListener> listeners,
        TimeProvider? clock = null,
        bool continuesByItself = true,
        EngineDirectory? directory = null)
    {
        Directory = directory ?? new EngineDirectory();
        History = new EventHistory(limits.RetainedEvents);
        _limits = limits;
        _clock = clock ?? TimeProvider.System;
        _commands = new EventPipeline<CommandSlot>("commands", limits.CommandRingSize, ProducerType.Multi);
        _events = new EventPipeline<EventSlot>("events", limits.EventRingSize, ProducerType.Single);
        _continuations = new ContinuationSource(continuesByItself);
        _core = new CoreStage(limits, _events.RingBuffer, _continuations);
        _commands.HandleEventsWith(_core);

        var names = new ListenerStage(Directory, History);
        IEventHandler<EventSlot>[] stages = [.. listeners.Select(listener => new ListenerStage(listener))];
        EventHandlerGroup<EventSlot> first = _events.HandleEventsWith(names);
        if (stages.Length > 0)
        {
            first.Then(stages);
        }
        _listened = [.. stages.Append(names).Select(_events.GetSequenceFor)];

        _commands.HaltWith(_events);
        _events.HaltWith(_commands);
        _commands.Failed += failure => Fail(failure, sequenceOffset: 1);
        _events.Failed += failure => Fail(failure, sequenceOffset: 0);
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

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        _events.Start();
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
        return slot + 1;
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
    /// <returns>True when everything was handled.</returns>
    public async Task<bool> StopAsync()
    {
        _continuations.Dispose();
        bool areApplied = await _commands.DrainAsync(DrainTimeout).ConfigureAwait(false);
        return await _events.DrainAsync(DrainTimeout).ConfigureAwait(false) && areApplied;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _continuations.Dispose();
        await _commands.DisposeAsync().ConfigureAwait(false);
        await _events.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Microseconds since the Unix epoch by the engine's clock.</summary>
    public long NowMicroseconds() => (_clock.GetUtcNow().Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    private void Fill<TCommand>(long slot, in TCommand command, Sender sender, long time) where TCommand : unmanaged, ICommand
    {
        ref CommandSlot claimed = ref _commands.RingBuffer[slot];
        claimed.Header = new CommandHeader
        {
            Sequence = slot + 1,
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

    private void Fail(PipelineFailure failure, int sequenceOffset) =>
        _failure.TrySetResult(new EngineFailure(failure.Handler, failure.Sequence + sequenceOffset, failure.Exception));
}
