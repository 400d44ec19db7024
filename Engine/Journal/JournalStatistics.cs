namespace CopyEngine.Journal;

/// <summary>How the journal is doing.</summary>
/// <param name="DurableSequence">Last command that may be told of.</param>
/// <param name="Commits">Batches written since the start.</param>
/// <param name="Records">Records written since the start, commits included.</param>
/// <param name="Bytes">Bytes written since the start.</param>
/// <param name="LastSync">Time of the last sync of a batch.</param>
/// <param name="LongestSync">Time of the longest sync of a batch since the start.</param>
/// <param name="IsStorageLow">Whether there is no room for a spare segment, so that new risk is refused.</param>
public readonly record struct JournalStatistics(
    long DurableSequence, long Commits, long Records, long Bytes, TimeSpan LastSync, TimeSpan LongestSync, bool IsStorageLow);
