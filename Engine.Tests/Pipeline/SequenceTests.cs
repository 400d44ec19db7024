using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class SequenceTests
{
    private const int PrefetchedLinesBytes = 128;

    [Fact]
    public void Two_sequences_never_share_a_pair_of_cache_lines()
    {
        var sequences = new Sequence[64];
        for (var index = 0; index < sequences.Length; index++)
            sequences[index] = new Sequence();

        for (var index = 1; index < sequences.Length; index++)
        {
            var distance = Unsafe.ByteOffset(ref ValueOf(sequences[index - 1]), ref ValueOf(sequences[index]));
            Assert.True(Math.Abs((long)distance) >= PrefetchedLinesBytes, $"Neighbours are {distance} bytes apart.");
        }
    }

    [Fact]
    public void Two_cache_lines_are_free_on_both_sides_of_the_value()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sequence = new Sequence(long.MaxValue - 1);
        var sizeBytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(long.MaxValue - 1, ValueOf(sequence));
        var headerBytes = 2 * IntPtr.Size;
        Assert.Equal(headerBytes + PrefetchedLinesBytes + sizeof(long) + PrefetchedLinesBytes, sizeBytes);
    }

    [Fact]
    public void The_position_of_a_single_producer_stands_on_lines_of_its_own()
    {
        var position = typeof(SingleProducerSequencer).GetNestedType("ProducerPosition", BindingFlags.NonPublic)!;
        var sizeBytes = (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(position).Invoke(null, null)!;
        var fields = position.GetFields().Select(field => field.GetCustomAttribute<FieldOffsetAttribute>()!.Value).ToArray();
        Assert.True(fields.Min() >= PrefetchedLinesBytes);
        Assert.True(sizeBytes - fields.Max() - sizeof(long) >= PrefetchedLinesBytes);
    }

    [Fact]
    public void A_new_sequence_stands_before_the_first_slot() => Assert.Equal(-1, new Sequence().Value);

    [Fact]
    public void CompareAndSet_changes_only_the_expected_value()
    {
        var sequence = new Sequence(5);
        Assert.False(sequence.CompareAndSet(4, 9));
        Assert.Equal(5, sequence.Value);
        Assert.True(sequence.CompareAndSet(5, 9));
        Assert.Equal(9, sequence.Value);
    }

    [Fact]
    public void Additions_of_several_threads_all_count()
    {
        const int additions = 50_000;
        var sequence = new Sequence(0);
        void Add()
        {
            for (var index = 0; index < additions; index++)
            {
                sequence.IncrementAndGet();
                sequence.AddAndGet(2);
            }
        }

        var other = TestPipelines.StartThread("adder", Add);
        Add();
        Eventually.Ends(other);
        Assert.Equal(2 * 3 * additions, sequence.Value);
    }

    [Fact]
    public void The_minimum_never_exceeds_the_bound()
    {
        Assert.Equal(7, Sequence.Minimum([], 7));
        Assert.Equal(7, Sequence.Minimum([new Sequence(9)], 7));
        Assert.Equal(3, Sequence.Minimum([new Sequence(9), new Sequence(3)], 7));
    }

    // The padded value is the only field, so its struct begins where the object's fields begin.
    private static ref long ValueOf(Sequence sequence) =>
        ref Unsafe.As<byte, long>(ref Unsafe.Add(ref Unsafe.As<StartOfObject>(sequence).First, Sequence.Padding));

    private sealed class StartOfObject
    {
        public byte First;
    }
}
