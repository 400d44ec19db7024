namespace CopyEngine.Pipeline;

/// <summary>Never gives up the processor: the lowest latency, for threads that own a core each.</summary>
internal sealed class BusySpinWaitStrategy : IWaitStrategy
{
    public bool IsBlockingStrategy => false;

    public bool WaitFor(long sequence, IAwaitedSequence awaited)
    {
        while (!awaited.IsReached(sequence))
        {
            if (awaited.IsAlerted)
                return false;
            Thread.SpinWait(1);
        }

        return true;
    }

    public void SignalAllWhenBlocking()
    {
    }
}
