namespace CopyEngine.Pipeline;

/// <summary>
/// A ring and the stages that read it, each on a thread of its own. Handlers are declared in the order in which they
/// see a slot: <c>pipeline.HandleEventsWith(journaler, core).Then(publisher); pipeline.Start();</c>
/// A handler that throws stops the whole pipeline, and with it the pipelines linked by <see cref="HaltWith"/>.
/// </summary>
internal sealed class EventPipeline<T> : IPipeline, IAsyncDisposable where T : struct
{
    private static readonly TimeSpan DrainPollInterval = TimeSpan.FromMilliseconds(1);

    private readonly Lock _gate = new();
    private readonly List<Stage> _stages = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipelineFailure? _failure;
    private int _runningThreads;
    private bool _isStarted;
    private bool _isHalted;

    /// <param name="name">Appears in thread names and failures.</param>
    /// <param name="bufferSize">Number of slots, a power of two.</param>
    /// <param name="producerType">Whether more than one thread publishes.</param>
    /// <param name="waitStrategy">An instance for this ring alone; <see cref="SpinThenBlockWaitStrategy"/> when not given.</param>
    public EventPipeline(string name, int bufferSize, ProducerType producerType, IWaitStrategy? waitStrategy = null)
    {
        Name = name;
        RingBuffer = RingBuffer<T>.Create(producerType, bufferSize, waitStrategy ?? new SpinThenBlockWaitStrategy());
    }

    public event Action<PipelineFailure>? Failed;

    public string Name { get; }

    public RingBuffer<T> RingBuffer { get; }

    public PipelineFailure? Failure => Volatile.Read(ref _failure);

    public Task Completion => _completion.Task;

    /// <summary>Adds handlers, side by side, that see every slot as soon as it is published.</summary>
    public EventHandlerGroup<T> HandleEventsWith(params IEventHandler<T>[] handlers) => AddHandlers([], handlers);

    /// <summary>The group of handlers that were added before, to add others behind them.</summary>
    public EventHandlerGroup<T> After(params IEventHandler<T>[] handlers) => new(this, Array.ConvertAll(handlers, GetSequenceFor));

    /// <summary>How far a handler has come: the end of its last completed batch.</summary>
    public Sequence GetSequenceFor(IEventHandler<T> handler) => StageOf(handler).Processor.Sequence;

    /// <summary>A barrier behind one handler, for a thread outside this pipeline that must not overtake it.</summary>
    public SequenceBarrier GetBarrierFor(IEventHandler<T> handler) => RingBuffer.NewBarrier(GetSequenceFor(handler));

    /// <summary>Starts the threads. What was published before is handled.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_isStarted || _isHalted)
                throw new InvalidOperationException($"The pipeline '{Name}' was started or stopped before; build a new one.");
            if (_stages.Count == 0)
                throw new InvalidOperationException($"The pipeline '{Name}' has no handlers; add them with HandleEventsWith before Start.");

            _isStarted = true;
            _runningThreads = _stages.Count;
            _stages.ForEach(StartThread);
        }
    }

    /// <summary>Halts this pipeline, too, when <paramref name="other"/> fails. The failure is then known here, but <see cref="Failed"/> is raised only there.</summary>
    public void HaltWith(IPipeline other) => other.Failed += Halt;

    public void Halt(PipelineFailure? cause = null)
    {
        if (cause is not null)
            Interlocked.CompareExchange(ref _failure, cause, null);

        bool wasNeverStarted;
        lock (_gate)
        {
            _isHalted = true;
            wasNeverStarted = !_isStarted;
        }

        RingBuffer.Halt(Failure);
        if (wasNeverStarted)
            _completion.TrySetResult();
    }

    public async Task<bool> DrainAsync(TimeSpan timeout)
    {
        var started = TimeProvider.System.GetTimestamp();
        RingBuffer.Close();
        while (!IsDrained && !Volatile.Read(ref _isHalted) && TimeProvider.System.GetElapsedTime(started) < timeout)
            await Task.Delay(DrainPollInterval).ConfigureAwait(false);

        var isDrained = IsDrained;
        Halt();
        return await EndsWithinAsync(timeout - TimeProvider.System.GetElapsedTime(started)).ConfigureAwait(false)
            && isDrained && Failure is null;
    }

    /// <summary>Halts and waits for the threads to end.</summary>
    public async ValueTask DisposeAsync()
    {
        Halt();
        await Completion.ConfigureAwait(false);
    }

    internal EventHandlerGroup<T> AddHandlers(Sequence[] dependencies, IEventHandler<T>[] handlers)
    {
        lock (_gate)
        {
            if (_isStarted || _isHalted || RingBuffer.ClaimedSequence != Sequence.InitialValue)
                throw new InvalidOperationException($"Handlers of pipeline '{Name}' must be added before it is started and before anything is published.");

            var added = Array.ConvertAll(handlers, handler => AddStage(dependencies, handler));
            RingBuffer.AddGatingSequences(added);
            Array.ForEach(dependencies, passed => RingBuffer.RemoveGatingSequence(passed));
            return new EventHandlerGroup<T>(this, added);
        }
    }

    private bool IsDrained => _stages.TrueForAll(stage => stage.Processor.Sequence.Value >= RingBuffer.ClaimedSequence);

    private Sequence AddStage(Sequence[] dependencies, IEventHandler<T> handler)
    {
        if (_stages.Exists(stage => stage.Handler.Equals(handler)))
            throw new ArgumentException($"The handler '{handler.Name}' is in pipeline '{Name}' already.", nameof(handler));

        var processor = BatchEventProcessorFactory.Create(RingBuffer, RingBuffer.NewBarrier(dependencies), handler, Fail);
        _stages.Add(new Stage(handler, processor));
        return processor.Sequence;
    }

    private Stage StageOf(IEventHandler<T> handler) =>
        _stages.Find(stage => stage.Handler.Equals(handler))
        ?? throw new ArgumentException($"The handler '{handler.Name}' was not added to pipeline '{Name}'.", nameof(handler));

    private void StartThread(Stage stage)
    {
        var thread = new Thread(() => RunToTheEnd(stage.Processor)) { Name = $"{Name}:{stage.Processor.Name}", IsBackground = true };
        thread.Start();
    }

    private void RunToTheEnd(IEventProcessor processor)
    {
        try
        {
            processor.Run();
        }
        finally
        {
            if (Interlocked.Decrement(ref _runningThreads) == 0)
                _completion.SetResult();
        }
    }

    private void Fail(IEventProcessor processor, Exception exception)
    {
        if (exception is PipelineStoppedException stopped && TakeOverEnd(stopped))
            return;

        var failure = new PipelineFailure(Name, processor.Name, processor.SequenceInHand, exception);
        var isFirst = Interlocked.CompareExchange(ref _failure, failure, null) is null;
        Halt();
        if (isFirst)
            Failed?.Invoke(failure);
    }

    // A handler that publishes into another pipeline is refused when that one has failed, or was halted together with this one.
    private bool TakeOverEnd(PipelineStoppedException stopped)
    {
        if (stopped.Failure is null && !Volatile.Read(ref _isHalted))
            return false;

        Halt(stopped.Failure);
        return true;
    }

    private async Task<bool> EndsWithinAsync(TimeSpan timeout)
    {
        var patience = timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero;
        await Task.WhenAny(Completion, Task.Delay(patience)).ConfigureAwait(false);
        return Completion.IsCompleted;
    }

    private sealed record Stage(IEventHandler<T> Handler, IEventProcessor Processor);
}
