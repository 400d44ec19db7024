using System.Numerics;

namespace CopyEngine.Pipeline;

/// <summary>
/// The sequencer for any number of publishing threads: claims compete for the cursor, and since they may be
/// published in any order, each slot carries the number of the lap that was last published in it.
/// </summary>
internal sealed class MultiProducerSequencer : Sequencer
{
    // Added to the cursor when claiming ends: pending claims then fail to compare, and later ones find no room, where
    // they learn the reason. Far beyond any real sequence, so the two can be told apart.
    private const long ClosedOffset = 1L << 62;

    private readonly Sequence _cursor = new();
    private readonly Sequence _cachedGating = new();
    private readonly int[] _publishedLaps;
    private readonly int _indexMask;
    private readonly int _lapShift;

    public MultiProducerSequencer(int bufferSize, IWaitStrategy waitStrategy)
        : base(bufferSize, waitStrategy)
    {
        _publishedLaps = new int[bufferSize];
        Array.Fill(_publishedLaps, -1);
        _indexMask = bufferSize - 1;
        _lapShift = BitOperations.Log2((uint)bufferSize);
    }

    public override long Cursor
    {
        get
        {
            var value = _cursor.Value;
            return value < ClosedOffset / 2 ? value : value - ClosedOffset;
        }
    }

    public override long ClaimedSequence => Cursor;

    public override long Next() => ClaimNext(1);

    public override long Next(int count)
    {
        CheckCount(count);
        return ClaimNext(count);
    }

    public override bool TryNext(int count, out long sequence)
    {
        CheckCount(count);
        while (true)
        {
            var current = _cursor.Value;
            sequence = unchecked(current + count);
            var wrapPoint = unchecked(sequence - BufferSize);
            if (wrapPoint > _cachedGating.Value && !HasRoomAfterAll(current, wrapPoint))
                return false;
            if (_cursor.CompareAndSet(current, sequence))
                return true;
        }
    }

    public override void Publish(long sequence)
    {
        MarkPublished(sequence);
        SignalAllWhenBlocking();
    }

    public override void Publish(long low, long high)
    {
        for (var sequence = low; sequence <= high; sequence++)
            MarkPublished(sequence);
        SignalAllWhenBlocking();
    }

    // A later lap in the slot means that the earlier one was published too. Laps are compared by difference, since they may wrap.
    public override bool IsAvailable(long sequence) =>
        unchecked(Volatile.Read(ref _publishedLaps[(int)sequence & _indexMask]) - LapOf(sequence)) >= 0;

    public override long GetHighestPublishedSequence(long low, long high)
    {
        var sequence = low;
        while (sequence <= high && IsAvailable(sequence))
            sequence++;
        return sequence - 1;
    }

    protected override void EndClaims() => _cursor.AddAndGet(ClosedOffset);

    private long ClaimNext(int count)
    {
        while (true)
        {
            var current = _cursor.Value;
            var next = unchecked(current + count);
            if (unchecked(next - BufferSize) > _cachedGating.Value)
                WaitForRoom(current, next - BufferSize);
            else if (_cursor.CompareAndSet(current, next))
                return next;
        }
    }

    private void WaitForRoom(long current, long wrapPoint)
    {
        ThrowIfClosed();
        WaitUntilGatingPasses(wrapPoint);
        _cachedGating.SetValue(Gating.Minimum(current));
    }

    private bool HasRoomAfterAll(long current, long wrapPoint)
    {
        ThrowIfClosed();
        _cachedGating.SetValue(Gating.Minimum(current));
        return wrapPoint <= _cachedGating.Value;
    }

    private void MarkPublished(long sequence) =>
        Volatile.Write(ref _publishedLaps[unchecked((int)sequence) & _indexMask], LapOf(sequence));

    private int LapOf(long sequence) => unchecked((int)(sequence >> _lapShift));
}
