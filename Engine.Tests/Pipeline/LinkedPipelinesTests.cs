using CopyEngine.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Pipeline;

/// <summary>Two rings as in the engine: the core reads commands and publishes events, which leave once the journaler has passed their command.</summary>
public sealed class LinkedPipelinesTests : IAsyncDisposable
{
    private readonly EventPipeline<TestSlot> _commands = new("commands", 64, ProducerType.Multi);
    private readonly EventPipeline<TestSlot> _events = new("events", 8, ProducerType.Single);
    private readonly List<PipelineFailure> _reports = [];

    public LinkedPipelinesTests()
    {
        _commands.HaltWith(_events);
        _events.HaltWith(_commands);
        _commands.Failed += _reports.Add;
        _events.Failed += _reports.Add;
    }

    public async ValueTask DisposeAsync()
    {
        await _commands.DisposeAsync();
        await _events.DisposeAsync();
    }

    [Fact]
    public async Task Events_leave_only_after_the_journaler_and_all_of_them_on_shutdown()
    {
        const int count = 5_000;
        var journaler = new LambdaHandler("journaler", (ref _, _, _) => { }) { MaxBatchSize = 7 };
        _commands.HandleEventsWith(journaler, NewCore());
        var durable = _commands.GetBarrierFor(journaler);
        var outside = new LambdaHandler("outside", (ref slot, _, _) => Assert.True(_commands.GetSequenceFor(journaler).Value >= slot.Value));
        var last = new CountingHandler("last");
        _events.HandleEventsWith(new LambdaHandler("durability", (ref slot, _, _) => Assert.False(durable.WaitFor(slot.Value).IsAlerted))).Then(outside, last);
        Start();
        for (var value = 0; value < count; value++)
            _commands.RingBuffer.PublishEvent(default);

        Assert.True(await _commands.DrainAsync(Eventually.Deadline), _commands.Failure?.ToString());
        Assert.True(await _events.DrainAsync(Eventually.Deadline), _events.Failure?.ToString());
        Assert.Equal(2 * count, last.Count);
    }

    [Fact]
    public async Task A_failure_behind_a_full_event_ring_releases_the_core_and_its_producers_and_is_reported_once()
    {
        using var gate = new ManualResetEventSlim();
        _commands.HandleEventsWith(NewCore());
        _events.HandleEventsWith(new LambdaHandler("redis", (ref _, _, _) =>
        {
            gate.Wait();
            throw new InvalidOperationException("a bug");
        }));
        Start();
        Exception? refusal = null;
        var producer = TestPipelines.StartThread("producer", () => refusal = Record.Exception(PublishForever));
        Eventually.Holds(() => _events.RingBuffer.GetRemainingCapacity() == 0, "the event ring is full");
        Eventually.Holds(() => _commands.RingBuffer.GetRemainingCapacity() == 0, "the command ring is full");
        gate.Set();

        Eventually.Ends(producer);
        await BothEndAsync();
        var failure = Assert.Single(_reports);
        Assert.Equal(("events", "redis", 0), (failure.Pipeline, failure.Handler, failure.Sequence));
        Assert.Same(failure, _commands.Failure);
        Assert.Same(failure, Assert.IsType<PipelineStoppedException>(refusal).Failure);
    }

    [Fact]
    public async Task A_failure_of_the_core_halts_the_events_and_whoever_waits_for_the_journaler()
    {
        using var gate = new ManualResetEventSlim();
        using var isWaiting = new ManualResetEventSlim();
        var journaler = new LambdaHandler("journaler", (ref _, _, _) => gate.Wait());
        var core = new LambdaHandler("core", (ref _, _, _) =>
        {
            _events.RingBuffer.PublishEvent(default);
            isWaiting.Wait();
            throw new InvalidOperationException("a bug");
        });
        _commands.HandleEventsWith(journaler, core);
        var durable = _commands.GetBarrierFor(journaler);
        var wasReleased = false;
        _events.HandleEventsWith(new LambdaHandler("durability", (ref slot, _, _) =>
        {
            isWaiting.Set();
            wasReleased = durable.WaitFor(slot.Value).IsAlerted;
        }));
        Start();
        _commands.RingBuffer.PublishEvent(default);

        await _events.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        gate.Set();
        await BothEndAsync();
        var failure = Assert.Single(_reports);
        Assert.Equal(("commands", "core", 0), (failure.Pipeline, failure.Handler, failure.Sequence));
        Assert.Same(failure, _events.Failure);
        Assert.True(wasReleased);
    }

    [Fact]
    public async Task Halting_both_from_outside_is_no_failure_even_if_the_core_is_blocked()
    {
        using var gate = new ManualResetEventSlim();
        _commands.HandleEventsWith(NewCore());
        _events.HandleEventsWith(new LambdaHandler("redis", (ref _, _, _) => gate.Wait()));
        Start();
        for (var value = 0; value < 20; value++)
            _commands.RingBuffer.PublishEvent(default);
        Eventually.Holds(() => _events.RingBuffer.GetRemainingCapacity() == 0, "the event ring is full");

        _commands.Halt();
        _events.Halt();
        gate.Set();
        await BothEndAsync();
        Assert.Empty(_reports);
        Assert.Null(_commands.Failure);
    }

    [Fact]
    public async Task A_core_whose_events_are_refused_in_good_order_has_failed()
    {
        _commands.HandleEventsWith(NewCore());
        _events.HandleEventsWith(new CountingHandler("redis"));
        Start();
        Assert.True(await _events.DrainAsync(Eventually.Deadline));
        _commands.RingBuffer.PublishEvent(default);
        await BothEndAsync();
        Assert.Equal("core", Assert.Single(_reports).Handler);
    }

    private LambdaHandler NewCore() => new("core", (ref _, sequence, _) =>
    {
        _events.RingBuffer.PublishEvent(new TestSlot { Value = sequence });
        _events.RingBuffer.PublishEvent(new TestSlot { Value = sequence });
    });

    private void Start()
    {
        _events.Start();
        _commands.Start();
    }

    private void PublishForever()
    {
        while (true)
            _commands.RingBuffer.PublishEvent(default);
    }

    private async Task BothEndAsync()
    {
        await _commands.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
        await _events.Completion.WaitAsync(Eventually.Deadline, TestContext.Current.CancellationToken);
    }
}
