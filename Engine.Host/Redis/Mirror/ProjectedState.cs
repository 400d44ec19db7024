using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>
/// What the keys show, kept from events and nothing else: the newest value of everything, and which of it has still to
/// be written. Its size is that of the engine's state, however long Redis is away. Not for several threads;
/// <see cref="StateHandover"/> sees to that, and that it only ever changes by whole commands.
/// </summary>
internal sealed class ProjectedState(RedisLimits limits)
{
    private const int None = ProjectedAccount.None;
    private readonly PagedSlots<ProjectedAccount> _accounts = new();
    private readonly HashSet<int> _liquidating = [];

    /// <summary>Number of the keys' present life; keys written under another one are no longer relied on.</summary>
    public int Generation { get; private set; } = 1;

    /// <summary>Effective time of the last event.</summary>
    public long Time { get; private set; }

    /// <summary>An instrument or group changed that keys of accounts and orders depend on.</summary>
    public bool HasNewTerms { get; private set; }

    public int AccountCount => _accounts.HighWater;

    public AccountQueue Queue => field ??= new AccountQueue(_accounts);

    public OrderTable Orders => field ??= new OrderTable(_accounts);

    public LinkTable Links => field ??= new LinkTable(_accounts);

    public MarketTable Market { get; } = new();

    public GroupTable Groups { get; } = new();

    public MarginNotices Notices { get; } = new(limits.MarginEventsKept, limits.AuditsKept);

    /// <summary>Accounts of which everything has still to be written.</summary>
    public int WholeAccounts { get; private set; }

    /// <summary>Entities that have still to be written.</summary>
    public int Lag => Queue.Count + Links.ChangedCount + Market.ChangedCount + Groups.ChangedCount + Notices.Waiting;

    public ref ProjectedAccount Account(int id) => ref _accounts[id];

    /// <summary>Applies an event.</summary>
    public void Apply(ref EventSlot slot)
    {
        Time = slot.Header.Time;
        switch (slot.Header.Type)
        {
            case EventType.OrderReport:
                Apply(in slot.As<OrderReport>());
                break;
            case EventType.PortfolioBatch:
                Apply(ref slot.As<PortfolioBatch>());
                break;
            case EventType.QuoteTaken:
                Market.Take(in slot.As<QuoteTaken>(), Time);
                break;
            case EventType.LedgerPosting:
                Apply(in slot.As<LedgerPosting>());
                break;
            case EventType.SwapCharged:
                Apply(in slot.As<SwapCharged>());
                break;
            case EventType.LinkChanged:
                Links.Take(in slot.As<LinkChanged>());
                break;
            case EventType.MarginReport:
                Apply(in slot.As<MarginReport>(), in slot.Header);
                break;
            case EventType.CascadeReport:
                Notices.Add(in slot.As<CascadeReport>(), Time);
                break;
            default:
                ApplyDefinition(ref slot);
                break;
        }
    }

    /// <summary>True for events that <see cref="Apply(ref EventSlot)"/> does something with.</summary>
    public static bool Concerns(EventType type) => type is EventType.OrderReport or EventType.PortfolioBatch or EventType.QuoteTaken
        or EventType.LedgerPosting or EventType.SwapCharged or EventType.LinkChanged or EventType.MarginReport
        or EventType.CascadeReport or EventType.AccountOpened or EventType.AccountStatusChanged
        or EventType.InstrumentDefined or EventType.GroupDefined or EventType.GroupInstrumentDefined;

    /// <summary>Notes that an account has something to be written.</summary>
    public void Mark(int id, AccountChanges changes)
    {
        ref ProjectedAccount account = ref _accounts[id];
        bool isNewlyWhole = changes.Has(AccountChanges.Everything) && !account.Changes.Has(AccountChanges.Everything);
        WholeAccounts += isNewlyWhole ? 1 : 0;
        account.Changes |= changes;
        bool isUrgent = (account.Changes & ~AccountChanges.Profit) != 0;
        Queue.Put(id, isUrgent ? AccountQueue.ListOf(in account, Groups[account.Group].WarningLevel) : AccountQueue.Leisure);
    }

    /// <summary>Takes the notes of an account.</summary>
    public AccountChanges TakeChanges(int id)
    {
        AccountChanges changes = _accounts[id].Changes;
        WholeAccounts -= changes.Has(AccountChanges.Everything) ? 1 : 0;
        _accounts[id].Changes = AccountChanges.None;
        return changes;
    }

    /// <summary>
    /// Begins a new life of the keys: nothing is relied on that was written before. Accounts and links are then to be
    /// marked in slices with <see cref="MarkEverything"/>.
    /// </summary>
    public void BeginGeneration()
    {
        Generation++;
        HasNewTerms = false;
        Market.MarkAll();
        Groups.MarkAll();
        Notices.MarkAudits();
    }

    /// <summary>Marks accounts and links of numbers from <paramref name="first"/>; false when there are no more.</summary>
    public bool MarkEverything(int first, int count)
    {
        int end = first + count;
        for (int id = first; id < Math.Min(end, _accounts.HighWater); id++)
        {
            if (_accounts[id].IsOpen)
            {
                Orders.ForgetChanges(ref _accounts[id]);
                Mark(id, AccountChanges.Whole);
            }
        }
        for (int slot = first; slot < Math.Min(end, Links.HighWater); slot++)
        {
            Links.MarkUsed(slot);
        }
        return end < Math.Max(_accounts.HighWater, Links.HighWater);
    }

    /// <summary>Marks the accounts under liquidation, so that their marks in Redis do not expire.</summary>
    public void RenewLiquidating()
    {
        foreach (int id in _liquidating)
        {
            Mark(id, AccountChanges.Marks);
        }
    }

    private void Apply(in OrderReport report)
    {
        if (report.OrderId == 0 || report.Duplicate)
        {
            return;
        }
        // A refused command leaves its order as it is; only a waiting order that cannot fill ends by a refusal.
        bool isRefusal = report.Reject != RejectCode.None || report.Status == OrderStatus.Rejected;
        if (isRefusal && report.Cause != Cause.Triggered)
        {
            return;
        }
        if (isRefusal || report.Status is OrderStatus.Closed or OrderStatus.Cancelled or OrderStatus.Expired)
        {
            Orders.End(report.OrderId, Generation);
        }
        else
        {
            Orders.Keep(in report, Time);
        }
        Mark(report.Account, AccountChanges.Orders);
    }

    private void Apply(ref PortfolioBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            ref Portfolio portfolio = ref batch.Portfolios[i];
            ref ProjectedAccount account = ref _accounts[portfolio.Account];
            account.Portfolio = portfolio;
            account.PortfolioTime = Time;
            Mark(portfolio.Account, AccountChanges.Portfolio);
        }
    }

    private void Apply(in LedgerPosting posting)
    {
        _accounts[posting.Account].Balance = posting.Balance;
        Mark(posting.Account, AccountChanges.Config);
    }

    private void Apply(in SwapCharged charged)
    {
        if (Orders.TryGet(charged.OrderId, out int slot))
        {
            Orders[slot].Swap = charged.Swap;
            Orders[slot].UpdatedAt = Time;
            Orders.MarkChanged(slot);
            Mark(charged.Account, AccountChanges.Orders);
        }
    }

    private void Apply(in MarginReport report, in EventHeader header)
    {
        if (!header.IsRecited)
        {
            Notices.Add(in report, header.Sequence, Time);
        }
        ref ProjectedAccount account = ref _accounts[report.Account];
        switch (report.Kind)
        {
            case MarginEventKind.Warning:
                account.WarnedAt = Time;
                break;
            case MarginEventKind.LiquidationStarted or MarginEventKind.CascadeStarted:
                account.IsLiquidating = true;
                _liquidating.Add(report.Account);
                break;
            case MarginEventKind.Liquidated or MarginEventKind.CascadeDone:
                account.IsLiquidating = false;
                _liquidating.Remove(report.Account);
                break;
        }
        Mark(report.Account, AccountChanges.Marks);
    }

    private void ApplyDefinition(ref EventSlot slot)
    {
        switch (slot.Header.Type)
        {
            case EventType.AccountOpened:
                Open(in slot.As<AccountOpened>());
                break;
            case EventType.AccountStatusChanged:
                ref AccountStatusChanged change = ref slot.As<AccountStatusChanged>();
                _accounts[change.Account].Status = change.Status;
                Mark(change.Account, AccountChanges.Config);
                break;
            case EventType.InstrumentDefined:
                Groups.DefineInstrument(slot.As<InstrumentDefined>().Id);
                HasNewTerms |= AccountCount > 0;
                break;
            case EventType.GroupDefined:
                ref GroupDefined group = ref slot.As<GroupDefined>();
                Groups.Define(group.Id, in group.Definition);
                HasNewTerms |= AccountCount > 0;
                break;
            case EventType.GroupInstrumentDefined:
                ref GroupInstrumentDefined terms = ref slot.As<GroupInstrumentDefined>();
                Groups.DefineGroupInstrument(terms.Definition.Group, terms.Definition.Symbol);
                HasNewTerms |= AccountCount > 0;
                break;
        }
    }

    private void Open(in AccountOpened opened)
    {
        _accounts.Extend(opened.Account);
        _accounts[opened.Account] = ProjectedAccount.From(in opened);
        _accounts[opened.Account].PortfolioTime = Time;
        Mark(opened.Account, AccountChanges.Whole);
    }
}
