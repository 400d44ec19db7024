using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Quotes;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Margin;

/// <summary>
/// The tick (semantics, section 7): accounts that hold an instrument whose price or conversion was quoted since the last
/// one, and accounts whose orders or funds changed, are recomputed, published if changed, and looked at by autocutoff.
/// </summary>
internal sealed class Sweep(
    InstrumentTable instruments,
    GroupTable groups,
    QuoteTable quotes,
    ConversionTable conversions,
    AccountTable accounts,
    ExposureTable exposures,
    Valuation valuation,
    Autocutoff autocutoff,
    EventOutput output,
    int instrumentCapacity)
{
    /// <summary>Accounts passed over that cost as much as one unit.</summary>
    private const int PassedPerUnit = 64;

    private readonly bool[] _news = new bool[instrumentCapacity];
    private PortfolioBatch _batch;
    private ulong _newsInterests;
    private bool _everybody = true;
    private bool _everybodyNext;

    /// <summary>Every account is recomputed at the next tick: routes of conversion have changed.</summary>
    public void ConcernEverybody() => _everybodyNext = true;

    /// <summary>Takes what is new since the last tick; what comes later is the next one's.</summary>
    public void Begin()
    {
        _newsInterests = AccountTable.Dirty;
        _everybody |= _everybodyNext;
        _everybodyNext = false;
        for (int symbol = 0; symbol < instruments.Count; symbol++)
        {
            _news[symbol] = quotes[symbol].IsNewSinceTick;
            if (_news[symbol])
            {
                _newsInterests |= AccountTable.InterestIn(symbol);
                quotes.ForgetNews(symbol);
            }
        }
    }

    /// <summary>Visits the next accounts.</summary>
    /// <returns>True when all have been visited, false when the budget is used or a cascade has to be done first.</returns>
    public bool Step(ref WorkItem item, ref int budget, long now)
    {
        int passed = 0;
        int account = Math.Max(item.Cursor, 0);
        bool isInterrupted = false;
        for (; account < accounts.Count && budget > 0 && !isInterrupted; account++)
        {
            if (!IsConcerned(account))
            {
                passed++;
                budget -= passed % PassedPerUnit == 0 ? 1 : 0;
                continue;
            }
            budget--;
            isInterrupted = Visit(account, ref item.Tick, now);
        }
        Flush();
        item.Cursor = account;
        if (account < accounts.Count || isInterrupted)
        {
            return false;
        }
        _everybody = false;
        return true;
    }

    /// <summary>What an unfinished tick looks for. The batch is empty between steps.</summary>
    public void Transfer(StateTransfer transfer)
    {
        Invariant.Holds(_batch.Count == 0, "figures of a tick were not published at the end of its step");
        transfer.Value(ref _everybody);
        transfer.Value(ref _everybodyNext);
        transfer.Value(ref _newsInterests);
        transfer.Values(_news.AsSpan(0, instruments.Count));
    }

    private bool IsConcerned(int account)
    {
        ulong interests = accounts.Interests(account);
        return _everybody || ((interests & _newsInterests) != 0 && ((interests & AccountTable.Dirty) != 0 || HoldsNews(account)));
    }

    /// <summary>The interest bits stand for several instruments each; this is exact.</summary>
    private bool HoldsNews(int account)
    {
        int currency = accounts[account].Currency;
        for (int at = accounts[account].FirstExposure; at >= 0; at = exposures[at].Next)
        {
            int symbol = exposures[at].Symbol;
            Route route = conversions.RouteOf(instruments[symbol].ProfitCurrency, currency);
            if (_news[symbol] || IsNews(route.First) || IsNews(route.Second))
            {
                return true;
            }
        }
        return false;
    }

    private bool IsNews(Leg leg) => leg.Exists && _news[leg.Symbol];

    /// <returns>True when a cascade was begun, which comes first.</returns>
    private bool Visit(int account, ref TickCompleted tick, long now)
    {
        Figures figures = valuation.Of(account, now);
        accounts.Interests(account) = InterestsOf(account);
        tick.Recomputed++;
        Publish(account, in figures, ref tick);
        Group group = groups[accounts[account].Group];
        if (!autocutoff.Concerns(account, in figures, group))
        {
            return false;
        }
        // What readers see before the closes must be the figures that led to them.
        Flush();
        return autocutoff.Act(account, in figures, group, ref tick, now);
    }

    private ulong InterestsOf(int account)
    {
        ulong interests = 0;
        int currency = accounts[account].Currency;
        for (int at = accounts[account].FirstExposure; at >= 0; at = exposures[at].Next)
        {
            int symbol = exposures[at].Symbol;
            Route route = conversions.RouteOf(instruments[symbol].ProfitCurrency, currency);
            interests |= AccountTable.InterestIn(symbol) | InterestIn(route.First) | InterestIn(route.Second);
        }
        return interests;
    }

    private static ulong InterestIn(Leg leg) => leg.Exists ? AccountTable.InterestIn(leg.Symbol) : 0;

    private void Publish(int account, in Figures figures, ref TickCompleted tick)
    {
        ref Account held = ref accounts[account];
        ref AccountProfile profile = ref accounts.Profile(account);
        bool isSame = held.Has(AccountFlags.Published)
            && held.Equity == figures.Equity
            && held.UsedMargin == figures.UsedMargin
            && profile.PublishedBalance == held.Balance
            && held.Has(AccountFlags.PublishedDegraded) == figures.IsDegraded;
        if (isSame)
        {
            return;
        }
        held.Set(AccountFlags.Published, true);
        held.Set(AccountFlags.PublishedDegraded, figures.IsDegraded);
        held.Equity = figures.Equity;
        held.UsedMargin = figures.UsedMargin;
        profile.PublishedBalance = held.Balance;
        tick.Changed++;
        _batch.Portfolios[_batch.Count++] = PortfolioOf(account, in held, in figures);
        if (_batch.Count == Portfolios.Length)
        {
            Flush();
        }
    }

    /// <summary>The figures as readers see them.</summary>
    public static Portfolio PortfolioOf(int account, in Account held, in Figures figures) => new()
    {
        Account = account,
        IsDegraded = figures.IsDegraded,
        Balance = held.Balance,
        Equity = figures.Equity,
        UsedMargin = figures.UsedMargin,
    };

    private void Flush()
    {
        if (_batch.Count > 0)
        {
            output.Emit(in _batch);
            _batch = default;
        }
    }
}
