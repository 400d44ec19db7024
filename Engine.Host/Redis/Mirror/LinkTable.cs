using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>A copy link as its keys show it.</summary>
internal struct ProjectedLink
{
    public long Subscription;
    public int Provider;
    public int Follower;

    /// <summary>Next link of the follower.</summary>
    public int Next;
    public bool IsUsed;
    public bool IsActive;
    public bool IsRemoved;

    /// <summary>In the list of changed links.</summary>
    public bool IsChanged;
}

/// <summary>Every copy link, listed under its follower, who has few; a removed one stays until its keys are gone.</summary>
internal sealed class LinkTable(PagedSlots<ProjectedAccount> accounts)
{
    private const int None = ProjectedAccount.None;
    private readonly PagedSlots<ProjectedLink> _links = new();
    private readonly Queue<int> _changed = new();

    /// <summary>Links whose keys have still to be written.</summary>
    public int ChangedCount => _changed.Count;

    /// <summary>Slots to walk with <see cref="MarkUsed"/>.</summary>
    public int HighWater => _links.HighWater;

    /// <summary>Takes a change.</summary>
    public void Take(in LinkChanged change)
    {
        int slot = Find(change.Provider, change.Follower);
        if (slot == None)
        {
            slot = Add(change.Provider, change.Follower);
        }
        ref ProjectedLink link = ref _links[slot];
        link.Subscription = change.Subscription;
        link.IsActive = change.Status == LinkStatus.Active && !change.Removed;
        link.IsRemoved = change.Removed;
        MarkChanged(slot);
    }

    /// <summary>Marks a link for writing, if the slot holds one.</summary>
    public void MarkUsed(int slot)
    {
        if (_links[slot].IsUsed)
        {
            MarkChanged(slot);
        }
    }

    /// <summary>The next link to be written.</summary>
    public bool TryTakeChanged(out ProjectedLink link, out int earliestProvider)
    {
        if (!_changed.TryDequeue(out int slot))
        {
            link = default;
            earliestProvider = None;
            return false;
        }
        _links[slot].IsChanged = false;
        link = _links[slot];
        if (link.IsRemoved)
        {
            Remove(slot);
        }
        earliestProvider = EarliestActiveProvider(link.Follower);
        return true;
    }

    /// <summary>Whether the provider has the follower as an active one.</summary>
    public bool IsActive(int provider, int follower)
    {
        int slot = Find(provider, follower);
        return slot != None && _links[slot].IsActive;
    }

    /// <summary>Provider of the follower's earliest active link, or none.</summary>
    public int EarliestActiveProvider(int follower)
    {
        int earliest = None;
        for (int slot = accounts[follower].FirstLink; slot != None; slot = _links[slot].Next)
        {
            if (_links[slot].IsActive && (earliest == None || _links[slot].Subscription < _links[earliest].Subscription))
            {
                earliest = slot;
            }
        }
        return earliest == None ? None : _links[earliest].Provider;
    }

    private int Find(int provider, int follower)
    {
        int slot = accounts[follower].FirstLink;
        while (slot != None && _links[slot].Provider != provider)
        {
            slot = _links[slot].Next;
        }
        return slot;
    }

    private int Add(int provider, int follower)
    {
        int slot = _links.Rent();
        ref ProjectedLink link = ref _links[slot];
        link.Provider = provider;
        link.Follower = follower;
        link.IsUsed = true;
        link.Next = accounts[follower].FirstLink;
        accounts[follower].FirstLink = slot;
        return slot;
    }

    private void MarkChanged(int slot)
    {
        if (!_links[slot].IsChanged)
        {
            _links[slot].IsChanged = true;
            _changed.Enqueue(slot);
        }
    }

    private void Remove(int removed)
    {
        ref int next = ref accounts[_links[removed].Follower].FirstLink;
        while (next != removed)
        {
            next = ref _links[next].Next;
        }
        next = _links[removed].Next;
        _links.Return(removed);
    }
}
