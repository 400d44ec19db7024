using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>Balances, books and margins.</summary>
internal sealed partial class StreamInvariants
{
    /// <summary>What the counter accounts of a currency must hold, from the postings alone.</summary>
    private readonly Dictionary<string, Counters> _counters = [];
    private readonly HashSet<int> _oldDebts = [];

    private sealed class Counters
    {
        public Int128 Funds { get; set; }
        public Int128 Closes { get; set; }
        public Int128 Forgiven { get; set; }
        public Int128 Rounding { get; set; }
    }

    private Counters CountersOf(string currency)
    {
        if (!_counters.TryGetValue(currency, out Counters? counters))
        {
            _counters[currency] = counters = new Counters();
        }
        return counters;
    }

    private void Take(in LedgerPosting posting)
    {
        Money before = _balances.GetValueOrDefault(posting.Account);
        Money change = posting.Funds + posting.Profit + posting.Commission + posting.Swap + posting.NegativeBalance;
        Holds(before + change == posting.Balance, $"B2: balance {before} and its entries {change} are {posting.Balance}");
        int decimals = _accounts[posting.Account].MinorDecimals;
        Holds(posting.Balance.RoundToMinorUnit(decimals) == posting.Balance, "B4: balances are whole minor units");
        long halfUnits = Fixed8.PowerOfTen(Fixed8.Decimals - decimals) / 2;
        Holds(Math.Abs(posting.Rounding.Units) <= 4 * halfUnits, "B4: rounding stays below half a minor unit for each of four entries");
        Holds(posting.NegativeBalance == Money.Zero || posting.Balance == Money.Zero, "G7: what is forgiven makes the balance zero");
        Holds(posting.NegativeBalance >= Money.Zero, "G7: protection only gives");
        _balances[posting.Account] = posting.Balance;
        if (posting.OrderId != 0 || posting.Balance >= Money.Zero)
        {
            _oldDebts.Remove(posting.Account);
        }
        Counters counters = CountersOf(_accounts[posting.Account].Currency.ToString());
        counters.Funds += posting.Funds.Units;
        counters.Closes += (posting.Profit + posting.Commission + posting.Swap).Units;
        counters.Forgiven += posting.NegativeBalance.Units;
        counters.Rounding += posting.Rounding.Units;
    }

    /// <summary>Protection looks at closes: what was owed when it was switched on stays owed.</summary>
    private void Take(in GroupDefined group)
    {
        int id = group.Id;
        _groups[id] = group.Definition;
        foreach ((int account, Money balance) in _balances)
        {
            if (_accounts[account].Group == id && balance < Money.Zero && !OpenOrders.Any(order => order.Account == account))
            {
                _oldDebts.Add(account);
            }
        }
    }

    private void CheckBooks(in BooksState books)
    {
        string currency = books.Currency.ToString();
        Int128 sum = books.ClientBalances + books.BrokerProfit + books.Commissions + books.Swaps
            + books.NegativeBalanceExpense + books.Rounding + books.ExternalFlows;
        Holds(sum == 0, $"B1: the books of {currency} sum to {sum}");
        Int128 balances = 0;
        foreach ((int account, Money balance) in _balances)
        {
            balances += _accounts[account].Currency.ToString() == currency ? balance.Units : 0;
        }
        Counters counters = CountersOf(currency);
        Holds(books.ClientBalances == balances, $"B1: client balances of {currency} are those of the postings");
        Holds(books.ExternalFlows == -counters.Funds, $"B3: external flows of {currency} counter the funds");
        Holds(books.NegativeBalanceExpense == -counters.Forgiven, $"B3: the expense of {currency} counters what was forgiven");
        Holds(books.Rounding == -counters.Rounding, $"B4: the rounding account of {currency} has every remainder");
        Holds(
            books.BrokerProfit + books.Commissions + books.Swaps == -(counters.Closes - counters.Rounding),
            $"B3: profit, commissions and swaps of {currency} counter the closes exactly");
    }

    private void CheckPortfolios(in PortfolioBatch batch)
    {
        Holds(batch.Count is > 0 and <= Portfolios.Length, "a portfolio batch is never empty");
        for (int i = 0; i < batch.Count; i++)
        {
            CheckFigures(in batch.Portfolios[i]);
        }
    }

    private void CheckFigures(in Portfolio figures)
    {
        int account = figures.Account;
        Holds(figures.Balance == _balances.GetValueOrDefault(account), "B2: the balance told is the balance posted");
        Holds(figures.UsedMargin >= Money.Zero, "G8: margin is never negative");
        bool holdsNothing = !OpenOrders.Any(order => order.Account == account);
        Holds(!holdsNothing || figures.Equity == figures.Balance, "G1: without holdings equity is the balance");
        Holds(!holdsNothing || figures.UsedMargin == Money.Zero, "G1: without holdings no margin is used");
    }

    /// <summary>Asked right after an order of the account was accepted.</summary>
    private void CheckFreeMargin(in Portfolio figures) =>
        Holds(figures.Account != _justFilled || figures.FreeMargin >= Money.Zero, "G3: an accepted order leaves free margin");

    /// <summary>After every command: a protected account without holdings owes nothing.</summary>
    private void CheckProtectedBalances()
    {
        foreach ((int account, Money balance) in _balances)
        {
            if (balance < Money.Zero && !_oldDebts.Contains(account) && _groups[_accounts[account].Group].NegativeBalanceProtection)
            {
                Holds(OpenOrders.Any(order => order.Account == account), "G7: a protected account without holdings owes nothing");
            }
        }
    }

    private void Take(in MarginReport report)
    {
        AccountOpened account = _accounts[report.Account];
        int level = report.Kind switch
        {
            MarginEventKind.Warning => _groups[account.Group].WarningLevel,
            MarginEventKind.LiquidationStarted or MarginEventKind.CascadeStarted => _groups[account.Group].LiquidationLevel,
            _ => -1,
        };
        if (level < 0)
        {
            return;
        }
        Holds(
            report.UsedMargin > Money.Zero && (Int128)report.Equity.Units * 1_000_000 <= (Int128)level * report.UsedMargin.Units,
            $"G5: {report.Kind} only at or under its level");
        if (report.Kind != MarginEventKind.Warning)
        {
            Holds(_liquidating.Add(report.Account), "C9: an account is liquidated once at a tick");
        }
    }
}
