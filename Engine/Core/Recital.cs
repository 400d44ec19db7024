using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Core;

/// <summary>
/// Tells the state as events, each thing once and as it stands, named things before those that name them. A quote and a
/// warning carry the time at which they came, since readers go by it; all else carries the state's time.
/// </summary>
internal sealed class Recital(
    InstrumentTable instruments,
    GroupTable groups,
    QuoteTable quotes,
    AccountTable accounts,
    OrderTable orders,
    OrderReports reports,
    LinkTable links,
    WorkQueue work,
    EventOutput output)
{
    public void Tell(long sequence, long now)
    {
        output.BeginRecital(sequence);
        TellDefinitions(now);
        for (int account = 0; account < accounts.Count; account++)
        {
            TellAccount(account, now);
        }
        for (int provider = 0; provider < links.Providers; provider++)
        {
            TellLinks(provider, now);
        }
        for (int account = 0; account < accounts.Count; account++)
        {
            TellOrders(account, now);
        }
        TellFigures(now);
        for (int account = 0; account < accounts.Count; account++)
        {
            TellMargin(account, now);
        }
    }

    private void TellDefinitions(long now)
    {
        for (int id = 0; id < instruments.Count; id++)
        {
            output.Recite(new InstrumentDefined { Id = id, Definition = instruments[id].Definition }, now);
        }
        for (int id = 0; id < groups.Count; id++)
        {
            output.Recite(new GroupDefined { Id = id, Definition = groups[id].Definition }, now);
            TellGroupInstruments(groups[id], now);
        }
        for (int id = 0; id < instruments.Count; id++)
        {
            ref readonly MarketQuote quote = ref quotes[id];
            if (quote.Exists)
            {
                output.Recite(
                    new QuoteTaken { Symbol = id, BidPoints = quote.BidPoints, AskPoints = quote.AskPoints, SourceTime = quote.SourceTime },
                    quote.TakenAt);
            }
        }
    }

    private void TellGroupInstruments(Group group, long now)
    {
        for (int symbol = 0; symbol < instruments.Count; symbol++)
        {
            if (group.For(symbol).IsOwn)
            {
                output.Recite(new GroupInstrumentDefined { Definition = group.SettingsOf(instruments[symbol]) }, now);
            }
        }
    }

    private void TellAccount(int account, long now)
    {
        ref Account held = ref accounts[account];
        output.Recite(accounts.Describe(account), now);
        if (held.Status != AccountStatus.Active)
        {
            output.Recite(new AccountStatusChanged { Account = account, Status = held.Status }, now);
        }
        if (held.Balance != Money.Zero)
        {
            output.Recite(new LedgerPosting { Account = account, Balance = held.Balance }, now);
        }
    }

    private void TellLinks(int provider, long now)
    {
        PagedArray<CopyLink> followers = links[provider].Links;
        for (int link = 0; link < followers.Count; link++)
        {
            if (!followers[link].IsRemoved)
            {
                output.Recite(links.Describe(provider, link), now);
            }
        }
    }

    private void TellOrders(int account, long now)
    {
        for (int place = accounts[account].FirstOrder; place >= 0; place = orders[place].NextOfAccount)
        {
            OrderStatus status = orders[place].State == OrderStage.Open ? OrderStatus.Filled : OrderStatus.New;
            output.Recite(reports.Of(place, status, Cause.None, now), now);
        }
    }

    /// <summary>Figures as they were published last.</summary>
    private void TellFigures(long now)
    {
        PortfolioBatch batch = default;
        for (int account = 0; account < accounts.Count; account++)
        {
            ref Account held = ref accounts[account];
            if (!held.Has(AccountFlags.Published))
            {
                continue;
            }
            batch.Portfolios[batch.Count++] = new Portfolio
            {
                Account = account,
                IsDegraded = held.Has(AccountFlags.PublishedDegraded),
                Balance = accounts.Profile(account).PublishedBalance,
                Equity = held.Equity,
                UsedMargin = held.UsedMargin,
            };
            if (batch.Count == Portfolios.Length)
            {
                output.Recite(in batch, now);
                batch = default;
            }
        }
        if (batch.Count > 0)
        {
            output.Recite(in batch, now);
        }
    }

    private void TellMargin(int account, long now)
    {
        ref Account held = ref accounts[account];
        ref AccountProfile profile = ref accounts.Profile(account);
        if (profile.LastWarningAt != 0)
        {
            output.Recite(MarginOf(account, in held, MarginEventKind.Warning, -1), profile.LastWarningAt);
        }
        // Its end has been told when all that is left are closes that wait for a price.
        if (held.Has(AccountFlags.Liquidating) && work.HasUnfinishedCascade(profile.Provider))
        {
            output.Recite(MarginOf(account, in held, MarginEventKind.CascadeStarted, account), now);
        }
    }

    private static MarginReport MarginOf(int account, in Account held, MarginEventKind kind, int provider) => new()
    {
        Account = account,
        CauseProvider = provider,
        Kind = kind,
        Equity = held.Equity,
        UsedMargin = held.UsedMargin,
    };
}
