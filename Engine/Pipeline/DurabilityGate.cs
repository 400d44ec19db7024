using CopyEngine.Events;
using CopyEngine.Storage;

namespace CopyEngine.Pipeline;

/// <summary>
/// The first reader of events. Lets an event on to the listeners only when its command is durable, so that nobody outside
/// is ever told of something that a crash could undo (reliability, finding 2). Then the directory and the history learn of it.
/// </summary>
internal sealed class DurabilityGate(EngineDirectory directory, EventHistory history) : IEventHandler<EventSlot>
{
    private IPipeline? _commands;
    private SequenceBarrier? _durable;
    private long _recovered;

    /// <summary>Everything passes until <see cref="Close"/>: an engine without a journal has nothing to wait for.</summary>
    private long _passed = long.MaxValue;

    public string Name => "durability-gate";

    /// <summary>Makes events of commands after <paramref name="recovered"/> wait; those up to it were durable before the start.</summary>
    /// <param name="commands">The pipeline that the barrier belongs to.</param>
    /// <param name="durable">Barrier behind the journaler.</param>
    /// <param name="recovered">Sequence of the last command that was recovered; the ring's first slot carries the next one.</param>
    public void Close(IPipeline commands, SequenceBarrier durable, long recovered)
    {
        _commands = commands;
        _durable = durable;
        _recovered = recovered;
        Volatile.Write(ref _passed, recovered);
    }

    public void OnEvent(ref EventSlot slot, long sequence, bool endOfBatch)
    {
        if (slot.Header.Sequence > Volatile.Read(ref _passed))
        {
            WaitFor(slot.Header.Sequence);
        }
        directory.OnEvent(ref slot, endOfBatch);
        history.OnEvent(ref slot, endOfBatch);
        Failpoints.Hit("afterPublishBeforeAck");
    }

    private void WaitFor(long command)
    {
        SequenceWaitResult durable = _durable!.WaitFor(command - _recovered - 1);
        if (durable.IsAlerted)
        {
            throw new PipelineStoppedException(_commands!.Failure);
        }
        _passed = durable.AvailableSequence + 1 + _recovered;
    }
}
