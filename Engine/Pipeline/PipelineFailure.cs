namespace CopyEngine.Pipeline;

/// <summary>Why a pipeline stopped: the first exception that came out of one of its handlers.</summary>
/// <param name="Pipeline">The name of the pipeline in which the handler ran.</param>
/// <param name="Handler">The name of the handler.</param>
/// <param name="Sequence">The sequence last given to the handler, -1 when it had not seen any.</param>
/// <param name="Exception">What the handler threw.</param>
internal sealed record PipelineFailure(string Pipeline, string Handler, long Sequence, Exception Exception)
{
    public override string ToString() =>
        $"Handler '{Handler}' of pipeline '{Pipeline}' failed at sequence {Sequence}: {Exception.GetType().Name}: {Exception.Message}";
}
