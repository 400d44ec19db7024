using CopyEngine.Commands;

namespace CopyEngine.Host.World;

/// <summary>Ranges of accounts with the place in the file where each stands, searchable by account.</summary>
internal sealed class PlacedRanges<TDefinition>
{
    private readonly List<(AccountRange Range, string Path, TDefinition Definition)> _entries = [];
    private readonly Dictionary<UserType, AccountRange[]> _sorted = [];
    private int _sortedCount;

    public IReadOnlyList<TDefinition> Definitions => [.. _entries.Select(entry => entry.Definition)];

    public IReadOnlyList<(AccountRange Range, string Path, TDefinition Definition)> Entries => _entries;

    public void Add(AccountRange range, string path, TDefinition definition) => _entries.Add((range, path, definition));

    /// <summary>Pairs that share an account: the later one of the file and the path of the earlier.</summary>
    public IEnumerable<(AccountRange Shared, string Path, string EarlierPath)> Overlaps()
    {
        // Sorted by first number, a range can only overlap one whose end lies furthest so far.
        var furthest = new Dictionary<UserType, (AccountRange Range, string Path, int Index)>();
        foreach ((int index, (AccountRange range, string path, _)) in _entries.Index().OrderBy(entry => entry.Item.Range.First).ThenBy(entry => entry.Index))
        {
            if (furthest.TryGetValue(range.UserType, out var before) && before.Range.Overlaps(range))
            {
                var shared = new AccountRange(range.UserType, range.First, Math.Min(range.Last, before.Range.Last));
                yield return index > before.Index ? (shared, path, before.Path) : (shared, before.Path, path);
            }
            if (before.Path is null || range.Last > before.Range.Last)
            {
                furthest[range.UserType] = (range, path, index);
            }
        }
    }

    /// <summary>The first account of a range that no entry holds, or null.</summary>
    public long? FirstMissing(AccountRange wanted)
    {
        AccountRange[] known = Sorted(wanted.UserType);
        long next = wanted.First;
        int position = Array.BinarySearch(known, wanted, Comparer<AccountRange>.Create(static (left, right) => left.First.CompareTo(right.First)));
        for (int i = Math.Max(0, position >= 0 ? position : ~position - 1); i < known.Length && known[i].First <= next && next <= wanted.Last; i++)
        {
            next = Math.Max(next, known[i].Last + 1);
        }
        return next <= wanted.Last ? next : null;
    }

    /// <summary>Ranges of one user type by first number, sorted once after the last one was added.</summary>
    private AccountRange[] Sorted(UserType userType)
    {
        if (_sortedCount != _entries.Count)
        {
            _sorted.Clear();
            foreach (IGrouping<UserType, AccountRange> ranges in _entries.Select(entry => entry.Range).GroupBy(range => range.UserType))
            {
                _sorted[ranges.Key] = [.. ranges.OrderBy(range => range.First)];
            }
            _sortedCount = _entries.Count;
        }
        return _sorted.GetValueOrDefault(userType, []);
    }
}
