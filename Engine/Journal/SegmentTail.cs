namespace CopyEngine.Journal;

/// <summary>What stands behind the last whole batch of a segment: zeroes, or the remains of an unfinished write.</summary>
internal static class SegmentTail
{
    private const int Window = 1 << 20;

    /// <summary>Looks at every byte to the end of the file.</summary>
    /// <param name="reader">A reader that stands behind the last whole batch.</param>
    /// <param name="otherBatch">Offset of a whole record of another batch than the next one, or -1: disks write the sectors of
    /// one batch in any order, but only after the batch before it and before the one behind it.</param>
    /// <returns>Offset behind the last byte that is not zero, rounded up to a whole word.</returns>
    public static long Check(BatchReader reader, out long otherBatch)
    {
        byte[] bytes = new byte[Math.Min(Window, reader.File.Length - reader.Offset) + JournalRecord.MostBytes];
        long end = reader.Offset;
        otherBatch = -1;
        for (long offset = reader.Offset; ; offset += Window)
        {
            ReadOnlySpan<byte> window = bytes.AsSpan(0, reader.File.Read(offset, bytes));
            if (window.IsEmpty)
            {
                return end;
            }
            int last = window.LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
            {
                end = Math.Min((offset + last + sizeof(ulong)) / sizeof(ulong) * sizeof(ulong), reader.File.Length);
                int found = FindOtherBatch(window, reader.NextBatch);
                if (found >= 0)
                {
                    otherBatch = offset + found;
                    return end;
                }
            }
        }
    }

    private static int FindOtherBatch(ReadOnlySpan<byte> window, uint batch)
    {
        int places = Math.Min(Window, window.Length - RecordHeader.Size + 1);
        for (int place = 0; place < places; place += sizeof(ulong))
        {
            if (window[place] == 0 && window[place + 1] == 0)
            {
                continue;
            }
            if (BatchReader.IsRecord(window[place..], out RecordHeader header) && header.Batch != batch)
            {
                return place;
            }
        }
        return -1;
    }
}
