namespace CopyEngine.Pipeline;

/// <summary>Stages that run side by side, as the starting point of what comes after all of them.</summary>
internal sealed class EventHandlerGroup<T> where T : struct
{
    private readonly EventPipeline<T> _pipeline;
    private readonly Sequence[] _sequences;

    internal EventHandlerGroup(EventPipeline<T> pipeline, Sequence[] sequences)
    {
        _pipeline = pipeline;
        _sequences = sequences;
    }

    /// <summary>Adds handlers, side by side, that see a slot after every handler of this group has passed it.</summary>
    public EventHandlerGroup<T> Then(params IEventHandler<T>[] handlers) => _pipeline.AddHandlers(_sequences, handlers);

    /// <summary>The handlers of both groups together.</summary>
    public EventHandlerGroup<T> And(EventHandlerGroup<T> other) => new(_pipeline, [.. _sequences, .. other._sequences]);

    /// <summary>A barrier behind all handlers of this group.</summary>
    public SequenceBarrier AsSequenceBarrier() => _pipeline.RingBuffer.NewBarrier(_sequences);
}
