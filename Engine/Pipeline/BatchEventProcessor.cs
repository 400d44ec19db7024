namespace CopyEngine.Pipeline;

/// <summary>
/// The loop of one stage: waits at its barrier, hands every available slot to the handler, then moves its sequence.
/// The sequence moves at the end of a batch only: whoever waits for it may rely on the handler's flush.
/// </summary>
internal sealed class BatchEventProcessor<T, THandler> : IEventProcessor
    where T : struct
    where THandler : IEventHandler<T>
{
    private readonly RingBuffer<T> _ringBuffer;
    private readonly SequenceBarrier _barrier;
    private readonly THandler _handler;
    private readonly IEventHandler<T> _lifecycle;
    private readonly Action<IEventProcessor, Exception> _onFailure;
    private readonly int _maxBatchSize;

    // Written for every event, hence on a line of its own.
    private readonly Sequence _sequenceInHand = new();

    public BatchEventProcessor(
        RingBuffer<T> ringBuffer, SequenceBarrier barrier, THandler handler, Action<IEventProcessor, Exception> onFailure)
    {
        _ringBuffer = ringBuffer;
        _barrier = barrier;
        _handler = handler;
        _lifecycle = handler;
        _onFailure = onFailure;
        _maxBatchSize = _lifecycle.MaxBatchSize;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_maxBatchSize, nameof(IEventHandler<>.MaxBatchSize));
    }

    public string Name => _lifecycle.Name;

    public Sequence Sequence { get; } = new();

    public long SequenceInHand => _sequenceInHand.Value;

    public void Run()
    {
        Guard(HandleEvents);
        Guard(_lifecycle.OnShutdown);
    }

    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            _onFailure(this, exception);
        }
    }

    private void HandleEvents()
    {
        _lifecycle.OnStart();
        while (!_barrier.IsAlerted)
        {
            var next = Sequence.Value + 1;
            var result = WaitFor(next);
            if (!result.IsAlerted)
                HandleAvailable(next, result.AvailableSequence);
        }
    }

    private SequenceWaitResult WaitFor(long sequence)
    {
        if (!_barrier.IsReached(sequence))
            _lifecycle.OnIdle();
        return _barrier.WaitFor(sequence);
    }

    private void HandleAvailable(long first, long available)
    {
        var last = unchecked(Math.Min(available, first + _maxBatchSize - 1));
        for (var sequence = first; sequence <= last; sequence++)
        {
            if (_barrier.IsAlerted)
                return;

            _sequenceInHand.SetValue(sequence);
            _handler.OnEvent(ref _ringBuffer[sequence], sequence, sequence == last);
        }

        Sequence.SetValue(last);
        _ringBuffer.SignalAllWhenBlocking();
    }
}
