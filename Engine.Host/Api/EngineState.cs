using CopyEngine.Events;

namespace CopyEngine.Host.Api;

/// <summary>The books of one currency, in 10^-8 (semantics, section 8).</summary>
internal sealed record CurrencyTotals(string Currency, BooksState Books)
{
    /// <summary>Zero, always: otherwise money came from nowhere.</summary>
    public Int128 Sum => Books.ClientBalances + Books.BrokerProfit + Books.Commissions + Books.Swaps
        + Books.NegativeBalanceExpense + Books.Rounding + Books.ExternalFlows;
}

/// <summary>What the engine says of itself at one sequence.</summary>
internal sealed record EngineState(long Sequence, long Time, StateReport Report, IReadOnlyList<CurrencyTotals> Totals)
{
    /// <summary>128 bits as 32 hex digits.</summary>
    public string Hash => $"{Report.HashHigh:x16}{Report.HashLow:x16}";

    public bool IsBalanced => Totals.All(totals => totals.Sum == 0);
}
