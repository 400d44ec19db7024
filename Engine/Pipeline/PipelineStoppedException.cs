namespace CopyEngine.Pipeline;

/// <summary>A producer was refused, or released from waiting, because the ring accepts nothing more. The slot was not claimed.</summary>
public sealed class PipelineStoppedException : InvalidOperationException
{
    internal PipelineStoppedException(PipelineFailure? failure)
        : base(failure is null ? "The pipeline was stopped and accepts nothing more." : $"The pipeline has stopped. {failure}", failure?.Exception)
    {
        Failure = failure;
    }

    /// <summary>The failure that stopped the pipeline, or null when it was stopped in good order.</summary>
    internal PipelineFailure? Failure { get; }
}
