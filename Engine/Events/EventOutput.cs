using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.State;

namespace CopyEngine.Events;

/// <summary>Where the core's events go: the event ring in the engine, a list in tests.</summary>
internal interface IEventSink
{
    /// <summary>The next free slot; waits for one when there is none.</summary>
    ref EventSlot Claim();

    /// <summary>Makes the claimed slot visible.</summary>
    void Publish();
}

/// <summary>Stamps events with the command that caused them and their place among its events.</summary>
internal sealed class EventOutput(IEventSink sink)
{
    private CommandHeader _cause;
    private StateHasher _digest = new();
    private int _index;
    private bool _isWork;

    /// <summary>Sequence of the command being applied.</summary>
    public long Sequence => _cause.Sequence;

    /// <summary>Session that sent the command being applied, 0 for internal causes.</summary>
    public int Session => _cause.Session;

    /// <summary>Key that sent the command being applied, 0 for internal causes.</summary>
    public int Key => _cause.Key;

    /// <summary>Effective time of the command being applied, microseconds since the Unix epoch.</summary>
    public long Now => _cause.Time;

    /// <summary>Running digest of every event so far, but for the answers to queries, which change nothing.</summary>
    public StateHasher Digest => _digest;

    /// <summary>Begins the events of a command whose header carries the effective time.</summary>
    public void Begin(in CommandHeader cause)
    {
        _cause = cause;
        _index = 0;
        _isWork = false;
    }

    /// <summary>
    /// Until it is disposed of the command's sender is not the cause: what long work does is nobody's reply, be it done
    /// after the command or completed before the command goes on.
    /// </summary>
    public WorkScope EnterWork()
    {
        var scope = new WorkScope(this, _isWork);
        _isWork = true;
        return scope;
    }

    /// <summary>Publishes an event.</summary>
    public void Emit<TEvent>(in TEvent happened) where TEvent : unmanaged, IEvent
    {
        if (TEvent.Type < EventType.AccountState)
        {
            _digest.Add(((long)TEvent.Type << 32) | (uint)_index);
            _digest.Add(_cause.Sequence);
            _digest.Add(MemoryMarshal.AsBytes(new ReadOnlySpan<TEvent>(in happened)));
        }
        ref EventSlot slot = ref sink.Claim();
        slot.Header = new EventHeader
        {
            Sequence = _cause.Sequence,
            Time = _cause.Time,
            Correlation = _isWork ? 0 : _cause.Correlation,
            Session = _isWork ? 0 : _cause.Session,
            Key = _isWork ? 0 : _cause.Key,
            Index = _index++,
            Type = TEvent.Type,
        };
        slot.As<TEvent>() = happened;
        sink.Publish();
    }

    /// <summary>Begins a recital, which is nobody's command: of the state after <paramref name="sequence"/>.</summary>
    public void BeginRecital(long sequence)
    {
        _cause = new CommandHeader { Sequence = sequence };
        _index = 0;
    }

    /// <summary>Publishes an event that tells of the state. It did not happen, so it is not part of the digest.</summary>
    public void Recite<TEvent>(in TEvent told, long time) where TEvent : unmanaged, IEvent
    {
        ref EventSlot slot = ref sink.Claim();
        slot.Header = new EventHeader
        {
            Sequence = _cause.Sequence,
            Time = time,
            Index = _index++,
            Type = TEvent.Type,
            IsRecited = true,
        };
        slot.As<TEvent>() = told;
        sink.Publish();
    }

    /// <summary>The digest; all else is set anew by every command.</summary>
    public void Transfer(StateTransfer transfer) => transfer.Value(ref _digest);

    /// <summary>Gives the sender its turn back.</summary>
    public readonly ref struct WorkScope(EventOutput output, bool wasWork)
    {
        public void Dispose() => output._isWork = wasWork;
    }
}
