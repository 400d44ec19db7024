namespace CopyEngine.Pipeline;

/// <summary>
/// How a thread waits for a sequence: a consumer for slots to be published or passed by an earlier stage,
/// a producer for slots to come free. One instance serves one ring.
/// </summary>
internal interface IWaitStrategy
{
    /// <summary>Whether waiters may be asleep, so that every advance must be followed by <see cref="SignalAllWhenBlocking"/>.</summary>
    bool IsBlockingStrategy { get; }

    /// <summary>Returns true once <paramref name="sequence"/> is reached, false when the wait was alerted first.</summary>
    bool WaitFor(long sequence, IAwaitedSequence awaited);

    /// <summary>Wakes the sleeping waiters whose wait is over; cheap when nobody sleeps.</summary>
    void SignalAllWhenBlocking();
}
