namespace CopyEngine.Host.Redis.Mirror;

/// <summary>An account as it was when it was taken for writing.</summary>
internal struct TakenAccount
{
    /// <summary>Dense id.</summary>
    public int Id;

    /// <summary>What is to be written; the account's own field is none.</summary>
    public AccountChanges Changes;

    public ProjectedAccount Account;

    /// <summary>Place of its first order among the batch's.</summary>
    public int FirstOrder;
    public int OrderCount;

    /// <summary>Seconds that the mark of its last warning still lives, 0: it has none.</summary>
    public long AlertSeconds;
}

/// <summary>An order as it was when it was taken: living, to be written; or ended, to be removed.</summary>
internal struct TakenOrder
{
    /// <summary>The order; its entries tell what Redis has.</summary>
    public ProjectedOrder Order;

    /// <summary>Redis has the order; else its entries in sets are to be added.</summary>
    public bool WasWritten;

    /// <summary>Redis cannot have anything of the order, so that nothing needs to be removed first.</summary>
    public bool IsNew;

    /// <summary>Last price of its instrument.</summary>
    public ProjectedQuote Quote;

    /// <summary>It has ended and the account holds nothing else in its instrument.</summary>
    public bool IsLastOfSymbol;
}

/// <summary>A link as it was when it was taken.</summary>
internal readonly record struct TakenLink(long Provider, long Follower, bool IsActive, long EarliestProvider);

/// <summary>A price as it was when it was taken.</summary>
internal readonly record struct TakenQuote(int Symbol, ProjectedQuote Quote);

/// <summary>
/// Copies of everything that is written in one go, taken between two commands, so that they belong to one sequence.
/// </summary>
internal sealed class TakenBatch
{
    private TakenAccount[] _accounts = new TakenAccount[64];
    private TakenOrder[] _orders = new TakenOrder[256];

    public int AccountCount { get; private set; }

    public int OrderCount { get; private set; }

    public Span<TakenAccount> Accounts => _accounts.AsSpan(0, AccountCount);

    public List<TakenQuote> Quotes { get; } = [];

    public List<(int Group, int Symbol)> Groups { get; } = [];

    public List<TakenLink> Links { get; } = [];

    public List<ProjectedMarginEvent> MarginEvents { get; } = [];

    public List<ProjectedAudit> Audits { get; } = [];

    /// <summary>Entities in it.</summary>
    public int Count => AccountCount + Quotes.Count + Groups.Count + Links.Count + MarginEvents.Count + Audits.Count;

    public Span<TakenOrder> OrdersOf(in TakenAccount account) => _orders.AsSpan(account.FirstOrder, account.OrderCount);

    public ref TakenAccount AddAccount()
    {
        if (AccountCount == _accounts.Length)
        {
            Array.Resize(ref _accounts, AccountCount * 2);
        }
        ref TakenAccount account = ref _accounts[AccountCount++];
        account = default;
        account.FirstOrder = OrderCount;
        return ref account;
    }

    public ref TakenOrder AddOrder()
    {
        if (OrderCount == _orders.Length)
        {
            Array.Resize(ref _orders, OrderCount * 2);
        }
        ref TakenOrder order = ref _orders[OrderCount++];
        order = default;
        return ref order;
    }

    public void Clear()
    {
        AccountCount = 0;
        OrderCount = 0;
        Quotes.Clear();
        Groups.Clear();
        Links.Clear();
        MarginEvents.Clear();
        Audits.Clear();
    }
}
