using CopyEngine.Events;

namespace CopyEngine.Tests.Host;

/// <summary>Keeps every event, and tells another listener what has happened so far and then what follows: as a start does.</summary>
internal sealed class RecordedStream : IEventListener
{
    private readonly List<EventSlot> _events = [];
    private IEventListener? _listener;

    public string Name => "recorded";

    public List<EventSlot> All
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Tells a listener everything so far, as it happened or as another says, and from then on what happens.</summary>
    public void TellAgain(IEventListener listener, IEnumerable<EventSlot>? insteadOfAll = null)
    {
        lock (_events)
        {
            foreach (EventSlot happened in insteadOfAll ?? _events)
            {
                EventSlot slot = happened;
                listener.OnEvent(ref slot, endOfBatch: true);
            }
            _listener = listener;
        }
    }

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        lock (_events)
        {
            _events.Add(slot);
            _listener?.OnEvent(ref slot, endOfBatch);
        }
    }
}
