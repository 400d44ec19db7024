namespace CopyEngine.Pipeline;

/// <summary>What a wait strategy waits for. Both members may be called by any thread.</summary>
internal interface IAwaitedSequence
{
    /// <summary>Whether waiting must end although the sequence was not reached.</summary>
    bool IsAlerted { get; }

    /// <summary>Whether <paramref name="sequence"/> has been reached; once true it stays true.</summary>
    bool IsReached(long sequence);
}
