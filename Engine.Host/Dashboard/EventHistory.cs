using CopyEngine.Events;

namespace CopyEngine.Host.Dashboard;

/// <summary>The last events of a kind, as they were. Taking one copies 256 bytes and allocates nothing, so that a storm of them is no burden.</summary>
internal sealed class EventHistory(int capacity)
{
    private readonly EventSlot[] _slots = new EventSlot[capacity];
    private readonly Lock _lock = new();
    private long _count;

    /// <summary>Events taken so far.</summary>
    public long Count => Volatile.Read(ref _count);

    public void Add(in EventSlot slot)
    {
        lock (_lock)
        {
            _slots[_count++ % capacity] = slot;
        }
    }

    /// <summary>The newest events from number <paramref name="first"/> on, oldest first; older ones may be gone.</summary>
    public EventSlot[] From(long first)
    {
        lock (_lock)
        {
            first = Math.Max(first, Math.Max(0, _count - capacity));
            var newest = new EventSlot[Math.Max(0, _count - first)];
            for (int i = 0; i < newest.Length; i++)
            {
                newest[i] = _slots[(first + i) % capacity];
            }
            return newest;
        }
    }

    /// <summary>The last events, oldest first.</summary>
    public EventSlot[] Last(int count) => From(Count - count);
}
