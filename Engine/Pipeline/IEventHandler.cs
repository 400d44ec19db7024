namespace CopyEngine.Pipeline;

/// <summary>
/// One stage of a pipeline. All its members are called by one thread of its own. An exception from any of them is
/// fatal: the pipeline stops at that sequence, nothing is skipped.
/// </summary>
/// <remarks>
/// A readonly struct around a class lets the compiler bind <see cref="OnEvent"/> directly; a mutable struct is
/// refused, since the processor works on a copy.
/// </remarks>
internal interface IEventHandler<T> where T : struct
{
    /// <summary>Names the thread and appears in the report of a failure.</summary>
    string Name => GetType().Name;

    /// <summary>The most slots in one batch. The stage's sequence moves once per batch, so this bounds how long producers and later stages wait for it.</summary>
    int MaxBatchSize => int.MaxValue;

    /// <summary>Handles a slot in place.</summary>
    /// <param name="slot">Valid until the method returns.</param>
    /// <param name="sequence">The slot's sequence, rising by one from call to call.</param>
    /// <param name="endOfBatch">Whether the stage's sequence is moved to <paramref name="sequence"/> when the method returns; the place to flush.</param>
    void OnEvent(ref T slot, long sequence, bool endOfBatch);

    /// <summary>Called before the first event.</summary>
    void OnStart()
    {
    }

    /// <summary>Called each time when everything available is handled and the stage is about to wait.</summary>
    void OnIdle()
    {
    }

    /// <summary>Called once at the end, also after a failure of this or another stage.</summary>
    void OnShutdown()
    {
    }
}
