using System.Runtime.InteropServices;

namespace CopyEngine.Pipeline;

/// <summary>The sequencer for one publishing thread at a time: a claim is an addition and a comparison.</summary>
internal sealed class SingleProducerSequencer(int bufferSize, IWaitStrategy waitStrategy) : Sequencer(bufferSize, waitStrategy)
{
    private readonly Sequence _cursor = new();
    private ProducerPosition _producer = new() { Claimed = Sequence.InitialValue, CachedGating = Sequence.InitialValue };

    public override long Cursor => _cursor.Value;

    public override long ClaimedSequence => Volatile.Read(ref _producer.Claimed);

    public override long Next() => ClaimNext(1);

    public override long Next(int count)
    {
        CheckCount(count);
        return ClaimNext(count);
    }

    public override bool TryNext(int count, out long sequence)
    {
        CheckCount(count);
        unchecked
        {
            var claimed = _producer.Claimed;
            sequence = claimed + count;
            if (sequence - BufferSize > _producer.CachedGating && !HasRoomAfterAll(claimed, sequence - BufferSize))
                return false;

            Claim(claimed, sequence);
            return true;
        }
    }

    public override void Publish(long sequence)
    {
        _cursor.SetValue(sequence);
        SignalAllWhenBlocking();
    }

    public override void Publish(long low, long high) => Publish(high);

    public override bool IsAvailable(long sequence) => sequence <= _cursor.Value;

    public override long GetHighestPublishedSequence(long low, long high) => high;

    // Paired with Claim, which stores the claim and then reads the flag: the process-wide barrier takes the place of
    // a fence in every claim. Either the producer sees the flag and gives its claim back, or the claim is visible here.
    protected override void EndClaims() => Interlocked.MemoryBarrierProcessWide();

    private long ClaimNext(int count)
    {
        unchecked
        {
            var claimed = _producer.Claimed;
            var next = claimed + count;
            if (next - BufferSize > _producer.CachedGating)
                WaitForRoom(claimed, next - BufferSize);

            Claim(claimed, next);
            return next;
        }
    }

    private void Claim(long claimed, long next)
    {
        Volatile.Write(ref _producer.Claimed, next);
        if (IsClosed)
            GiveBack(claimed);
    }

    private void GiveBack(long claimed)
    {
        Volatile.Write(ref _producer.Claimed, claimed);
        ThrowIfClosed();
    }

    private void WaitForRoom(long claimed, long wrapPoint)
    {
        WaitUntilGatingPasses(wrapPoint);
        _producer.CachedGating = Gating.Minimum(claimed);
    }

    private bool HasRoomAfterAll(long claimed, long wrapPoint)
    {
        ThrowIfClosed();
        _producer.CachedGating = Gating.Minimum(claimed);
        return wrapPoint <= _producer.CachedGating;
    }

    /// <summary>Written by the producer in every claim, hence on lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = (2 * Sequence.Padding) + (2 * sizeof(long)))]
    private struct ProducerPosition
    {
        [FieldOffset(Sequence.Padding)]
        public long Claimed;

        [FieldOffset(Sequence.Padding + sizeof(long))]
        public long CachedGating;
    }
}
