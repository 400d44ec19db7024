namespace CopyEngine;

/// <summary>How the engine is doing, for metrics and views. Read from any thread; the figures are of about the same moment.</summary>
/// <param name="Sequence">Sequence of the command applied last.</param>
/// <param name="CommandSlotsUsed">Slots of the command ring that wait.</param>
/// <param name="CommandSlots">Slots of the command ring.</param>
/// <param name="EventSlotsUsed">Slots of the event ring that the slowest listener has not seen.</param>
/// <param name="EventSlots">Slots of the event ring.</param>
/// <param name="LastTick">How long the last tick took, from its command until its last account.</param>
/// <param name="LongestStep">The longest that one command has held the core since the start.</param>
/// <param name="HasUnfinishedWork">Whether long work waits for its next slice.</param>
public readonly record struct EngineStatistics(
    long Sequence,
    long CommandSlotsUsed,
    int CommandSlots,
    long EventSlotsUsed,
    int EventSlots,
    TimeSpan LastTick,
    TimeSpan LongestStep,
    bool HasUnfinishedWork);

/// <summary>Why the engine stopped: a bug or a failed listener. Nothing after the sequence was applied.</summary>
/// <param name="Stage">Stage that failed.</param>
/// <param name="Sequence">Command sequence, or for a listener the event's place in its ring.</param>
/// <param name="Exception">What it threw.</param>
public sealed record EngineFailure(string Stage, long Sequence, Exception Exception)
{
    /// <inheritdoc/>
    public override string ToString() => $"the engine stopped at sequence {Sequence} in '{Stage}': {Exception.Message}";
}
