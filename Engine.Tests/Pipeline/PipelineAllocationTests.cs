using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class PipelineAllocationTests
{
    private const int WarmUp = 20_000;
    private const int Measured = 1_000_000;

    [Theory]
    [InlineData(ProducerType.Single, "SpinThenBlock", 1024)]
    [InlineData(ProducerType.Multi, "SpinThenBlock", 1024)]
    [InlineData(ProducerType.Single, "Blocking", 4096)]
    [InlineData(ProducerType.Multi, "Yielding", 4096)]
    internal async Task Publishing_and_handling_a_million_slots_allocates_nothing(ProducerType producerType, string strategy, int bufferSize)
    {
        await using var pipeline = TestPipelines.New(bufferSize, producerType, strategy);
        var first = new MeasuringHandler("first");
        var last = new MeasuringHandler("last");
        pipeline.HandleEventsWith(first).Then(last);
        pipeline.Start();

        Publish(pipeline.RingBuffer, WarmUp);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Publish(pipeline.RingBuffer, Measured);
        var allocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(await pipeline.DrainAsync(Eventually.Deadline));
        Assert.Equal((0L, 0L, 0L), (allocatedBytes, first.AllocatedBytes, last.AllocatedBytes));
    }

    private static void Publish(RingBuffer<TestSlot> ring, int count)
    {
        for (var index = 0; index < count; index++)
        {
            if (ring.TryNext(out var sequence) || (sequence = ring.Next()) >= 0)
            {
                ring[sequence].Value = index;
                ring.Publish(sequence);
            }
        }
    }

    private sealed class MeasuringHandler(string name) : IEventHandler<TestSlot>
    {
        private long _before;

        public string Name => name;

        public long AllocatedBytes { get; private set; } = -1;

        public void OnEvent(ref TestSlot slot, long sequence, bool endOfBatch)
        {
            if (sequence == WarmUp)
                _before = GC.GetAllocatedBytesForCurrentThread();
            else if (sequence == WarmUp + Measured - 1)
                AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - _before;
        }
    }
}
