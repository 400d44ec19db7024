namespace CopyEngine.Pipeline;

/// <summary>
/// What a consumer waits at: slots that are published and that every sequence it depends on has passed.
/// Made by <see cref="ISequencer.NewBarrier"/>; may also be used by a thread outside the ring's own consumers.
/// </summary>
internal sealed class SequenceBarrier : IAwaitedSequence
{
    private readonly ISequencer _sequencer;
    private readonly IWaitStrategy _waitStrategy;
    private readonly Sequence[] _dependencies;
    private bool _isAlerted;

    internal SequenceBarrier(ISequencer sequencer, IWaitStrategy waitStrategy, Sequence[] dependencies)
    {
        _sequencer = sequencer;
        _waitStrategy = waitStrategy;
        _dependencies = dependencies;
    }

    /// <summary>Whether nobody waits here any more.</summary>
    public bool IsAlerted => Volatile.Read(ref _isAlerted);

    /// <summary>
    /// Waits until <paramref name="sequence"/> may be read and says how far beyond it reading is safe. An alert only ends
    /// waiting: what was reached is still reported, so that a thread outside can finish what the ring has passed.
    /// </summary>
    public SequenceWaitResult WaitFor(long sequence)
    {
        if (!IsReached(sequence) && !_waitStrategy.WaitFor(sequence, this))
            return SequenceWaitResult.Alerted;
        return new SequenceWaitResult(GetAvailableSequence(sequence));
    }

    // An earlier stage only passes what was published, so its sequence alone says enough.
    public bool IsReached(long sequence) =>
        _dependencies.Length == 0 ? _sequencer.IsAvailable(sequence) : Sequence.Minimum(_dependencies, long.MaxValue) >= sequence;

    /// <summary>Ends every wait at this barrier, also later ones.</summary>
    public void Alert()
    {
        Volatile.Write(ref _isAlerted, true);
        _waitStrategy.SignalAllWhenBlocking();
    }

    public void ClearAlert() => Volatile.Write(ref _isAlerted, false);

    private long GetAvailableSequence(long sequence) =>
        _dependencies.Length == 0
            ? _sequencer.GetHighestPublishedSequence(sequence, _sequencer.Cursor)
            : Sequence.Minimum(_dependencies, long.MaxValue);
}
