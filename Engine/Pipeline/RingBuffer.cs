using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyEngine.Pipeline;

/// <summary>
/// A ring of preallocated slots between producers and consumers, in the shape of the LMAX Disruptor. A producer
/// claims (<see cref="Next()"/>), fills the slot in place (<see cref="this[long]"/>) and publishes
/// (<see cref="Publish(long)"/>); a consumer reads the slot in place once a barrier lets it. A full ring makes
/// producers wait, so nothing is ever overwritten or dropped. <see cref="EventPipeline{T}"/> puts threads around it.
/// </summary>
/// <remarks>
/// A consumer must not claim on the ring it reads: on a full ring it would wait for itself.
/// Slots keep their old content; a producer writes every field that matters.
/// </remarks>
/// <typeparam name="T">The slot, a struct that is reused in every lap.</typeparam>
internal sealed class RingBuffer<T> where T : struct
{
    private readonly T[] _slots;
    private readonly ISequencer _sequencer;
    private readonly int _indexMask;

    public RingBuffer(ISequencer sequencer)
    {
        _sequencer = sequencer;
        _slots = new T[sequencer.BufferSize];
        _indexMask = sequencer.BufferSize - 1;
    }

    public int BufferSize => _sequencer.BufferSize;

    /// <summary>The highest published sequence; with several producers the highest claimed one.</summary>
    public long Cursor => _sequencer.Cursor;

    /// <summary>The highest sequence handed out, published or not.</summary>
    public long ClaimedSequence => _sequencer.ClaimedSequence;

    /// <summary>Whether producers are refused.</summary>
    public bool IsClosed => _sequencer.IsClosed;

    /// <summary>Slots that are claimed and not yet passed by every last stage, for metrics; a moment's value.</summary>
    public long UsedSlots => BufferSize - GetRemainingCapacity();

    /// <summary>The slot of a claimed or readable sequence, in place.</summary>
    // The mask keeps the index inside the array, so the bounds check is left out.
    public ref T this[long sequence]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_slots), unchecked((int)sequence) & _indexMask);
    }

    public static RingBuffer<T> Create(ProducerType producerType, int bufferSize, IWaitStrategy waitStrategy) => new(
        producerType == ProducerType.Single
            ? new SingleProducerSequencer(bufferSize, waitStrategy)
            : new MultiProducerSequencer(bufferSize, waitStrategy));

    /// <inheritdoc cref="ISequencer.Next()"/>
    public long Next() => _sequencer.Next();

    /// <inheritdoc cref="ISequencer.Next(int)"/>
    public long Next(int count) => _sequencer.Next(count);

    /// <inheritdoc cref="ISequencer.TryNext(out long)"/>
    public bool TryNext(out long sequence) => _sequencer.TryNext(out sequence);

    /// <inheritdoc cref="ISequencer.TryNext(int, out long)"/>
    public bool TryNext(int count, out long sequence) => _sequencer.TryNext(count, out sequence);

    /// <inheritdoc cref="ISequencer.Publish(long)"/>
    public void Publish(long sequence) => _sequencer.Publish(sequence);

    /// <inheritdoc cref="ISequencer.Publish(long, long)"/>
    public void Publish(long low, long high) => _sequencer.Publish(low, high);

    /// <summary>Claims, copies <paramref name="slot"/> in and publishes; waits while the ring is full.</summary>
    /// <returns>The sequence it was published under.</returns>
    /// <exception cref="PipelineStoppedException">The ring is closed, or was closed while waiting.</exception>
    public long PublishEvent(in T slot)
    {
        var sequence = _sequencer.Next();
        this[sequence] = slot;
        _sequencer.Publish(sequence);
        return sequence;
    }

    /// <summary>As <see cref="PublishEvent"/>, but returns false at once when the ring is full.</summary>
    /// <exception cref="PipelineStoppedException">The ring is closed.</exception>
    public bool TryPublishEvent(in T slot)
    {
        if (!_sequencer.TryNext(out var sequence))
            return false;
        this[sequence] = slot;
        _sequencer.Publish(sequence);
        return true;
    }

    /// <inheritdoc cref="ISequencer.GetRemainingCapacity"/>
    public long GetRemainingCapacity() => _sequencer.GetRemainingCapacity();

    /// <inheritdoc cref="ISequencer.AddGatingSequences"/>
    public void AddGatingSequences(params Sequence[] sequences) => _sequencer.AddGatingSequences(sequences);

    /// <inheritdoc cref="ISequencer.RemoveGatingSequence"/>
    public bool RemoveGatingSequence(Sequence sequence) => _sequencer.RemoveGatingSequence(sequence);

    /// <inheritdoc cref="ISequencer.NewBarrier"/>
    public SequenceBarrier NewBarrier(params Sequence[] dependencies) => _sequencer.NewBarrier(dependencies);

    /// <inheritdoc cref="ISequencer.SignalAllWhenBlocking"/>
    public void SignalAllWhenBlocking() => _sequencer.SignalAllWhenBlocking();

    /// <inheritdoc cref="ISequencer.Close"/>
    public void Close(PipelineFailure? cause = null) => _sequencer.Close(cause);

    /// <inheritdoc cref="ISequencer.Halt"/>
    public void Halt(PipelineFailure? cause = null) => _sequencer.Halt(cause);
}
