using System.Runtime.CompilerServices;

namespace CopyEngine.Pipeline;

/// <summary>Makes processors that are generic over the handler's own type, so that calls of a struct handler are bound directly.</summary>
internal static class BatchEventProcessorFactory
{
    public static IEventProcessor Create<T>(
        RingBuffer<T> ringBuffer, SequenceBarrier barrier, IEventHandler<T> handler, Action<IEventProcessor, Exception> onFailure)
        where T : struct
    {
        var handlerType = handler.GetType();
        if (handlerType.IsValueType && !handlerType.IsDefined(typeof(IsReadOnlyAttribute), inherit: false))
        {
            throw new ArgumentException(
                $"The handler {handlerType.Name} is a mutable struct, of which the processor would change a copy. Make it a class or a readonly struct.",
                nameof(handler));
        }

        var processorType = typeof(BatchEventProcessor<,>).MakeGenericType(typeof(T), handlerType);
        return (IEventProcessor)Activator.CreateInstance(processorType, ringBuffer, barrier, handler, onFailure)!;
    }
}
