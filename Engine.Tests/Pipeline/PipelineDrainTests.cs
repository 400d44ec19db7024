using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class PipelineDrainTests
{
    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task Draining_handles_everything_that_was_published_and_ends_the_threads(ProducerType producerType, string strategy)
    {
        await using var pipeline = TestPipelines.New(1024, producerType, strategy);
        using var gate = new ManualResetEventSlim();
        var first = new CountingHandler("first");
        var last = new CountingHandler("last");
        pipeline.HandleEventsWith(first).Then(new LambdaHandler("gated", (ref _, _, _) => gate.Wait())).Then(last);
        pipeline.Start();
        for (var value = 0; value < 1000; value++)
            pipeline.RingBuffer.PublishEvent(default);

        var drain = pipeline.DrainAsync(Eventually.Deadline);
        Assert.Throws<PipelineStoppedException>(() => pipeline.RingBuffer.TryPublishEvent(default));
        Assert.False(drain.IsCompleted);
        gate.Set();

        Assert.True(await drain);
        Assert.Equal((1000, 1000), (first.Count, last.Count));
        Assert.True(pipeline.Completion.IsCompletedSuccessfully);
        Assert.Equal(0, pipeline.RingBuffer.UsedSlots);
    }

    [Theory]
    [InlineData(ProducerType.Single, 1)]
    [InlineData(ProducerType.Multi, 3)]
    internal async Task What_producers_publish_while_draining_begins_is_either_handled_or_refused(ProducerType producerType, int producers)
    {
        for (var round = 0; round < 60; round++)
        {
            await using var pipeline = TestPipelines.New(16, producerType, "SpinThenBlock");
            var handler = new CountingHandler("counter");
            pipeline.HandleEventsWith(handler);
            pipeline.Start();
            var published = 0L;
            var threads = Enumerable.Range(0, producers)
                .Select(_ => TestPipelines.StartThread("producer", () => PublishUntilRefused(pipeline.RingBuffer, ref published))).ToArray();
            Eventually.Holds(() => handler.Count > round * 20, "the producers are at work");

            Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());
            Array.ForEach(threads, Eventually.Ends);
            Assert.Equal(Volatile.Read(ref published), handler.Count);
        }
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_says_so_and_halts()
    {
        await using var pipeline = TestPipelines.New(16, ProducerType.Single, "SpinThenBlock");
        using var gate = new ManualResetEventSlim();
        pipeline.HandleEventsWith(new LambdaHandler("stuck", (ref _, _, _) => gate.Wait()));
        pipeline.Start();
        pipeline.RingBuffer.PublishEvent(default);
        pipeline.RingBuffer.PublishEvent(default);

        Assert.False(await pipeline.DrainAsync(TimeSpan.FromMilliseconds(20)));
        Assert.False(pipeline.Completion.IsCompleted);
        gate.Set();
        await pipeline.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        Assert.Null(pipeline.Failure);
    }

    [Fact]
    public async Task Draining_an_idle_pipeline_ends_it_at_once_and_twice_is_harmless()
    {
        await using var pipeline = TestPipelines.New(16, ProducerType.Multi, "Blocking");
        pipeline.HandleEventsWith(new CountingHandler("counter"));
        pipeline.Start();
        Assert.True(await pipeline.DrainAsync(Eventually.Deadline));
        Assert.True(await pipeline.DrainAsync(Eventually.Deadline));
    }

    private static void PublishUntilRefused(RingBuffer<TestSlot> ring, ref long published)
    {
        try
        {
            while (true)
            {
                ring.PublishEvent(default);
                Interlocked.Increment(ref published);
            }
        }
        catch (PipelineStoppedException)
        {
        }
    }
}
