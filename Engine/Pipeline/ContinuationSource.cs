namespace CopyEngine.Pipeline;

/// <summary>
/// Publishes <c>Continue</c> from a thread of its own while the core has long work and nothing else comes, so that the
/// core never publishes into its own ring and replay repeats the same slices (design, rule 5).
/// </summary>
internal sealed class ContinuationSource(bool isAutomatic) : IDisposable
{
    private readonly AutoResetEvent _wanted = new(false);
    private bool _isWanted;
    private bool _isStopped;

    /// <summary>Whether long work was waiting after the last command.</summary>
    public bool IsWanted => Volatile.Read(ref _isWanted);

    /// <summary>Told by the core after each command; a thread is woken only when the ring has run empty.</summary>
    public void Want(bool isWanted, bool isRingEmpty)
    {
        Volatile.Write(ref _isWanted, isWanted);
        if (isAutomatic && isWanted && isRingEmpty)
        {
            _wanted.Set();
        }
    }

    /// <summary>Begins to publish by the given action.</summary>
    public void Start(Action publish)
    {
        if (!isAutomatic)
        {
            return;
        }
        var thread = new Thread(() => Run(publish)) { Name = "continuation", IsBackground = true };
        thread.Start();
    }

    public void Dispose()
    {
        Volatile.Write(ref _isStopped, true);
        _wanted.Set();
    }

    private void Run(Action publish)
    {
        while (true)
        {
            _wanted.WaitOne();
            if (Volatile.Read(ref _isStopped))
            {
                return;
            }
            try
            {
                publish();
            }
            catch (PipelineStoppedException)
            {
                return;
            }
        }
    }
}
