namespace CopyEngine.Journal;

/// <summary>Where one segment ends and the next one begins.</summary>
internal static class SegmentSeam
{
    /// <summary>Whether a header says what stands at the end of the segment that was read.</summary>
    public static bool Fits(BatchReader end, in SegmentHeader next) =>
        next.Number == end.Header.Number + 1
        && next.FirstSequence == end.NextSequence
        && next.FirstBatch == end.NextBatch
        && next.Chain == end.Chain
        && next.Limits == end.Header.Limits;
}
