namespace CopyEngine.Pipeline;

/// <summary>
/// The default: a short spin catches the next slot of a busy stream, a few yields let the thread that will
/// produce it run, then the waiter sleeps. Made for two cores, where more threads wait than can spin.
/// </summary>
internal sealed class SpinThenBlockWaitStrategy : IWaitStrategy
{
    private const int DefaultSpinTries = 64;
    private const int DefaultYieldTries = 4;

    private readonly BlockedWaiters _waiters = new();
    private readonly int _spinTries;
    private readonly int _yieldTries;

    public SpinThenBlockWaitStrategy(int spinTries = DefaultSpinTries, int yieldTries = DefaultYieldTries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(spinTries);
        ArgumentOutOfRangeException.ThrowIfNegative(yieldTries);
        _spinTries = spinTries;
        _yieldTries = yieldTries;
    }

    public bool IsBlockingStrategy => true;

    public bool WaitFor(long sequence, IAwaitedSequence awaited)
    {
        for (var tries = 0; tries < _spinTries; tries++)
        {
            if (awaited.IsReached(sequence))
                return true;
            Thread.SpinWait(1);
        }

        for (var tries = 0; tries < _yieldTries; tries++)
        {
            if (awaited.IsReached(sequence))
                return true;
            Thread.Yield();
        }

        return _waiters.Block(sequence, awaited);
    }

    public void SignalAllWhenBlocking() => _waiters.Signal();
}
