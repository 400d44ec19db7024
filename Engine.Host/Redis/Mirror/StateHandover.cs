using CopyEngine.Events;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>
/// Between the thread that brings events and the one that writes keys. Events of a command are gathered and applied
/// together once the next command's first event shows that they are all there, so that the writer never sees half a
/// command. Either side holds the lock for as long as copying a batch takes, never during input or output.
/// </summary>
internal sealed class StateHandover(RedisLimits limits)
{
    private readonly Lock _lock = new();
    private readonly ProjectedState _state = new(limits);
    private EventSlot[] _gathered = new EventSlot[1_024];
    private int _gatheredCount;
    private long _sequence;
    private long _events;
    private long _eventsAtLastLook;
    private int _quietLooks;

    /// <summary>Events taken.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>Takes an event; called by the event thread.</summary>
    public void Take(ref EventSlot slot)
    {
        lock (_lock)
        {
            if (slot.Header.IsRecited)
            {
                // A whole state under one sequence: gathered, it would be in memory twice. Nobody writes before its end.
                _state.Apply(ref slot);
                _events++;
                return;
            }
            if (slot.Header.Sequence != _sequence)
            {
                ApplyGathered();
                _sequence = slot.Header.Sequence;
            }
            if (ProjectedState.Concerns(slot.Header.Type))
            {
                Gather(in slot);
            }
            _events++;
        }
    }

    /// <summary>Looks at the state between two commands; called by the writer.</summary>
    public TResult With<TResult>(Func<ProjectedState, TResult> look)
    {
        lock (_lock)
        {
            return look(_state);
        }
    }

    /// <summary>Changes the state between two commands; called by the writer.</summary>
    public void With(Action<ProjectedState> change)
    {
        lock (_lock)
        {
            change(_state);
        }
    }

    /// <summary>
    /// Called by the writer when it has nothing to do: applies the last command's events after some looks without a new
    /// one. True when everything that was taken is applied.
    /// </summary>
    public bool Look()
    {
        lock (_lock)
        {
            _quietLooks = _events == _eventsAtLastLook ? _quietLooks + 1 : 0;
            _eventsAtLastLook = _events;
            if (_quietLooks >= limits.QuietLooks)
            {
                ApplyGathered();
            }
            return _gatheredCount == 0;
        }
    }

    private void Gather(in EventSlot slot)
    {
        if (_gatheredCount == _gathered.Length)
        {
            Array.Resize(ref _gathered, _gatheredCount * 2);
        }
        _gathered[_gatheredCount++] = slot;
    }

    private void ApplyGathered()
    {
        for (int i = 0; i < _gatheredCount; i++)
        {
            _state.Apply(ref _gathered[i]);
        }
        _gatheredCount = 0;
    }
}
