namespace CopyEngine.Host.Feeds;

/// <summary>
/// Several quote files merged by time; at equal times the file given first comes first, and rows of one file keep their
/// order even where their times go back (the engine drops such quotes and counts them).
/// </summary>
internal sealed class RecordedQuotes : IDisposable
{
    private readonly List<QuoteFile> _files = [];
    private readonly PriorityQueue<int, (long Time, int File)> _next = new();
    private readonly long[] _latest;

    public RecordedQuotes(IReadOnlyList<string> paths)
    {
        _latest = new long[paths.Count];
        try
        {
            for (int file = 0; file < paths.Count; file++)
            {
                _files.Add(new QuoteFile(paths[file]));
                Advance(file);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Place of the next row in the merged order: its file's latest time so far. Null at the end.</summary>
    public long? NextTime => _next.TryPeek(out _, out (long Time, int File) place) ? place.Time : null;

    /// <summary>Takes the next row.</summary>
    public RecordedQuote Take()
    {
        int file = _next.Dequeue();
        RecordedQuote quote = _files[file].Current;
        Advance(file);
        return quote;
    }

    /// <summary>Reads every row of every file, so that a malformed one is found before anything is started.</summary>
    /// <returns>The time of the first row, null if there is none.</returns>
    public static long? Check(IReadOnlyList<string> paths)
    {
        long? first = null;
        foreach (string path in paths)
        {
            using var file = new QuoteFile(path);
            for (bool isFirst = true; file.MoveNext(); isFirst = false)
            {
                first = isFirst ? Math.Min(first ?? long.MaxValue, file.Current.Time) : first;
            }
        }
        return first;
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void Advance(int file)
    {
        if (_files[file].MoveNext())
        {
            _latest[file] = Math.Max(_latest[file], _files[file].Current.Time);
            _next.Enqueue(file, (_latest[file], file));
        }
    }
}
