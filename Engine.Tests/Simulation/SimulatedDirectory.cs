using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// The names of one directory, as programs see them and as they are on the platters. Changes reach the platters in
/// their order, all of them only with a sync of the directory.
/// </summary>
internal sealed class SimulatedDirectory(string name)
{
    private readonly List<NameChange> _unsynced = [];
    private SortedDictionary<string, SimulatedContent> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedContent> _platter = new(StringComparer.Ordinal);

    private readonly record struct NameChange(string? Removed, string? Added, SimulatedContent? Content);

    public string Name => name;

    public IReadOnlyCollection<string> Names => _seen.Keys;

    public IReadOnlyDictionary<string, SimulatedContent> Files => _seen;

    public long UsedBytes => _seen.Values.Sum(content => (long)content.Length);

    public SimulatedContent? Find(string file) => _seen.GetValueOrDefault(file);

    public void Add(string file, SimulatedContent content) => Change(new NameChange(null, file, content));

    public void Rename(string from, string to) => Change(new NameChange(from, to, _seen[from]));

    public void Delete(string file) => Change(new NameChange(file, null, null));

    public void Sync()
    {
        foreach (NameChange change in _unsynced)
        {
            Apply(_platter, change);
        }
        _unsynced.Clear();
    }

    /// <summary>Contents lose what was not synced; of the names a first part of the changes may have survived.</summary>
    /// <returns>Whether a name is not as programs saw it.</returns>
    public bool CutPower(PowerCut cut, RandomChoices random)
    {
        foreach (SimulatedContent content in _seen.Values.Concat(_platter.Values).Distinct())
        {
            content.CutPower(cut, random);
        }
        int kept = cut switch
        {
            PowerCut.LosesAll => 0,
            PowerCut.KeepsAll => _unsynced.Count,
            _ => random.Between(0, _unsynced.Count),
        };
        bool isLost = kept < _unsynced.Count;
        for (int i = 0; i < kept; i++)
        {
            Apply(_platter, _unsynced[i]);
        }
        _unsynced.Clear();
        _seen = new SortedDictionary<string, SimulatedContent>(_platter, StringComparer.Ordinal);
        return isLost;
    }

    /// <summary>The cache drops pages of files whose sync failed.</summary>
    public bool Evict()
    {
        bool hasAny = false;
        foreach (SimulatedContent content in _seen.Values)
        {
            hasAny |= content.Evict();
        }
        return hasAny;
    }

    /// <summary>Gives another directory the same files, everything synced.</summary>
    public void CopyTo(SimulatedDirectory other)
    {
        foreach ((string file, SimulatedContent content) in _seen)
        {
            other.Add(file, content.Copy());
        }
        other.Sync();
    }

    private void Change(NameChange change)
    {
        Apply(_seen, change);
        _unsynced.Add(change);
    }

    private static void Apply(SortedDictionary<string, SimulatedContent> names, NameChange change)
    {
        if (change.Removed is not null)
        {
            names.Remove(change.Removed);
        }
        if (change.Added is not null)
        {
            names[change.Added] = change.Content!;
        }
    }
}
