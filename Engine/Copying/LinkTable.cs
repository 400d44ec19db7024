using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Copying;

/// <summary>A follower of a provider, with the settings that a fan-out needs.</summary>
internal struct CopyLink
{
    public CopySettings Settings;

    /// <summary>Rises with every link, over all providers.</summary>
    public long Subscription;
    public int Follower;
    public LinkStatus Status;

    /// <summary>Why it is paused.</summary>
    public RejectCode PauseReason;

    /// <summary>Ended; the place is passed over until the provider's links are moved together.</summary>
    public bool IsRemoved;
    private readonly byte _padding;
}

/// <summary>A provider's side of copying.</summary>
internal sealed class Provider(int account)
{
    public int Account => account;

    /// <summary>Links in order of subscription.</summary>
    public PagedArray<CopyLink> Links { get; set; } = NewLinks();

    public int RemovedLinks { get; set; }

    public int LivingLinks => Links.Count - RemovedLinks;

    /// <summary>Closes of its cascade that wait for a price or a conversion rate.</summary>
    public int PendingCloses { get; set; }

    /// <summary>Its cascade, while one runs.</summary>
    public CascadeReport Cascade;

    /// <summary>Number of its cascade among all.</summary>
    public int CascadeNumber { get; set; }

    public static PagedArray<CopyLink> NewLinks() => new(256);

    public void Transfer(StateTransfer transfer)
    {
        Links.Transfer(transfer);
        RemovedLinks = transfer.Kept(RemovedLinks);
        PendingCloses = transfer.Kept(PendingCloses);
        CascadeNumber = transfer.Kept(CascadeNumber);
        transfer.Value(ref Cascade);
    }
}

/// <summary>Who follows whom: per provider a dense array in order of subscription, per follower a short list.</summary>
internal sealed class LinkTable(AccountTable accounts)
{
    private const int RemovedLinksWorthMoving = 1_024;

    private readonly List<Provider> _providers = [];
    private readonly PagedArray<FollowerLink> _followerLinks = new(1_024);
    private long _subscriptions;

    private struct FollowerLink
    {
        public int Provider;
        public int Link;
        public int Next;
    }

    public int Count { get; private set; }

    /// <summary>Strategy providers; their places are 0 to this, excluded.</summary>
    public int Providers => _providers.Count;

    /// <summary>A provider by place.</summary>
    public Provider this[int provider] => _providers[provider];

    /// <summary>A new strategy provider.</summary>
    public void AddProvider(int account)
    {
        accounts.Profile(account).Provider = _providers.Count;
        _providers.Add(new Provider(account));
    }

    /// <summary>Place of the link of a follower to a provider, or -1.</summary>
    public int Find(int provider, int follower)
    {
        for (int at = accounts.Profile(follower).FirstLink; at >= 0; at = _followerLinks[at].Next)
        {
            if (_followerLinks[at].Provider == provider)
            {
                return _followerLinks[at].Link;
            }
        }
        return -1;
    }

    public int Add(int provider, int follower, in CopySettings settings)
    {
        Provider followed = _providers[provider];
        int link = followed.Links.Take();
        followed.Links[link] = new CopyLink
        {
            Settings = settings,
            Subscription = ++_subscriptions,
            Follower = follower,
            Status = LinkStatus.Active,
        };
        ref AccountProfile profile = ref accounts.Profile(follower);
        int entry = _followerLinks.Take();
        _followerLinks[entry] = new FollowerLink { Provider = provider, Link = link, Next = profile.FirstLink };
        profile.FirstLink = entry;
        Count++;
        return link;
    }

    public void Remove(int provider, int link)
    {
        Provider followed = _providers[provider];
        int follower = followed.Links[link].Follower;
        ref int entry = ref accounts.Profile(follower).FirstLink;
        while (_followerLinks[entry].Provider != provider)
        {
            entry = ref _followerLinks[entry].Next;
        }
        int removed = entry;
        entry = _followerLinks[removed].Next;
        _followerLinks.Return(removed);
        followed.Links[link].IsRemoved = true;
        followed.RemovedLinks++;
        Count--;
        if (followed.RemovedLinks >= RemovedLinksWorthMoving && followed.RemovedLinks * 2 > followed.Links.Count)
        {
            MoveTogether(followed, provider);
        }
    }

    public LinkChanged Describe(int provider, int link)
    {
        ref CopyLink described = ref _providers[provider].Links[link];
        return new LinkChanged
        {
            Provider = _providers[provider].Account,
            Follower = described.Follower,
            Subscription = described.Subscription,
            Status = described.Status,
            PauseReason = described.PauseReason,
            Removed = described.IsRemoved,
            Settings = described.Settings,
        };
    }

    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _subscriptions);
        Count = transfer.Kept(Count);
        _followerLinks.Transfer(transfer);
        int count = transfer.Count(_providers.Count);
        for (int provider = 0; provider < count; provider++)
        {
            int account = transfer.Kept(transfer.IsLoading ? 0 : _providers[provider].Account);
            if (transfer.IsLoading)
            {
                _providers.Add(new Provider(account));
            }
            _providers[provider].Transfer(transfer);
        }
    }

    private void MoveTogether(Provider followed, int provider)
    {
        PagedArray<CopyLink> before = followed.Links;
        PagedArray<CopyLink> after = Provider.NewLinks();
        for (int link = 0; link < before.Count; link++)
        {
            if (!before[link].IsRemoved)
            {
                int moved = after.Take();
                after[moved] = before[link];
                Repoint(before[link].Follower, provider, moved);
            }
        }
        followed.Links = after;
        followed.RemovedLinks = 0;
    }

    private void Repoint(int follower, int provider, int link)
    {
        int at = accounts.Profile(follower).FirstLink;
        while (_followerLinks[at].Provider != provider)
        {
            at = _followerLinks[at].Next;
        }
        _followerLinks[at].Link = link;
    }
}
