using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Balances and their counter accounts (semantics, section 8).</summary>
internal sealed partial class ModelEngine
{
    private readonly SortedDictionary<string, Books> _books = new(StringComparer.Ordinal);

    /// <summary>The broker's side of one currency.</summary>
    internal sealed class Books
    {
        public decimal BrokerProfit { get; set; }
        public decimal Commissions { get; set; }
        public decimal Swaps { get; set; }
        public decimal NegativeBalanceExpense { get; set; }
        public decimal Rounding { get; set; }
        public decimal ExternalFlows { get; set; }
        public decimal Sum => BrokerProfit + Commissions + Swaps + NegativeBalanceExpense + Rounding + ExternalFlows;
    }

    public Books BooksOf(string currency)
    {
        if (!_books.TryGetValue(currency, out Books? books))
        {
            _books[currency] = books = new Books();
        }
        return books;
    }

    private static int MinorDecimals(string currency) => currency switch
    {
        "JPY" or "KRW" or "CLP" or "VND" or "ISK" or "PYG" or "UGX" => 0,
        "KWD" or "BHD" or "OMR" or "JOD" or "TND" => 3,
        "BTC" or "ETH" => 8,
        _ => 2,
    };

    private static decimal RoundToMinorUnit(ModelAccount account, decimal amount) =>
        decimal.Round(amount, MinorDecimals(account.Currency), MidpointRounding.AwayFromZero);

    private void BookFunds(ModelAccount account, decimal amount)
    {
        account.Balance += amount;
        BooksOf(account.Currency).ExternalFlows -= amount;
        Emit(new LedgerPosting { Account = account.Id, Funds = Units.Money(amount), Balance = Units.Money(account.Balance) });
    }

    /// <summary>What a close brings, each entry exact in 10^-8; costs are negative.</summary>
    private sealed record CloseEntries(decimal Profit, decimal EntryCommission, decimal ExitCommission, decimal Swap);

    /// <summary>Books the entries, each rounded to the minor unit; the counter accounts take the exact amounts, rounding the rest.</summary>
    private CloseEntries BookClose(ModelOrder order, CloseEntries exact)
    {
        ModelAccount account = order.Account;
        var booked = new CloseEntries(
            RoundToMinorUnit(account, exact.Profit),
            RoundToMinorUnit(account, exact.EntryCommission),
            RoundToMinorUnit(account, exact.ExitCommission),
            RoundToMinorUnit(account, exact.Swap));
        decimal rounding = Sum(booked) - Sum(exact);
        account.Balance += Sum(booked);
        Books books = BooksOf(account.Currency);
        books.BrokerProfit -= exact.Profit;
        books.Commissions -= exact.EntryCommission + exact.ExitCommission;
        books.Swaps -= exact.Swap;
        books.Rounding -= rounding;
        Emit(new LedgerPosting
        {
            OrderId = order.Id,
            Account = account.Id,
            Profit = Units.Money(booked.Profit),
            Commission = Units.Money(booked.EntryCommission + booked.ExitCommission),
            Swap = Units.Money(booked.Swap),
            Rounding = Units.Money(rounding),
            Balance = Units.Money(account.Balance),
        });
        return booked;
    }

    private static decimal Sum(CloseEntries entries) =>
        entries.Profit + entries.EntryCommission + entries.ExitCommission + entries.Swap;

    /// <summary>When a protected account's last holding closes below zero, the broker pays.</summary>
    private void ProtectFromNegativeBalance(ModelAccount account, long orderId)
    {
        if (!account.Group.Definition.NegativeBalanceProtection || account.Holdings.Any() || account.Balance >= 0)
        {
            return;
        }
        decimal forgiven = -account.Balance;
        account.Balance = 0;
        BooksOf(account.Currency).NegativeBalanceExpense -= forgiven;
        Emit(new LedgerPosting { OrderId = orderId, Account = account.Id, NegativeBalance = Units.Money(forgiven) });
    }
}
