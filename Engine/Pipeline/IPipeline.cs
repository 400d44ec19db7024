namespace CopyEngine.Pipeline;

/// <summary>A pipeline, whatever its slots: how it ends and how its end spreads to others.</summary>
internal interface IPipeline
{
    string Name { get; }

    /// <summary>The failure that stopped this pipeline, its own or one taken over from a linked pipeline.</summary>
    PipelineFailure? Failure { get; }

    /// <summary>Completes, never faults, when all threads of the pipeline have ended.</summary>
    Task Completion { get; }

    /// <summary>Raised once, in the pipeline where it happened, on the thread of the handler that failed, after the pipeline was halted.</summary>
    event Action<PipelineFailure>? Failed;

    /// <summary>Stops now: handlers finish the event in hand, waiting producers and consumers are released.</summary>
    void Halt(PipelineFailure? cause = null);

    /// <summary>Stops in good order: refuses producers, handles everything claimed, ends the threads.</summary>
    /// <returns>True when everything was handled; false when a handler failed or the time was up, and the pipeline was halted.</returns>
    Task<bool> DrainAsync(TimeSpan timeout);
}
