using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Storage;

namespace CopyEngine.Pipeline;

/// <summary>
/// The core's place in the pipeline: takes commands from their ring, puts events into theirs, and waits there when the
/// listeners are behind. Keeps time outside the core, which has no clock.
/// </summary>
internal sealed class CoreStage : IEventHandler<CommandSlot>, IEventSink
{
    private readonly RingBuffer<EventSlot> _events;
    private readonly ContinuationSource _continuations;
    private readonly TickHashes _tickHashes;
    private TradingCore _core;
    private long _claimed;
    private long _tickStarted;
    private long _lastTick;
    private long _longestStep;
    private long _sequence;

    public CoreStage(EngineLimits limits, RingBuffer<EventSlot> events, ContinuationSource continuations, TickHashes tickHashes)
    {
        _events = events;
        _continuations = continuations;
        _tickHashes = tickHashes;
        _core = new TradingCore(limits, this);
    }

    public string Name => "core";

    /// <summary>The state; to be touched by this stage's thread only while it runs.</summary>
    public TradingCore Core => _core;

    /// <summary>Sequence of the command applied last.</summary>
    public long Sequence => Volatile.Read(ref _sequence);

    /// <summary>Whether long work was waiting after the last command.</summary>
    public bool HasUnfinishedWork => _continuations.IsWanted;

    public TimeSpan LastTick => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _lastTick));

    public TimeSpan LongestStep => Stopwatch.GetElapsedTime(0, Volatile.Read(ref _longestStep));

    /// <summary>Takes a recovered core, whose events went through this stage already, before it runs.</summary>
    public void Adopt(TradingCore core)
    {
        _core = core;
        _continuations.Want(core.HasUnfinishedWork, isRingEmpty: true);
        Volatile.Write(ref _sequence, core.Sequence);
    }

    public void OnEvent(ref CommandSlot slot, long sequence, bool endOfBatch)
    {
        long started = Stopwatch.GetTimestamp();
        _core.Apply(in slot);
        long ended = Stopwatch.GetTimestamp();
        KeepTime(slot.Header.Type, started, ended);
        if (_core.TickHashSequence == slot.Header.Sequence)
        {
            _tickHashes.Offer(_core.TickHashSequence, _core.TickHash);
        }
        _continuations.Want(_core.HasUnfinishedWork, endOfBatch);
        Volatile.Write(ref _sequence, slot.Header.Sequence);
    }

    /// <inheritdoc/>
    ref EventSlot IEventSink.Claim()
    {
        _claimed = _events.Next();
        return ref _events[_claimed];
    }

    /// <inheritdoc/>
    void IEventSink.Publish()
    {
        HitFailpoints(ref _events[_claimed]);
        _events.Publish(_claimed);
    }

    /// <summary>Between two closes of a cascade or of a close-all: the core itself knows of no faults.</summary>
    private static void HitFailpoints(ref EventSlot slot)
    {
        if (!Failpoints.AreSet || slot.Header.Type != EventType.OrderReport || slot.As<OrderReport>().Status != OrderStatus.Closed)
        {
            return;
        }
        Failpoints.Hit(slot.As<OrderReport>().Cause == Cause.Cascade ? "midCascade" : "midCloseAll");
    }

    private void KeepTime(CommandType type, long started, long ended)
    {
        if (type == CommandType.Tick && _tickStarted == 0)
        {
            _tickStarted = started;
        }
        if (_tickStarted != 0 && !_core.IsTicking)
        {
            Volatile.Write(ref _lastTick, ended - _tickStarted);
            _tickStarted = 0;
        }
        if (ended - started > _longestStep)
        {
            Volatile.Write(ref _longestStep, ended - started);
        }
    }
}
