using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class SingleProducerSequencerTests : SequencerTests
{
    internal override ISequencer NewSequencer(int bufferSize, IWaitStrategy waitStrategy) => new SingleProducerSequencer(bufferSize, waitStrategy);
}

public sealed class MultiProducerSequencerTests : SequencerTests
{
    internal override ISequencer NewSequencer(int bufferSize, IWaitStrategy waitStrategy) => new MultiProducerSequencer(bufferSize, waitStrategy);

    [Fact]
    public void A_gap_is_not_passed()
    {
        var sequencer = NewSequencer(8);
        var first = sequencer.Next();
        var second = sequencer.Next();
        var third = sequencer.Next();

        sequencer.Publish(third);
        sequencer.Publish(first);
        Assert.Equal(first, sequencer.GetHighestPublishedSequence(first, sequencer.Cursor));
        Assert.False(sequencer.IsAvailable(second));

        sequencer.Publish(second);
        Assert.Equal(third, sequencer.GetHighestPublishedSequence(first, sequencer.Cursor));
    }

    [Fact]
    public void A_slot_published_in_the_lap_before_does_not_look_published_in_this_lap()
    {
        var sequencer = NewSequencer(2);
        var consumer = new Sequence();
        sequencer.AddGatingSequences(consumer);
        sequencer.Publish(sequencer.Next(2) - 1, 1);
        consumer.SetValue(1);

        var sequence = sequencer.Next();
        Assert.Equal(2, sequence);
        Assert.False(sequencer.IsAvailable(sequence));
        Assert.True(sequencer.IsAvailable(1));
    }
}

/// <summary>What both sequencers promise, one test run for each.</summary>
public abstract class SequencerTests
{
    private readonly Sequence _consumer = new();

    internal abstract ISequencer NewSequencer(int bufferSize, IWaitStrategy waitStrategy);

    internal ISequencer NewSequencer(int bufferSize) => NewSequencer(bufferSize, new SpinThenBlockWaitStrategy());

    [Theory]
    [InlineData(0)]
    [InlineData(-8)]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_size_that_is_not_a_power_of_two_is_refused(int bufferSize)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(() => NewSequencer(bufferSize));
        Assert.Contains("power of two", exception.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(9)]
    public void A_claim_of_no_slot_or_of_more_than_the_ring_has_is_refused(int count)
    {
        var sequencer = NewSequencer(8);
        Assert.Throws<ArgumentOutOfRangeException>(() => sequencer.Next(count));
        Assert.Throws<ArgumentOutOfRangeException>(() => sequencer.TryNext(count, out _));
        Assert.Equal(-1, sequencer.ClaimedSequence);
    }

    [Fact]
    public void Sequences_start_at_zero_and_rise_by_one()
    {
        var sequencer = NewSequencer(8);
        Assert.Equal([0L, 1L, 2L], [sequencer.Next(), sequencer.Next(), sequencer.Next()]);
    }

    [Fact]
    public void A_claim_of_several_returns_the_highest()
    {
        var sequencer = NewSequencer(8);
        Assert.Equal(2, sequencer.Next(3));
        Assert.True(sequencer.TryNext(4, out var highest));
        Assert.Equal(6, highest);
        Assert.Equal(6, sequencer.ClaimedSequence);
    }

    [Fact]
    public void A_claimed_slot_is_not_readable_before_it_is_published()
    {
        var sequencer = NewSequencer(8);
        var barrier = sequencer.NewBarrier();
        var sequence = sequencer.Next();
        Assert.False(sequencer.IsAvailable(sequence));
        Assert.False(barrier.IsReached(sequence));

        sequencer.Publish(sequence);
        Assert.True(sequencer.IsAvailable(sequence));
        Assert.Equal(sequence, barrier.WaitFor(sequence).AvailableSequence);
    }

    [Fact]
    public void A_batch_is_readable_as_a_whole_once_published()
    {
        var sequencer = NewSequencer(8);
        var high = sequencer.Next(5);
        sequencer.Publish(high - 4, high);
        Assert.Equal(high, sequencer.NewBarrier().WaitFor(0).AvailableSequence);
    }

    [Fact]
    public void TryNext_fails_on_a_full_ring_and_claims_nothing()
    {
        var sequencer = NewFullSequencer(4);
        Assert.False(sequencer.TryNext(out _));
        Assert.Equal(3, sequencer.ClaimedSequence);

        _consumer.SetValue(0);
        Assert.True(sequencer.TryNext(out var sequence));
        Assert.Equal(4, sequence);
        Assert.False(sequencer.TryNext(out _));
    }

    [Fact]
    public void TryNext_of_several_takes_all_or_nothing()
    {
        var sequencer = NewFullSequencer(4);
        _consumer.SetValue(1);
        Assert.False(sequencer.TryNext(3, out _));
        Assert.True(sequencer.TryNext(2, out var highest));
        Assert.Equal(5, highest);
    }

    [Fact]
    public void Remaining_capacity_counts_what_the_slowest_consumer_has_not_passed()
    {
        var sequencer = NewSequencer(8);
        var slow = new Sequence();
        sequencer.AddGatingSequences(_consumer, slow);
        Assert.Equal(8, sequencer.GetRemainingCapacity());

        sequencer.Publish(sequencer.Next(5) - 4, 4);
        _consumer.SetValue(4);
        slow.SetValue(1);
        Assert.Equal(5, sequencer.GetRemainingCapacity());
        Assert.True(sequencer.RemoveGatingSequence(slow));
        Assert.Equal(8, sequencer.GetRemainingCapacity());
        Assert.False(sequencer.RemoveGatingSequence(slow));
    }

    [Fact]
    public void A_gating_sequence_added_later_starts_at_the_cursor()
    {
        var sequencer = NewSequencer(4);
        for (var index = 0; index < 10; index++)
            sequencer.Publish(sequencer.Next());

        sequencer.AddGatingSequences(_consumer);
        Assert.Equal(9, _consumer.Value);
        Assert.True(sequencer.TryNext(4, out _));
        Assert.False(sequencer.TryNext(out _));
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Strategies), MemberType = typeof(TestPipelines))]
    public void A_producer_of_a_full_ring_waits_for_the_slowest_consumer(string strategy)
    {
        var sequencer = NewFullSequencer(4, strategy);
        var claimed = -1L;
        var producer = TestPipelines.StartThread("producer", () => Volatile.Write(ref claimed, sequencer.Next(2)));
        GiveOthersAChance();
        Assert.Equal(3, sequencer.ClaimedSequence);

        Advance(sequencer, 0);
        GiveOthersAChance();
        Assert.Equal(-1, Volatile.Read(ref claimed));

        Advance(sequencer, 1);
        Eventually.Ends(producer);
        Assert.Equal(5, claimed);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Strategies), MemberType = typeof(TestPipelines))]
    public void Closing_releases_a_waiting_producer_with_an_exception(string strategy)
    {
        var sequencer = NewFullSequencer(4, strategy);
        Exception? thrown = null;
        var producer = TestPipelines.StartThread("producer", () => thrown = Record.Exception(() => sequencer.Next()));
        GiveOthersAChance();

        sequencer.Close();
        Eventually.Ends(producer);
        Assert.Null(Assert.IsType<PipelineStoppedException>(thrown).Failure);
        Assert.Equal(3, sequencer.ClaimedSequence);
    }

    [Fact]
    public void A_closed_sequencer_refuses_every_claim_and_still_publishes_what_was_claimed()
    {
        var sequencer = NewSequencer(8);
        sequencer.AddGatingSequences(_consumer);
        var sequence = sequencer.Next();
        sequencer.Close();
        sequencer.Close();

        Assert.Throws<PipelineStoppedException>(() => sequencer.Next());
        Assert.Throws<PipelineStoppedException>(() => sequencer.Next(2));
        Assert.Throws<PipelineStoppedException>(() => sequencer.TryNext(out _));
        Assert.Throws<PipelineStoppedException>(() => sequencer.TryNext(3, out _));
        Assert.Equal(sequence, sequencer.ClaimedSequence);
        Assert.Equal(7, sequencer.GetRemainingCapacity());

        sequencer.Publish(sequence);
        Assert.Equal(sequence, sequencer.NewBarrier().WaitFor(sequence).AvailableSequence);
    }

    [Fact]
    public void A_refused_producer_learns_the_failure()
    {
        var failure = new PipelineFailure("commands", "core", 42, new InvalidOperationException("books do not balance"));
        var sequencer = NewSequencer(8);
        sequencer.Halt(failure);

        var exception = Assert.Throws<PipelineStoppedException>(() => sequencer.Next());
        Assert.Same(failure, exception.Failure);
        Assert.Equal(
            "The pipeline has stopped. Handler 'core' of pipeline 'commands' failed at sequence 42: InvalidOperationException: books do not balance",
            exception.Message);
    }

    [Fact]
    public void Halting_alerts_every_barrier_also_those_made_later()
    {
        var sequencer = NewSequencer(8);
        var before = sequencer.NewBarrier();
        sequencer.Halt();
        Assert.True(before.WaitFor(0).IsAlerted);
        Assert.True(sequencer.NewBarrier().WaitFor(0).IsAlerted);
    }

    private static void GiveOthersAChance() => Thread.Sleep(5);

    private ISequencer NewFullSequencer(int bufferSize, string strategy = "SpinThenBlock")
    {
        var sequencer = NewSequencer(bufferSize, TestPipelines.NewWaitStrategy(strategy));
        sequencer.AddGatingSequences(_consumer);
        sequencer.Publish(sequencer.Next(bufferSize) - bufferSize + 1, bufferSize - 1);
        return sequencer;
    }

    private void Advance(ISequencer sequencer, long sequence)
    {
        _consumer.SetValue(sequence);
        sequencer.SignalAllWhenBlocking();
    }
}
