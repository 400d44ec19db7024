using CopyEngine.Commands;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>Which keys of groups have still to be written. Their values stand in the engine's directory.</summary>
internal sealed class GroupTable
{
    /// <summary>In place of an instrument: the group's settings.</summary>
    public const int Settings = -1;

    private readonly List<RegisterGroup> _groups = [];
    private readonly HashSet<(int Group, int Symbol)> _isChanged = [];
    private readonly Queue<(int Group, int Symbol)> _changed = new();
    private int _symbolCount;

    /// <summary>Keys that have still to be written.</summary>
    public int ChangedCount => _changed.Count;

    /// <summary>Definition of a group.</summary>
    public RegisterGroup this[int group] => _groups[group];

    public void Define(int group, in RegisterGroup definition)
    {
        if (group == _groups.Count)
        {
            _groups.Add(definition);
        }
        _groups[group] = definition;
        MarkGroup(group);
    }

    public void DefineInstrument(int symbol)
    {
        _symbolCount = Math.Max(_symbolCount, symbol + 1);
        for (int group = 0; group < _groups.Count; group++)
        {
            Mark(group, symbol);
        }
    }

    public void DefineGroupInstrument(int group, int symbol) => Mark(group, symbol);

    public void MarkAll()
    {
        for (int group = 0; group < _groups.Count; group++)
        {
            MarkGroup(group);
        }
    }

    public bool TryTakeChanged(out (int Group, int Symbol) key) => _changed.TryDequeue(out key) && _isChanged.Remove(key);

    private void MarkGroup(int group)
    {
        Mark(group, Settings);
        for (int symbol = 0; symbol < _symbolCount; symbol++)
        {
            Mark(group, symbol);
        }
    }

    private void Mark(int group, int symbol)
    {
        if (_isChanged.Add((group, symbol)))
        {
            _changed.Enqueue((group, symbol));
        }
    }
}
