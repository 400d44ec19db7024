using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class PipelineFailureTests
{
    private const int BufferSize = 16;

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task A_handler_that_throws_stops_the_pipeline_and_names_itself_and_the_sequence(ProducerType producerType, string strategy)
    {
        await using var pipeline = TestPipelines.New(BufferSize, producerType, strategy, "commands");
        var bug = new InvalidOperationException("books do not balance");
        var seen = new List<long>();
        var reports = new List<PipelineFailure>();
        var later = new CountingHandler("later");
        pipeline.Failed += reports.Add;
        pipeline.HandleEventsWith(new CountingHandler("beside"), NewFailing("core", bug, failsAt: 40, seen)).Then(later);
        pipeline.Start();

        var refusals = new List<PipelineStoppedException>();
        Array.ForEach(StartProducers(pipeline.RingBuffer, 1, refusals), Eventually.Ends);
        await pipeline.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

        var failure = Assert.Single(reports);
        Assert.Equal(new PipelineFailure("commands", "core", 40, bug), failure);
        Assert.Same(failure, pipeline.Failure);
        Assert.Same(failure, Assert.Single(refusals).Failure);
        Assert.Equal(Enumerable.Range(0, 41).Select(sequence => (long)sequence), seen);
        Assert.True(later.Count <= 40, "a later stage saw the slot at which the earlier one failed");
        Assert.False(await pipeline.DrainAsync(Eventually.Deadline));
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Strategies), MemberType = typeof(TestPipelines))]
    public async Task Producers_blocked_on_a_full_ring_are_released_by_a_failure(string strategy)
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Multi, strategy);
        using var gate = new ManualResetEventSlim();
        pipeline.HandleEventsWith(new LambdaHandler("gated", (ref _, _, _) =>
        {
            gate.Wait();
            throw new InvalidOperationException("a bug");
        }));
        pipeline.Start();
        var refusals = new List<PipelineStoppedException>();
        var producers = StartProducers(pipeline.RingBuffer, 3, refusals);
        Eventually.Holds(() => pipeline.RingBuffer.GetRemainingCapacity() == 0, "the ring is full");
        gate.Set();

        Array.ForEach(producers, Eventually.Ends);
        Assert.Equal(3, refusals.Count);
        Assert.All(refusals, refusal => Assert.Equal("gated", refusal.Failure!.Handler));
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task Halting_from_outside_releases_blocked_producers_without_a_failure(ProducerType producerType, string strategy)
    {
        await using var pipeline = TestPipelines.New(BufferSize, producerType, strategy);
        using var gate = new ManualResetEventSlim();
        using var hasEvent = new ManualResetEventSlim();
        var handled = 0;
        pipeline.HandleEventsWith(new LambdaHandler("gated", (ref _, _, _) =>
        {
            hasEvent.Set();
            gate.Wait();
            handled++;
        }));
        pipeline.Start();
        var refusals = new List<PipelineStoppedException>();
        var producers = StartProducers(pipeline.RingBuffer, 1, refusals);
        Eventually.Holds(() => pipeline.RingBuffer.GetRemainingCapacity() == 0, "the ring is full");
        hasEvent.Wait(TestContext.Current.CancellationToken);

        pipeline.Halt();
        Array.ForEach(producers, Eventually.Ends);
        gate.Set();
        await pipeline.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        Assert.Null(Assert.Single(refusals).Failure);
        Assert.Null(pipeline.Failure);
        Assert.Equal(1, handled);
    }

    [Fact]
    public async Task The_sequence_of_a_failed_stage_does_not_include_the_unfinished_batch()
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock");
        var journaler = NewFailing("journaler", new IOException("disk full"), failsAt: 5, []);
        pipeline.HandleEventsWith(journaler);
        pipeline.RingBuffer.Publish(pipeline.RingBuffer.Next(8) - 7, 7);
        pipeline.Start();
        await pipeline.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);

        Assert.Equal(5, pipeline.Failure!.Sequence);
        Assert.Equal(Sequence.InitialValue, pipeline.GetSequenceFor(journaler).Value);
    }

    [Fact]
    public async Task Of_two_failures_only_the_first_is_reported_and_every_handler_is_shut_down()
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock");
        var reports = 0;
        var shutdowns = 0;
        using var meeting = new Barrier(2);
        pipeline.Failed += _ => Interlocked.Increment(ref reports);
        LambdaHandler Failing(string name) => new(name, (ref _, _, _) =>
        {
            meeting.SignalAndWait(Eventually.Deadline);
            throw new InvalidOperationException(name);
        })
        {
            Stopped = () => Interlocked.Increment(ref shutdowns),
        };
        pipeline.HandleEventsWith(Failing("one"), Failing("two"));
        pipeline.Start();
        pipeline.RingBuffer.PublishEvent(default);
        await pipeline.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        Assert.Equal((1, 2), (reports, shutdowns));
    }

    [Fact]
    public async Task A_failure_to_start_to_idle_or_to_shut_down_is_fatal_too()
    {
        static void Throw() => throw new InvalidOperationException("a bug");
        static LambdaHandler.Handle Ignore() => (ref _, _, _) => { };
        await FailsAsync(new LambdaHandler("start", Ignore()) { Started = Throw });
        await FailsAsync(new LambdaHandler("idle", Ignore()) { Idle = Throw });
        await FailsAsync(new LambdaHandler("shutdown", Ignore()) { Stopped = Throw });
    }

    private static async Task FailsAsync(LambdaHandler handler)
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock");
        pipeline.HandleEventsWith(handler);
        pipeline.Start();
        if (handler.Name == "idle")
            Eventually.Holds(() => pipeline.Failure is not null, "the handler was idle");
        Assert.False(await pipeline.DrainAsync(Eventually.Deadline));
        Assert.Equal((handler.Name, Sequence.InitialValue), (pipeline.Failure?.Handler, pipeline.Failure?.Sequence));
    }

    private static LambdaHandler NewFailing(string name, Exception exception, long failsAt, List<long> seen) => new(name, (ref _, sequence, _) =>
    {
        seen.Add(sequence);
        if (sequence == failsAt)
            throw exception;
    });

    private static void PublishForever(RingBuffer<TestSlot> ring)
    {
        while (true)
            ring.PublishEvent(default);
    }

    private static Thread[] StartProducers(RingBuffer<TestSlot> ring, int count, List<PipelineStoppedException> refusals) =>
        Enumerable.Range(0, count).Select(_ => TestPipelines.StartThread("producer", () =>
        {
            var refusal = Assert.Throws<PipelineStoppedException>(() => PublishForever(ring));
            lock (refusals)
                refusals.Add(refusal);
        })).ToArray();
}
