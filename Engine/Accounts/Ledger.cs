using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Accounts;

/// <summary>The books of one currency, in 10^-8; their sum is zero at all times (semantics, section 8).</summary>
internal struct Books
{
    public Int128 ClientBalances;
    public Int128 BrokerProfit;
    public Int128 Commissions;
    public Int128 Swaps;
    public Int128 NegativeBalanceExpense;
    public Int128 Rounding;
    public Int128 ExternalFlows;

    public readonly Int128 Sum =>
        ClientBalances + BrokerProfit + Commissions + Swaps + NegativeBalanceExpense + Rounding + ExternalFlows;
}

/// <summary>What a close does to a balance, exact in 10^-8 of the account's currency; booked entry by entry.</summary>
internal struct CloseEntries
{
    public Money Profit;
    public Money EntryCommission;
    public Money ExitCommission;
    public Money Swap;

    /// <summary>False when the close could not be computed.</summary>
    public readonly bool AreWithinLimit =>
        Profit.IsWithinLimit && EntryCommission.IsWithinLimit && ExitCommission.IsWithinLimit && Swap.IsWithinLimit;
}

/// <summary>
/// Balances and their counter accounts: every change of a balance is an entry with one cause and a counter entry. What
/// rounding to the minor unit takes or gives goes to the rounding account.
/// </summary>
internal sealed class Ledger(AccountTable accounts, GroupTable groups, CurrencyTable currencies, EventOutput output, int currencyCapacity)
{
    private readonly Books[] _books = new Books[currencyCapacity];

    public ref readonly Books this[int currency] => ref _books[currency];

    /// <summary>Books a deposit or withdrawal that was checked.</summary>
    public void Move(int account, Money amount)
    {
        ref Books books = ref _books[accounts[account].Currency];
        books.ExternalFlows -= amount.Units;
        var posting = new LedgerPosting { Account = account, Funds = amount };
        Post(ref posting, amount, ref books);
    }

    /// <summary>Books a close; returns what was booked of it.</summary>
    public LedgerPosting Close(int account, long orderId, in CloseEntries exact)
    {
        int currency = accounts[account].Currency;
        int decimals = currencies.MinorDecimals(currency);
        ref Books books = ref _books[currency];
        Money entry = (-exact.EntryCommission).RoundToMinorUnit(decimals);
        Money exit = (-exact.ExitCommission).RoundToMinorUnit(decimals);
        var posting = new LedgerPosting
        {
            Account = account,
            OrderId = orderId,
            Profit = exact.Profit.RoundToMinorUnit(decimals),
            Commission = entry + exit,
            Swap = exact.Swap.RoundToMinorUnit(decimals),
        };
        Money booked = posting.Profit + posting.Commission + posting.Swap;
        Money total = exact.Profit - exact.EntryCommission - exact.ExitCommission + exact.Swap;
        posting.Rounding = booked - total;
        books.BrokerProfit -= exact.Profit.Units;
        books.Commissions += exact.EntryCommission.Units + exact.ExitCommission.Units;
        books.Swaps -= exact.Swap.Units;
        books.Rounding -= posting.Rounding.Units;
        Post(ref posting, booked, ref books);
        return posting;
    }

    /// <summary>
    /// Sets a negative balance to zero against the broker's expense when the account's last holding is closed and its
    /// group protects it (semantics, section 7).
    /// </summary>
    public void Protect(int account, long orderId)
    {
        ref Account held = ref accounts[account];
        if (held.Holdings > 0 || held.Balance.Units >= 0 || !groups[held.Group].Definition.NegativeBalanceProtection)
        {
            return;
        }
        Money forgiven = -held.Balance;
        ref Books books = ref _books[held.Currency];
        books.NegativeBalanceExpense -= forgiven.Units;
        var posting = new LedgerPosting { Account = account, OrderId = orderId, NegativeBalance = forgiven };
        Post(ref posting, forgiven, ref books);
    }

    /// <summary>The books of the currencies that there are; those come before.</summary>
    public void Transfer(StateTransfer transfer) => transfer.Values(_books.AsSpan(0, currencies.Count));

    private void Post(ref LedgerPosting posting, Money booked, ref Books books)
    {
        ref Account account = ref accounts[posting.Account];
        account.Balance += booked;
        books.ClientBalances += booked.Units;
        Invariant.Holds(books.Sum == 0, "the books of a currency do not sum to zero");
        posting.Balance = account.Balance;
        accounts.MarkDirty(posting.Account);
        output.Emit(in posting);
    }
}
