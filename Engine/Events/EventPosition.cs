namespace CopyEngine.Events;

/// <summary>Identifies an event for ever: which command caused it, and its place among that command's events.</summary>
/// <param name="Sequence">The engine's sequence of the command.</param>
/// <param name="Index">Place among the command's events, from 0.</param>
public readonly record struct EventPosition(long Sequence, int Index) : IComparable<EventPosition>
{
    /// <summary>Order of happening.</summary>
    public int CompareTo(EventPosition other) =>
        Sequence != other.Sequence ? Sequence.CompareTo(other.Sequence) : Index.CompareTo(other.Index);
}
