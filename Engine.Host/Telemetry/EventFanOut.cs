using CopyEngine.Events;

namespace CopyEngine.Host.Telemetry;

/// <summary>The host's own readers on one thread: each of them is light, and a thread each would cost more than they do.</summary>
internal sealed class EventFanOut(params IEventListener[] listeners) : IEventListener
{
    public string Name => "host";

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        foreach (IEventListener listener in listeners)
        {
            listener.OnEvent(ref slot, endOfBatch);
        }
    }
}
