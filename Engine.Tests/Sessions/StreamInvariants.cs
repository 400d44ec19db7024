using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>
/// Invariants that an outsider can check with nothing but the event stream (reliability, section 4): it keeps balances,
/// orders and links as a reader would and looks at them after every command.
/// </summary>
internal sealed partial class StreamInvariants
{
    private readonly Dictionary<int, AccountOpened> _accounts = [];
    private readonly Dictionary<int, AccountStatus> _statuses = [];
    private readonly Dictionary<int, RegisterGroup> _groups = [];
    private readonly Dictionary<int, RegisterInstrument> _instruments = [];
    private readonly Dictionary<(int Group, int Symbol), int> _halfSpreads = [];
    private readonly Dictionary<int, QuoteTaken> _quotes = [];
    private readonly Dictionary<(int Provider, int Follower), LinkChanged> _links = [];
    private readonly Dictionary<long, OrderReport> _orders = [];
    private readonly Dictionary<int, Money> _balances = [];
    private readonly Dictionary<int, Int128> _funds = [];
    private readonly HashSet<int> _liquidating = [];
    private readonly HashSet<long> _closedByLiquidation = [];
    private int _justFilled = -1;
    private long _lastExecution;
    private long _lastTime;

    /// <summary>Takes the events of one command, all of its long work included.</summary>
    public void Check(in CommandHeader command, EventLog events)
    {
        CommandType cause = command.Type;
        CheckHeaders(in command, events);
        _liquidating.Clear();
        _closedByLiquidation.Clear();
        CheckCopiesOfFills(events);
        for (int i = 0; i < events.Count; i++)
        {
            EventSlot slot = events[i];
            Take(cause, ref slot);
        }
        CheckDuplicates(events);
        _justFilled = cause == CommandType.PlaceOrder ? FilledAccount(events) : -1;
        CheckProtectedBalances();
    }

    private static void Holds(bool condition, string invariant)
    {
        if (!condition)
        {
            throw new DisagreementException($"invariant broken: {invariant}");
        }
    }

    private void Take(CommandType cause, ref EventSlot slot)
    {
        switch (slot.Header.Type)
        {
            case EventType.InstrumentDefined:
                _instruments[slot.As<InstrumentDefined>().Id] = slot.As<InstrumentDefined>().Definition;
                break;
            case EventType.GroupDefined:
                Take(in slot.As<GroupDefined>());
                break;
            case EventType.GroupInstrumentDefined:
                SetGroupInstrument settings = slot.As<GroupInstrumentDefined>().Definition;
                _halfSpreads[(settings.Group, settings.Symbol)] = settings.HalfSpreadPoints;
                break;
            case EventType.AccountOpened:
                _accounts[slot.As<AccountOpened>().Account] = slot.As<AccountOpened>();
                break;
            case EventType.AccountStatusChanged:
                _statuses[slot.As<AccountStatusChanged>().Account] = slot.As<AccountStatusChanged>().Status;
                break;
            case EventType.QuoteTaken:
                _quotes[slot.As<QuoteTaken>().Symbol] = slot.As<QuoteTaken>();
                break;
            case EventType.LinkChanged:
                Take(in slot.As<LinkChanged>());
                break;
            case EventType.LedgerPosting:
                Take(in slot.As<LedgerPosting>());
                break;
            case EventType.OrderReport:
                Take(cause, in slot.As<OrderReport>());
                break;
            case EventType.MarginReport:
                Take(in slot.As<MarginReport>());
                break;
            case EventType.CascadeReport:
                CheckCascade(in slot.As<CascadeReport>());
                break;
            case EventType.PortfolioBatch:
                CheckPortfolios(in slot.As<PortfolioBatch>());
                break;
            case EventType.AccountState:
                CheckFigures(in slot.As<AccountState>().Portfolio);
                CheckFreeMargin(in slot.As<AccountState>().Portfolio);
                break;
            case EventType.BooksState:
                CheckBooks(in slot.As<BooksState>());
                break;
        }
    }

    private void Take(in LinkChanged link)
    {
        (int, int) key = (link.Provider, link.Follower);
        Holds(link.Provider != link.Follower, "C5: nobody follows itself");
        Holds(_accounts[link.Provider].UserType == UserType.StrategyProvider, "C5: only a provider is followed, so there are no chains");
        Holds(_accounts[link.Follower].UserType == UserType.CopyFollower, "C5: only a follower follows, so there are no chains");
        if (link.Removed)
        {
            Holds(_links.Remove(key), "a link that ends existed");
            return;
        }
        _links[key] = link;
    }

    private static int FilledAccount(EventLog events) =>
        events.Of<OrderReport>() is [{ Status: OrderStatus.Filled, Duplicate: false } first, ..] ? first.Account : -1;

    private bool IsOpen(in OrderReport order) => order.RemainingSteps > 0 && order.AveragePricePoints != 0;

    private IEnumerable<OrderReport> OpenOrders => _orders.Values.Where(order => IsOpen(in order));
}
