using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class SequenceBarrierTests
{
    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal void A_waiting_thread_goes_on_when_the_slot_is_published(ProducerType producerType, string strategy)
    {
        var ring = NewRing(producerType, strategy);
        var result = SequenceWaitResult.Alerted;
        var barrier = ring.NewBarrier();
        var waiter = TestPipelines.StartThread("waiter", () => result = barrier.WaitFor(1));

        ring.PublishEvent(default);
        Thread.Sleep(2);
        ring.PublishEvent(default);
        Eventually.Ends(waiter);
        Assert.Equal(1, result.AvailableSequence);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal void An_alert_ends_waiting_and_can_be_cleared(ProducerType producerType, string strategy)
    {
        var ring = NewRing(producerType, strategy);
        var barrier = ring.NewBarrier();
        var result = default(SequenceWaitResult);
        var waiter = TestPipelines.StartThread("waiter", () => result = barrier.WaitFor(0));
        Thread.Sleep(2);
        barrier.Alert();
        Eventually.Ends(waiter);
        Assert.True(result.IsAlerted);
        Assert.True(barrier.IsAlerted);

        barrier.ClearAlert();
        ring.PublishEvent(default);
        Assert.Equal(0, barrier.WaitFor(0).AvailableSequence);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Strategies), MemberType = typeof(TestPipelines))]
    public void The_slowest_dependency_decides(string strategy)
    {
        var ring = NewRing(ProducerType.Single, strategy);
        var first = new Sequence();
        var second = new Sequence();
        var barrier = ring.NewBarrier(first, second);
        var result = SequenceWaitResult.Alerted;
        var waiter = TestPipelines.StartThread("waiter", () => result = barrier.WaitFor(2));
        ring.Publish(ring.Next(4) - 3, 3);
        first.SetValue(3);
        ring.SignalAllWhenBlocking();
        Thread.Sleep(2);
        Assert.False(barrier.IsReached(2));

        second.SetValue(2);
        ring.SignalAllWhenBlocking();
        Eventually.Ends(waiter);
        Assert.Equal(2, result.AvailableSequence);
    }

    [Fact]
    public void What_was_reached_is_reported_in_spite_of_an_alert()
    {
        var ring = NewRing(ProducerType.Multi, "SpinThenBlock");
        var barrier = ring.NewBarrier();
        ring.PublishEvent(default);
        ring.Halt();
        Assert.Equal(0, barrier.WaitFor(0).AvailableSequence);
        Assert.True(barrier.WaitFor(1).IsAlerted);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Strategies), MemberType = typeof(TestPipelines))]
    public void A_thread_behind_a_gap_waits_until_the_gap_is_closed(string strategy)
    {
        var ring = NewRing(ProducerType.Multi, strategy);
        var barrier = ring.NewBarrier();
        var gap = ring.Next();
        var later = ring.Next();
        ring.Publish(later);
        var result = SequenceWaitResult.Alerted;
        var waiter = TestPipelines.StartThread("waiter", () => result = barrier.WaitFor(gap));
        Thread.Sleep(2);
        Assert.False(barrier.IsReached(gap));

        ring.Publish(gap);
        Eventually.Ends(waiter);
        Assert.Equal(later, result.AvailableSequence);
    }

    [Fact]
    public void More_threads_than_expected_can_sleep_and_each_wakes_at_its_own_sequence()
    {
        const int waiters = 40;
        var ring = NewRing(ProducerType.Single, "Blocking");
        var woken = 0;
        var threads = new Thread[waiters];
        for (var index = 0; index < waiters; index++)
        {
            var barrier = ring.NewBarrier();
            var sequence = index;
            threads[index] = TestPipelines.StartThread("waiter", () =>
            {
                Assert.Equal(sequence, Math.Min(sequence, barrier.WaitFor(sequence).AvailableSequence));
                Interlocked.Increment(ref woken);
            });
        }

        for (var published = 1; published <= waiters; published++)
        {
            ring.PublishEvent(default);
            Eventually.Holds(() => Volatile.Read(ref woken) >= published, $"{published} threads are awake");
            Assert.Equal(published, Volatile.Read(ref woken));
        }

        Array.ForEach(threads, Eventually.Ends);
    }

    private static RingBuffer<TestSlot> NewRing(ProducerType producerType, string strategy) =>
        RingBuffer<TestSlot>.Create(producerType, 64, TestPipelines.NewWaitStrategy(strategy));
}
