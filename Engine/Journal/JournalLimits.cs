namespace CopyEngine.Journal;

/// <summary>Sizes and intervals of the journal, each with the reason for its default.</summary>
internal sealed record JournalLimits
{
    /// <summary>Below this a segment's header block is half of it.</summary>
    public const long LeastSegmentBytes = 8 << 10;

    /// <summary>Offsets within a segment and batches within memory stay far below 2 GB.</summary>
    public const long MostSegmentBytes = 1 << 30;

    /// <summary>
    /// Length of a segment file. 64 MB hold some 500,000 commands: a roll (two syncs and a rename) is rare, and what
    /// is kept behind a snapshot because segments go as a whole is small.
    /// </summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>
    /// Most bytes of one batch; a larger one is written as several, and half of a segment is the limit in any case.
    /// 4 MB are a full command ring of 16,384 slots.
    /// </summary>
    public int BatchBytes { get; init; } = 4 << 20;

    /// <summary>
    /// Least time between two syncs of the head file. Damage to what is newer than the head cannot be told from a torn
    /// tail, so the time is short; each sync competes with those of the journal, so it is not shorter.
    /// </summary>
    public TimeSpan HeadSyncInterval { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How often a spare segment is tried again on a full disk: soon after an operator made room.</summary>
    public TimeSpan SpareRetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The limits, when they can be worked with.</summary>
    public JournalLimits Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, LeastSegmentBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, MostSegmentBytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(SegmentBytes % SegmentHeader.Length, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchBytes, 2 * JournalRecord.MostBytes);
        return this;
    }

    /// <summary>Most bytes of one batch in a segment of this length.</summary>
    public int BatchBytesIn(long segmentBytes) => (int)Math.Min(BatchBytes, (segmentBytes - SegmentHeader.Length) / 2);
}
