namespace CopyEngine.Pipeline;

/// <summary>The end of a wait: how far the slots may be read, or that the wait was alerted. Stopping costs no exception.</summary>
internal readonly record struct SequenceWaitResult
{
    public static readonly SequenceWaitResult Alerted = new(long.MinValue);

    public SequenceWaitResult(long availableSequence) => AvailableSequence = availableSequence;

    /// <summary>The highest sequence that may be read; meaningless when <see cref="IsAlerted"/>.</summary>
    public long AvailableSequence { get; }

    public bool IsAlerted => AvailableSequence == long.MinValue;
}
