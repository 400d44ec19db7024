using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;

namespace CopyEngine.Margin;

/// <summary>
/// Closes one account by its group's rule, in one step: waiting orders first, then holdings that have a fresh price,
/// until the level is above the liquidation level or nothing is left (semantics, section 7).
/// </summary>
internal sealed class Liquidation(
    QuoteTable quotes,
    AccountTable accounts,
    Valuation valuation,
    OrderTable orders,
    OrderExecution execution,
    EventOutput output)
{
    private Candidate[] _candidates = new Candidate[64];

    /// <param name="Order">Place of the holding.</param>
    /// <param name="Id">Its id, which breaks ties.</param>
    /// <param name="Result">What closing it brings.</param>
    private readonly record struct Candidate(int Order, long Id, Money Result);

    /// <summary>Liquidates an account that is at its level, knows all its rates and has something to close.</summary>
    public void Run(int account, in Figures figures, Group group, long now)
    {
        Report(account, MarginEventKind.LiquidationStarted, in figures, 0);
        CancelWaiting(account, Cause.Liquidation, now);
        Span<Candidate> candidates = Collect(account, now);
        bool isOneByOne = group.Definition.Liquidation == LiquidationRule.LargestLossFirst;
        if (isOneByOne)
        {
            candidates.Sort(static (left, right) =>
                left.Result != right.Result ? left.Result.CompareTo(right.Result) : left.Id.CompareTo(right.Id));
        }
        int closed = 0;
        Figures after = figures;
        foreach (Candidate candidate in candidates)
        {
            if (!execution.TryPrepare(candidate.Order, orders[candidate.Order].Steps, quotes[orders[candidate.Order].Symbol].Raw, now, out Closing closing))
            {
                continue;
            }
            execution.Close(candidate.Order, in closing, Cause.Liquidation, default, now);
            closed++;
            after = valuation.Of(account, now);
            if (isOneByOne && !after.IsAtOrBelow(group.Definition.LiquidationLevel))
            {
                break;
            }
        }
        after = valuation.Of(account, now);
        Report(account, MarginEventKind.Liquidated, in after, closed);
    }

    /// <summary>Cancels an account's waiting orders in order of id.</summary>
    public void CancelWaiting(int account, Cause cause, long now)
    {
        int next;
        for (int order = accounts[account].FirstOrder; order >= 0; order = next)
        {
            next = orders[order].NextOfAccount;
            if (orders[order].State == OrderStage.Waiting)
            {
                ClientOrderId id = orders.ClientId(order);
                execution.EndWaiting(order, OrderStatus.Cancelled, cause, RejectCode.None, in id, now);
            }
        }
    }

    /// <summary>Tradable holdings with what closing each would bring; in order of id.</summary>
    private Span<Candidate> Collect(int account, long now)
    {
        int count = 0;
        for (int order = accounts[account].FirstOrder; order >= 0; order = orders[order].NextOfAccount)
        {
            if (orders[order].State != OrderStage.Open || !quotes.IsTradable(orders[order].Symbol, now)
                || !execution.TryPrepare(order, orders[order].Steps, quotes[orders[order].Symbol].Raw, now, out Closing closing))
            {
                continue;
            }
            if (count == _candidates.Length)
            {
                Array.Resize(ref _candidates, count * 2);
            }
            Money result = closing.Entries.Profit + closing.Entries.Swap - closing.Entries.EntryCommission;
            _candidates[count++] = new Candidate(order, orders[order].Id, result);
        }
        return _candidates.AsSpan(0, count);
    }

    private void Report(int account, MarginEventKind kind, in Figures figures, int closed) => output.Emit(new MarginReport
    {
        Account = account,
        CauseProvider = -1,
        Closed = closed,
        Kind = kind,
        Equity = figures.Equity,
        UsedMargin = figures.UsedMargin,
    });
}
