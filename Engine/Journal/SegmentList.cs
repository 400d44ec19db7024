using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>The segment files of a storage, oldest first, by the sequences that their names tell.</summary>
internal static class SegmentList
{
    public static List<long> Of(IStorage storage)
    {
        List<long> firsts = [];
        foreach (string name in storage.List())
        {
            if (SegmentHeader.FirstSequenceOf(name) is { } first)
            {
                firsts.Add(first);
            }
        }
        firsts.Sort();
        return firsts;
    }

    /// <summary>Index of the segment that a sequence is in or would go into: the last one that does not begin behind it; -1 when all do.</summary>
    public static int IndexOf(List<long> firsts, long sequence) => firsts.FindLastIndex(first => first <= sequence);
}
