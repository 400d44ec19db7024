using CopyEngine.Events;

namespace CopyEngine.Pipeline;

/// <summary>A listener's place in the pipeline of events, or that of several who take turns on one thread.</summary>
internal sealed class ListenerStage(params IEventListener[] listeners) : IEventHandler<EventSlot>
{
    public string Name => listeners[0].Name;

    public void OnEvent(ref EventSlot slot, long sequence, bool endOfBatch)
    {
        foreach (IEventListener listener in listeners)
        {
            listener.OnEvent(ref slot, endOfBatch);
        }
    }
}
