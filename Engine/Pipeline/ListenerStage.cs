using CopyEngine.Events;

namespace CopyEngine.Pipeline;

/// <summary>A listener's place in the pipeline of events.</summary>
internal sealed class ListenerStage(IEventListener listener) : IEventHandler<EventSlot>
{
    public string Name => listener.Name;

    public void OnEvent(ref EventSlot slot, long sequence, bool endOfBatch) => listener.OnEvent(ref slot, endOfBatch);
}
