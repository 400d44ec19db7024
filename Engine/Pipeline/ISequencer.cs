namespace CopyEngine.Pipeline;

/// <summary>
/// Hands out sequences to producers and never lets them lap the slowest consumer (the gating sequences).
/// Every claimed sequence must be published: a gap holds up all consumers for good.
/// </summary>
internal interface ISequencer
{
    /// <summary>Number of slots, a power of two.</summary>
    int BufferSize { get; }

    /// <summary>The highest published sequence; with several producers the highest claimed one.</summary>
    long Cursor { get; }

    /// <summary>The highest sequence handed out, published or not.</summary>
    long ClaimedSequence { get; }

    /// <summary>Whether no further sequence is handed out.</summary>
    bool IsClosed { get; }

    /// <summary>Claims the next sequence; waits while the ring is full.</summary>
    /// <exception cref="PipelineStoppedException">The sequencer is closed, or was closed while waiting.</exception>
    long Next();

    /// <summary>Claims the next <paramref name="count"/> sequences and returns the highest; waits while there is not enough room.</summary>
    /// <exception cref="PipelineStoppedException">The sequencer is closed, or was closed while waiting.</exception>
    long Next(int count);

    /// <summary>Claims the next sequence, or returns false at once when the ring is full.</summary>
    /// <exception cref="PipelineStoppedException">The sequencer is closed.</exception>
    bool TryNext(out long sequence);

    /// <summary>Claims the next <paramref name="count"/> sequences, the highest of which is returned, or none when there is not enough room.</summary>
    /// <exception cref="PipelineStoppedException">The sequencer is closed.</exception>
    bool TryNext(int count, out long sequence);

    /// <summary>Makes a claimed slot visible to the consumers.</summary>
    void Publish(long sequence);

    /// <summary>Makes the claimed slots from <paramref name="low"/> to <paramref name="high"/> visible to the consumers.</summary>
    void Publish(long low, long high);

    /// <summary>Whether the slot of <paramref name="sequence"/> was published.</summary>
    bool IsAvailable(long sequence);

    /// <summary>The last sequence before the first gap in the range, or <paramref name="low"/> - 1 when nothing in it is published.</summary>
    long GetHighestPublishedSequence(long low, long high);

    /// <summary>Free slots at this moment; a hint, since others claim and release meanwhile.</summary>
    long GetRemainingCapacity();

    /// <summary>Adds consumers that producers must not lap. They start at the present cursor.</summary>
    void AddGatingSequences(params Sequence[] sequences);

    /// <summary>Stops gating on a sequence; false when it did not gate.</summary>
    bool RemoveGatingSequence(Sequence sequence);

    /// <summary>A barrier behind the cursor, or behind <paramref name="dependencies"/> when there are any.</summary>
    SequenceBarrier NewBarrier(params Sequence[] dependencies);

    /// <summary>Wakes waiters after a sequence that they may depend on has advanced.</summary>
    void SignalAllWhenBlocking();

    /// <summary>Refuses all further claims and releases waiting producers; consumers go on with what is claimed.</summary>
    void Close(PipelineFailure? cause = null);

    /// <summary>Closes, and alerts every barrier of this sequencer.</summary>
    void Halt(PipelineFailure? cause = null);
}
