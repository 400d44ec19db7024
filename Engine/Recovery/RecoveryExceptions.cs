namespace CopyEngine.Recovery;

/// <summary>The engine refuses to start from what it found (exit 78): going on would lose or invent something silently.</summary>
public sealed class RecoveryRefusedException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>A journaled command throws when it is applied (exit 70): it did so before and would do so at every start.</summary>
public sealed class PoisonedCommandException(long sequence, Exception cause) : Exception(
    $"command {sequence} of the journal cannot be applied: {cause.Message}; report it with the journal, and to start without it mark it void with 'repair DIR --void-seq {sequence}'", cause)
{
    /// <summary>Sequence of the command.</summary>
    public long Sequence { get; } = sequence;
}
