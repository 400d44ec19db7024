using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

public sealed class EventPipelineTests
{
    private const int BufferSize = 64;

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task Every_slot_is_handled_once_and_in_order_over_many_laps(ProducerType producerType, string strategy)
    {
        const long count = (BufferSize * 300) + 17;
        await using var pipeline = TestPipelines.New(BufferSize, producerType, strategy);
        var handler = new CountingHandler("counter");
        pipeline.HandleEventsWith(handler);
        pipeline.Start();

        for (var value = 0L; value < count; value++)
            pipeline.RingBuffer.PublishEvent(new TestSlot { Value = value });

        Assert.True(await pipeline.DrainAsync(Eventually.Deadline));
        Assert.Equal(count, handler.Count);
        Assert.Equal(TestPipelines.ChecksumOf(count), handler.Checksum);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task Batches_of_claims_arrive_complete_and_in_order(ProducerType producerType, string strategy)
    {
        const int batches = 500;
        await using var pipeline = TestPipelines.New(BufferSize, producerType, strategy);
        var handler = new CountingHandler("counter");
        pipeline.HandleEventsWith(handler);
        pipeline.Start();

        var count = 0L;
        for (var batch = 0; batch < batches; batch++)
            count += PublishBatch(pipeline.RingBuffer, 1 + (batch % BufferSize));

        Assert.True(await pipeline.DrainAsync(Eventually.Deadline));
        Assert.Equal(count, handler.Count);
        Assert.Equal(TestPipelines.ChecksumOf(count), handler.Checksum);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task A_full_ring_makes_the_producer_wait_and_nothing_is_overwritten(ProducerType producerType, string strategy)
    {
        const int count = BufferSize + 10;
        await using var pipeline = TestPipelines.New(BufferSize, producerType, strategy);
        using var gate = new ManualResetEventSlim();
        var seen = new List<long>();
        pipeline.HandleEventsWith(new LambdaHandler("gated", (ref slot, _, _) =>
        {
            gate.Wait();
            seen.Add(slot.Value);
        }));
        pipeline.Start();

        var published = 0;
        var producer = TestPipelines.StartThread("producer", () =>
        {
            for (var value = 0; value < count; value++)
            {
                pipeline.RingBuffer.PublishEvent(new TestSlot { Value = value });
                Interlocked.Increment(ref published);
            }
        });
        Eventually.Holds(() => Volatile.Read(ref published) == BufferSize, "the ring is full");
        Thread.Sleep(5);
        Assert.Equal(BufferSize, Volatile.Read(ref published));
        Assert.Equal(BufferSize, pipeline.RingBuffer.UsedSlots);
        gate.Set();
        Eventually.Ends(producer);

        Assert.True(await pipeline.DrainAsync(Eventually.Deadline));
        Assert.Equal(Enumerable.Range(0, count).Select(value => (long)value), seen);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task A_slow_consumer_misses_nothing_and_is_never_lapped(ProducerType producerType, string strategy)
    {
        const long count = BufferSize * 20;
        await using var pipeline = TestPipelines.New(BufferSize, producerType, strategy);
        var fast = new CountingHandler("fast");
        var slowCount = 0L;
        pipeline.HandleEventsWith(fast, new LambdaHandler("slow", (ref slot, sequence, _) =>
        {
            if (sequence % 100 == 0)
                Thread.Sleep(1);
            Assert.Equal(sequence, slot.Value);
            Assert.InRange(pipeline.RingBuffer.ClaimedSequence - sequence, 0, BufferSize);
            slowCount++;
        }));
        pipeline.Start();
        for (var value = 0L; value < count; value++)
            pipeline.RingBuffer.PublishEvent(new TestSlot { Value = value });

        Assert.True(await pipeline.DrainAsync(Eventually.Deadline));
        Assert.Equal(count, slowCount);
        Assert.Equal(count, fast.Count);
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Strategies), MemberType = typeof(TestPipelines))]
    public async Task Of_several_producers_every_value_arrives_once_and_each_in_its_order(string strategy)
    {
        const int producers = 4;
        const int perProducer = 3_000;
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Multi, strategy);
        var next = new long[producers];
        pipeline.HandleEventsWith(new LambdaHandler("checker", (ref slot, _, _) => Assert.Equal(next[slot.Producer]++, slot.Value)));
        pipeline.Start();

        var threads = Enumerable.Range(0, producers)
            .Select(producer => TestPipelines.StartThread("producer", () => PublishValues(pipeline.RingBuffer, producer, perProducer))).ToArray();
        Array.ForEach(threads, Eventually.Ends);

        Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());
        Assert.All(next, values => Assert.Equal(perProducer, values));
    }

    [Theory]
    [MemberData(nameof(TestPipelines.Combinations), MemberType = typeof(TestPipelines))]
    internal async Task A_later_stage_sees_a_slot_only_after_every_earlier_one(ProducerType producerType, string strategy)
    {
        const long count = BufferSize * 30;
        await using var pipeline = TestPipelines.New(BufferSize, producerType, strategy);
        var last = new CountingHandler("last");
        pipeline
            .HandleEventsWith(
                new LambdaHandler("first", (ref slot, sequence, _) => slot.FirstMark = sequence + 1),
                new LambdaHandler("second", (ref slot, sequence, _) => slot.SecondMark = sequence + 2))
            .Then(new LambdaHandler("third", (ref slot, sequence, _) =>
            {
                Assert.Equal((sequence + 1, sequence + 2), (slot.FirstMark, slot.SecondMark));
                slot.Value = sequence;
            }))
            .Then(last);
        pipeline.Start();
        for (var value = 0L; value < count; value++)
            pipeline.RingBuffer.PublishEvent(new TestSlot { Value = -1 });

        Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());
        Assert.Equal(TestPipelines.ChecksumOf(count), last.Checksum);
    }

    [Fact]
    public async Task Stages_of_one_group_run_side_by_side()
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock");
        using var meeting = new Barrier(3);
        LambdaHandler Meet(string name) => new(name, (ref _, _, _) => Assert.True(meeting.SignalAndWait(Eventually.Deadline)));
        pipeline.HandleEventsWith(Meet("first"), Meet("second"), Meet("third"));
        pipeline.Start();
        pipeline.RingBuffer.PublishEvent(default);
        Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());
    }

    [Fact]
    public async Task Groups_can_be_joined_and_continued_from_handlers()
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock");
        var journaler = new CountingHandler("journaler");
        var core = new CountingHandler("core");
        var publisher = new LambdaHandler("publisher", (ref _, sequence, _) =>
        {
            Assert.True(journaler.Count > sequence);
            Assert.True(core.Count > sequence);
        });
        pipeline.HandleEventsWith(journaler).And(pipeline.HandleEventsWith(core)).Then(publisher);
        pipeline.After(publisher).Then(new LambdaHandler("after", (ref _, sequence, _) => Assert.True(pipeline.GetSequenceFor(publisher).Value >= sequence)));
        pipeline.Start();
        for (var value = 0; value < 1_000; value++)
            pipeline.RingBuffer.PublishEvent(default);
        Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());
    }

    [Fact]
    public async Task The_sequence_of_a_stage_moves_at_the_end_of_a_batch_and_batches_are_bounded()
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock");
        var ends = new List<long>();
        LambdaHandler? handler = null;
        handler = new LambdaHandler("batcher", (ref _, sequence, endOfBatch) =>
        {
            Assert.Equal((sequence / 4 * 4) - 1, pipeline.GetSequenceFor(handler!).Value);
            if (endOfBatch)
                ends.Add(sequence);
        })
        {
            MaxBatchSize = 4,
        };
        pipeline.HandleEventsWith(handler);
        PublishBatch(pipeline.RingBuffer, 10);
        pipeline.Start();
        Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());
        Assert.Equal([3L, 7L, 9L], ends);
    }

    [Fact]
    public async Task A_handler_is_started_told_when_it_has_caught_up_and_shut_down_on_its_named_thread()
    {
        await using var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock", "commands");
        var calls = new List<string>();
        void Note(string call) => calls.Add($"{call} on {Thread.CurrentThread.Name}");
        var handler = new LambdaHandler("core", (ref _, sequence, _) => Note($"event {sequence}"))
        {
            Started = () => Note("start"),
            Idle = () => Note("idle"),
            Stopped = () => Note("shutdown"),
        };
        pipeline.HandleEventsWith(handler);
        PublishBatch(pipeline.RingBuffer, 2);
        pipeline.Start();
        Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());

        var withoutIdle = calls.FindAll(call => !call.StartsWith("idle", StringComparison.Ordinal));
        Assert.Equal(["start on commands:core", "event 0 on commands:core", "event 1 on commands:core", "shutdown on commands:core"], withoutIdle);
        Assert.DoesNotContain("idle on commands:core", calls[..3]);
    }

    [Fact]
    public async Task A_readonly_struct_can_be_a_handler()
    {
        await using var pipeline = new EventPipeline<TestSlot>("test", BufferSize, ProducerType.Single);
        var counter = new CountingHandler("counter");
        var handler = new StructHandler(counter);
        pipeline.HandleEventsWith(handler);
        pipeline.Start();
        pipeline.RingBuffer.PublishEvent(default);
        Assert.True(await pipeline.DrainAsync(Eventually.Deadline), pipeline.Failure?.ToString());
        Assert.Equal(1, counter.Count);
        Assert.Equal(0, pipeline.GetSequenceFor(handler).Value);
    }

    [Fact]
    public void A_wrong_graph_is_refused()
    {
        var pipeline = TestPipelines.New(BufferSize, ProducerType.Single, "SpinThenBlock");
        var handler = new CountingHandler("counter");
        Assert.Contains("no handlers", Assert.Throws<InvalidOperationException>(pipeline.Start).Message);
        Assert.Contains("mutable struct", Assert.Throws<ArgumentException>(() => pipeline.HandleEventsWith(default(MutableHandler))).Message);
        pipeline.HandleEventsWith(handler);
        Assert.Contains("in pipeline", Assert.Throws<ArgumentException>(() => pipeline.HandleEventsWith(handler)).Message);
        Assert.Contains("not added", Assert.Throws<ArgumentException>(() => pipeline.GetSequenceFor(new CountingHandler("other"))).Message);
        pipeline.RingBuffer.PublishEvent(default);
        Assert.Contains("before anything", Assert.Throws<InvalidOperationException>(() => pipeline.HandleEventsWith(new CountingHandler("late"))).Message);
        pipeline.Halt();
        Assert.Contains("build a new one", Assert.Throws<InvalidOperationException>(pipeline.Start).Message);
        Assert.True(pipeline.Completion.IsCompletedSuccessfully);
    }

    private static int PublishBatch(RingBuffer<TestSlot> ring, int size)
    {
        var high = ring.Next(size);
        for (var sequence = high - size + 1; sequence <= high; sequence++)
            ring[sequence].Value = sequence;
        ring.Publish(high - size + 1, high);
        return size;
    }

    private static void PublishValues(RingBuffer<TestSlot> ring, int producer, int count)
    {
        for (var value = 0; value < count; value++)
            ring.PublishEvent(new TestSlot { Producer = producer, Value = value });
    }

    private readonly struct StructHandler(CountingHandler inner) : IEventHandler<TestSlot>
    {
        public void OnEvent(ref TestSlot slot, long sequence, bool endOfBatch) => inner.OnEvent(ref slot, sequence, endOfBatch);
    }

    private struct MutableHandler : IEventHandler<TestSlot>
    {
        public long Count;

        public void OnEvent(ref TestSlot slot, long sequence, bool endOfBatch) => Count++;
    }
}
