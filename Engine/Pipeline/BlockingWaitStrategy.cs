namespace CopyEngine.Pipeline;

/// <summary>Sleeps at once: the least processor time, the longest latency.</summary>
internal sealed class BlockingWaitStrategy : IWaitStrategy
{
    private readonly BlockedWaiters _waiters = new();

    public bool IsBlockingStrategy => true;

    public bool WaitFor(long sequence, IAwaitedSequence awaited) => _waiters.Block(sequence, awaited);

    public void SignalAllWhenBlocking() => _waiters.Signal();
}
