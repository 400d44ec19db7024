using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.State;

namespace CopyEngine.Core;

/// <summary>The state proves that it is whole: what is kept incrementally equals what is computed from scratch.</summary>
internal sealed class StateCheck(
    CurrencyTable currencies,
    AccountTable accounts,
    ExposureTable exposures,
    Ledger ledger,
    OrderTable orders,
    LinkTable links)
{
    public void Run()
    {
        var balances = new Int128[currencies.Count];
        int holdings = 0;
        int waiting = 0;
        for (int account = 0; account < accounts.Count; account++)
        {
            balances[accounts[account].Currency] += accounts[account].Balance.Units;
            CheckOrders(account, ref holdings, ref waiting);
        }
        Invariant.Holds(holdings == orders.Holdings && waiting == orders.Waiting, "orders listed are not the orders counted");
        for (int currency = 0; currency < currencies.Count; currency++)
        {
            Invariant.Holds(ledger[currency].Sum == 0, "the books of a currency do not sum to zero");
            Invariant.Holds(ledger[currency].ClientBalances == balances[currency], "client balances are not what the books say");
        }
        Invariant.Holds(links.Count >= 0, "more links removed than made");
    }

    private void CheckOrders(int account, ref int holdings, ref int waiting)
    {
        Money carried = Money.Zero;
        long previousId = 0;
        int own = 0;
        int ownHoldings = 0;
        var sums = new Dictionary<int, Exposure>();
        for (int place = accounts[account].FirstOrder; place >= 0; place = orders[place].NextOfAccount)
        {
            ref Order order = ref orders[place];
            Invariant.Holds(order.Account == account && order.Id > previousId, "an account lists an order wrongly");
            Invariant.Holds(order.Steps > 0 && order.Steps <= order.OriginalSteps, "an order has impossible lots");
            previousId = order.Id;
            own++;
            if (order.State != OrderStage.Open)
            {
                waiting++;
                continue;
            }
            ownHoldings++;
            carried += order.Swap - order.Commission;
            Exposure sum = sums.GetValueOrDefault(order.Symbol);
            sum.Add(order.Side, order.Steps, order.OpenPoints, order.FrozenMargin);
            sum.Holdings++;
            sums[order.Symbol] = sum;
            CheckCopy(place, ref order);
        }
        holdings += ownHoldings;
        Invariant.Holds(own == accounts.Profile(account).Orders, "an account counts its orders wrongly");
        Invariant.Holds(ownHoldings == accounts[account].Holdings, "an account counts its holdings wrongly");
        Invariant.Holds(carried == accounts[account].Carried, "swap and commission of an account are not those of its holdings");
        CheckExposures(account, sums);
    }

    private void CheckCopy(int place, ref Order order)
    {
        if (order.Master < 0)
        {
            return;
        }
        ref Order master = ref orders[order.Master];
        Invariant.Holds(master.Id == order.MasterId && master.Copies > 0, "a copy points to a master that is not its own");
        bool isListed = order.PreviousCopy < 0 ? master.FirstCopy == place : orders[order.PreviousCopy].NextCopy == place;
        Invariant.Holds(isListed, "a master does not list its copy");
    }

    private void CheckExposures(int account, Dictionary<int, Exposure> sums)
    {
        int listed = 0;
        for (int at = accounts[account].FirstExposure; at >= 0; at = exposures[at].Next)
        {
            ref Exposure held = ref exposures[at];
            Exposure sum = sums.GetValueOrDefault(held.Symbol);
            listed++;
            Invariant.Holds(
                sum.LongSteps == held.LongSteps && sum.ShortSteps == held.ShortSteps && sum.OpenValue == held.OpenValue
                && sum.FrozenLong == held.FrozenLong && sum.FrozenShort == held.FrozenShort && sum.Holdings == held.Holdings,
                "an exposure is not the sum of its holdings");
        }
        Invariant.Holds(listed == sums.Count, "an account lists an exposure without holdings");
    }
}
