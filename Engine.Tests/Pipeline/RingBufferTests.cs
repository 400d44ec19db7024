using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class RingBufferTests
{
    [Theory]
    [InlineData(ProducerType.Single)]
    [InlineData(ProducerType.Multi)]
    internal void A_slot_is_the_same_place_for_producer_and_consumer_and_for_every_lap(ProducerType producerType)
    {
        var ring = NewRing(producerType);
        ring[3].Value = 33;
        Assert.Equal(33, ring[3].Value);
        Assert.Equal(33, ring[7].Value);
        Assert.Equal(33, ring[3 + (4L << 40)].Value);
        Assert.Equal(0, ring[2].Value);
    }

    [Theory]
    [InlineData(ProducerType.Single)]
    [InlineData(ProducerType.Multi)]
    internal void TryPublishEvent_refuses_on_a_full_ring_without_touching_a_slot(ProducerType producerType)
    {
        var ring = NewRing(producerType);
        for (var value = 0; value < 4; value++)
            Assert.True(ring.TryPublishEvent(new TestSlot { Value = value }));

        Assert.False(ring.TryPublishEvent(new TestSlot { Value = 99 }));
        Assert.Equal([0L, 1L, 2L, 3L], [ring[0].Value, ring[1].Value, ring[2].Value, ring[3].Value]);
    }

    [Theory]
    [InlineData(ProducerType.Single)]
    [InlineData(ProducerType.Multi)]
    internal void Used_slots_are_those_claimed_and_not_yet_passed(ProducerType producerType)
    {
        var consumer = new Sequence();
        var ring = NewRing(producerType, consumer);
        Assert.Equal(0, ring.UsedSlots);
        ring.PublishEvent(default);
        ring.PublishEvent(default);
        ring.Next();
        Assert.Equal(3, ring.UsedSlots);
        consumer.SetValue(0);
        Assert.Equal(2, ring.UsedSlots);
        Assert.Equal(2, ring.GetRemainingCapacity());
    }

    private static RingBuffer<TestSlot> NewRing(ProducerType producerType, Sequence? consumer = null)
    {
        var ring = RingBuffer<TestSlot>.Create(producerType, 4, new BlockingWaitStrategy());
        ring.AddGatingSequences(consumer ?? new Sequence());
        return ring;
    }
}
