namespace CopyEngine.Journal;

/// <summary>Where writing goes on: right behind a whole batch.</summary>
/// <param name="NextSequence">Sequence of the next command.</param>
/// <param name="NextBatch">Number of the next batch.</param>
/// <param name="Chain">Hash of the chain so far; zero at the very beginning.</param>
/// <param name="Segment">File name of the segment; empty when there is none yet.</param>
/// <param name="Offset">Where the next batch goes in the segment.</param>
/// <param name="SegmentNumber">Number of the segment, from 1; 0 when there is none yet.</param>
internal readonly record struct JournalPosition(
    long NextSequence, uint NextBatch, ChainHash Chain, string Segment, long Offset, long SegmentNumber)
{
    /// <summary>That of a journal in which nothing was ever written.</summary>
    public static JournalPosition Beginning => After(0, 0, default);

    /// <summary>That of a new journal that goes on behind a snapshot.</summary>
    public static JournalPosition After(long sequence, uint batch, ChainHash chain) =>
        new(sequence + 1, BatchNumber.Next(batch), chain, string.Empty, 0, 0);
}
