namespace CopyEngine.Pipeline;

/// <summary>A sleeping thread and what it sleeps for; reused, so that going to sleep allocates nothing.</summary>
internal sealed class BlockedWaiter
{
    private IAwaitedSequence? _awaited;
    private long _sequence;
    private bool _isWoken;

    public bool IsFinished => _awaited!.IsReached(_sequence) || _awaited.IsAlerted;

    public void Await(long sequence, IAwaitedSequence awaited)
    {
        _sequence = sequence;
        _awaited = awaited;
        _isWoken = false;
    }

    public void Sleep()
    {
        lock (this)
        {
            while (!_isWoken)
                Monitor.Wait(this);
        }
    }

    public void Wake()
    {
        lock (this)
        {
            _isWoken = true;
            Monitor.Pulse(this);
        }
    }
}
