using CopyEngine.Events;

namespace CopyEngine.Recovery;

/// <summary>Takes a core's events where nobody listens: keeps those that a returning client may ask for.</summary>
internal sealed class HistorySink(EventHistory? history) : IEventSink
{
    private EventSlot _slot;

    public ref EventSlot Claim() => ref _slot;

    public void Publish() => history?.OnEvent(ref _slot, endOfBatch: false);
}
