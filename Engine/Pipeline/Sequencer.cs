using System.Numerics;

namespace CopyEngine.Pipeline;

/// <summary>What both sequencers share: the cursor, the gating sequences, the barriers and how claiming ends.</summary>
internal abstract class Sequencer : ISequencer
{
    private readonly IWaitStrategy _waitStrategy;
    private readonly bool _isBlockingStrategy;
    private readonly Lock _gate = new();
    private readonly List<SequenceBarrier> _barriers = [];
    private PipelineFailure? _cause;
    private bool _isClosed;
    private bool _isHalted;

    protected Sequencer(int bufferSize, IWaitStrategy waitStrategy)
    {
        if (bufferSize < 1 || !BitOperations.IsPow2(bufferSize))
        {
            throw new ArgumentOutOfRangeException(
                nameof(bufferSize), bufferSize, "The size of a ring must be a power of two, for example 1024.");
        }

        BufferSize = bufferSize;
        _waitStrategy = waitStrategy;
        _isBlockingStrategy = waitStrategy.IsBlockingStrategy;
        Gating = new GatingSequences(this);
    }

    public int BufferSize { get; }

    public abstract long Cursor { get; }

    public abstract long ClaimedSequence { get; }

    public bool IsClosed => Volatile.Read(ref _isClosed);

    protected GatingSequences Gating { get; }

    public abstract long Next();

    public abstract long Next(int count);

    public bool TryNext(out long sequence) => TryNext(1, out sequence);

    public abstract bool TryNext(int count, out long sequence);

    public abstract void Publish(long sequence);

    public abstract void Publish(long low, long high);

    public abstract bool IsAvailable(long sequence);

    public abstract long GetHighestPublishedSequence(long low, long high);

    public long GetRemainingCapacity()
    {
        var claimed = ClaimedSequence;
        return Math.Max(0, BufferSize - (claimed - Gating.Minimum(claimed)));
    }

    public void AddGatingSequences(params Sequence[] sequences)
    {
        Gating.Add(sequences);
        SignalAllWhenBlocking();
    }

    public bool RemoveGatingSequence(Sequence sequence)
    {
        var wasPresent = Gating.Remove(sequence);
        SignalAllWhenBlocking();
        return wasPresent;
    }

    public SequenceBarrier NewBarrier(params Sequence[] dependencies)
    {
        var barrier = new SequenceBarrier(this, _waitStrategy, dependencies);
        lock (_gate)
        {
            _barriers.Add(barrier);
            if (_isHalted)
                barrier.Alert();
        }

        return barrier;
    }

    public void SignalAllWhenBlocking()
    {
        if (_isBlockingStrategy)
            _waitStrategy.SignalAllWhenBlocking();
    }

    public void Close(PipelineFailure? cause = null)
    {
        lock (_gate)
        {
            _cause ??= cause;
            if (!_isClosed)
            {
                Volatile.Write(ref _isClosed, true);
                EndClaims();
            }
        }

        _waitStrategy.SignalAllWhenBlocking();
    }

    public void Halt(PipelineFailure? cause = null)
    {
        Close(cause);
        lock (_gate)
        {
            _isHalted = true;
            _barriers.ForEach(barrier => barrier.Alert());
        }
    }

    /// <summary>Called once: after it has returned, every claim that will ever be published counts in <see cref="ClaimedSequence"/>.</summary>
    protected abstract void EndClaims();

    /// <summary>Waits until no consumer needs the slots up to <paramref name="wrapPoint"/>.</summary>
    protected void WaitUntilGatingPasses(long wrapPoint)
    {
        if (!Gating.IsReached(wrapPoint))
            _waitStrategy.WaitFor(wrapPoint, Gating);
        ThrowIfClosed();
    }

    protected void ThrowIfClosed()
    {
        if (IsClosed)
            throw new PipelineStoppedException(_cause);
    }

    protected void CheckCount(int count)
    {
        if (count < 1 || count > BufferSize)
            ThrowCountOutOfRange(count);
    }

    private void ThrowCountOutOfRange(int count) =>
        throw new ArgumentOutOfRangeException(nameof(count), count, $"Between 1 and {BufferSize} slots (the size of the ring) can be claimed at once.");
}
