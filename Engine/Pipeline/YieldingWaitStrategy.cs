namespace CopyEngine.Pipeline;

/// <summary>Spins, then offers the processor to others between looks. Low latency, but a waiting thread still uses a whole core.</summary>
internal sealed class YieldingWaitStrategy : IWaitStrategy
{
    private const int SpinTries = 100;

    public bool IsBlockingStrategy => false;

    public bool WaitFor(long sequence, IAwaitedSequence awaited)
    {
        var spinsLeft = SpinTries;
        while (!awaited.IsReached(sequence))
        {
            if (awaited.IsAlerted)
                return false;
            if (spinsLeft == 0)
                Thread.Yield();
            else
                spinsLeft--;
        }

        return true;
    }

    public void SignalAllWhenBlocking()
    {
    }
}
