namespace CopyEngine.Events;

/// <summary>
/// A reader of the event stream, on a thread of its own. It sees every event once, in order, after the command that
/// caused it is durable. It must not block: a listener that waits makes the core wait.
/// </summary>
public interface IEventListener
{
    /// <summary>Name of the listener and its thread, for logs.</summary>
    string Name { get; }

    /// <summary>Takes one event; the slot is only valid during the call.</summary>
    /// <param name="slot">The event.</param>
    /// <param name="endOfBatch">No further event is waiting right now: the moment to flush.</param>
    void OnEvent(ref EventSlot slot, bool endOfBatch);
}
