using System.Globalization;
using System.Runtime.InteropServices;

namespace CopyEngine.Pipeline;

/// <summary>
/// A counter that one thread advances and others watch: how far the producers or a consumer have come.
/// Padded on both sides so that no two sequences, and no neighbour on the heap, share a cache line
/// (or the pair of lines that the prefetcher fetches together).
/// </summary>
internal sealed class Sequence
{
    /// <summary>The value before the first slot: nothing was published or handled yet.</summary>
    public const long InitialValue = -1;

    /// <summary>Bytes kept free on each side: two 64-byte lines, because adjacent lines are prefetched in pairs.</summary>
    public const int Padding = 128;

    private PaddedValue _padded;

    public Sequence(long initialValue = InitialValue) => _padded.Value = initialValue;

    /// <summary>The current value; what was written before the value was set is visible after reading it.</summary>
    public long Value => Volatile.Read(ref _padded.Value);

    /// <summary>Ordered write: what was written before is visible to whoever reads the new value.</summary>
    public void SetValue(long value) => Volatile.Write(ref _padded.Value, value);

    /// <summary>Ordered write followed by a full fence: later reads of this thread happen after it.</summary>
    public void SetValueVolatile(long value) => Interlocked.Exchange(ref _padded.Value, value);

    public bool CompareAndSet(long expected, long value) => Interlocked.CompareExchange(ref _padded.Value, value, expected) == expected;

    public long IncrementAndGet() => Interlocked.Increment(ref _padded.Value);

    public long AddAndGet(long increment) => Interlocked.Add(ref _padded.Value, increment);

    /// <summary>The smallest value of <paramref name="sequences"/>, but never more than <paramref name="bound"/>.</summary>
    public static long Minimum(Sequence[] sequences, long bound)
    {
        var minimum = bound;
        foreach (var sequence in sequences)
        {
            minimum = Math.Min(minimum, sequence.Value);
        }

        return minimum;
    }

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    // A struct, because the runtime heeds the size of a struct but not that of a class.
    [StructLayout(LayoutKind.Explicit, Size = (2 * Padding) + sizeof(long))]
    private struct PaddedValue
    {
        [FieldOffset(Padding)]
        public long Value;
    }
}
