using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>Orders, fills, copies and cascades.</summary>
internal sealed partial class StreamInvariants
{
    private void Take(CommandType cause, in OrderReport report)
    {
        if (report.Duplicate || report.OrderId == 0 || (report.Reject != RejectCode.None && report.Cause == Cause.None))
        {
            return;
        }
        bool isKnown = _orders.TryGetValue(report.OrderId, out OrderReport before);
        CheckTransition(isKnown, in before, in report);
        if (report.ExecutionId != 0)
        {
            Holds(report.ExecutionId == ++_lastExecution, "execution ids count without a gap");
            CheckFillPrice(in report);
        }
        if (report.Status == OrderStatus.Filled)
        {
            CheckMayIncreaseRisk(in report);
        }
        if (report.Cause is Cause.Liquidation && report.LastLotsSteps > 0)
        {
            Holds(report.Status is OrderStatus.Closed, "G6: a liquidation only closes");
            bool isItsOwn = _liquidating.Contains(report.Account) || cause is CommandType.Tick;
            Holds(isItsOwn, "C8: a liquidation touches only the account that is liquidated");
            _closedByLiquidation.Add(report.OrderId);
        }
        _orders[report.OrderId] = report.Status is OrderStatus.Cancelled or OrderStatus.Expired or OrderStatus.Rejected
            ? report with { RemainingSteps = 0 }
            : report;
    }

    private static void CheckTransition(bool isKnown, in OrderReport before, in OrderReport report)
    {
        switch (report.Status)
        {
            case OrderStatus.New:
                Holds(!isKnown || (before.OrderType == OrderType.StopLimit && report.OrderType == OrderType.Limit), "O3: an order is new once");
                break;
            case OrderStatus.Filled:
                Holds(!isKnown || before.AveragePricePoints == 0, "O3: only what waits is filled");
                Holds(!isKnown || before.RemainingSteps > 0, "O3: what has ended is not filled");
                Holds(report.RemainingSteps == report.LotsSteps && report.LastLotsSteps == report.LotsSteps, "O1: quote orders fill in full");
                break;
            case OrderStatus.Closed or OrderStatus.PartiallyClosed:
                Holds(isKnown && before.AveragePricePoints != 0 && before.RemainingSteps > 0, "O3: only what is open closes, and once");
                Holds(before.RemainingSteps - report.LastLotsSteps == report.RemainingSteps, "O2: what remains is what was open less what closed");
                Holds(report.RemainingSteps == 0 == (report.Status == OrderStatus.Closed), "O3: closed when nothing remains");
                Holds(report.AveragePricePoints == before.AveragePricePoints, "O2: the opening price never changes");
                break;
            case OrderStatus.Modified:
                Holds(isKnown && before.RemainingSteps > 0, "O3: only what lives is modified");
                break;
            default:
                Holds(isKnown && before.RemainingSteps > 0 && before.AveragePricePoints == 0, "O3: only what waits is cancelled, expires or is refused");
                break;
        }
    }

    /// <summary>Buys at the ask, sells at the bid, of the quote that stands; a close is the other way round.</summary>
    private void CheckFillPrice(in OrderReport report)
    {
        QuoteTaken quote = _quotes[report.Symbol];
        int halfSpread = _halfSpreads.GetValueOrDefault((_accounts[report.Account].Group, report.Symbol));
        bool isOpening = report.Status == OrderStatus.Filled;
        bool buys = report.Side == Side.Buy == isOpening;
        int price = buys ? quote.AskPoints + halfSpread : Math.Max(1, quote.BidPoints - halfSpread);
        Holds(report.LastPricePoints == price, "O4: filled at the client price of the quote");
        if (isOpening && report.OrderType == OrderType.Limit)
        {
            bool isBetter = report.Side == Side.Buy ? price <= report.PricePoints : price >= report.PricePoints;
            Holds(isBetter, "O4: a limit order never fills worse than its limit");
        }
    }

    private void CheckMayIncreaseRisk(in OrderReport report)
    {
        AccountStatus status = _statuses.GetValueOrDefault(report.Account, AccountStatus.Active);
        Holds(status == AccountStatus.Active, "O7: nothing opens for an account that may not open");
        Holds(!_liquidating.Contains(report.Account), "O7: nothing opens for an account in liquidation");
    }

    /// <summary>For every fill of a provider and every link of it: exactly one copy, or one skip with its reason.</summary>
    private void CheckCopiesOfFills(EventLog events)
    {
        List<OrderReport> reports = events.Of<OrderReport>();
        List<CopySkipped> skips = events.Of<CopySkipped>();
        foreach (OrderReport fill in reports.Where(report => report is { Status: OrderStatus.Filled, Duplicate: false, IsCopy: false }))
        {
            List<LinkChanged> links = [.. _links.Values.Where(link => link.Provider == fill.Account)];
            List<OrderReport> copies = reports.FindAll(report => report.CauseExecutionId == fill.ExecutionId);
            List<CopySkipped> skipped = skips.FindAll(skip => skip.CauseExecutionId == fill.ExecutionId);
            List<int> reached = [.. copies.Select(copy => copy.Account), .. skipped.Select(skip => skip.Follower)];
            Holds(reached.Order().SequenceEqual(links.Select(link => link.Follower).Order()), "C2: every follower has one copy or one skip");
            foreach (OrderReport copy in copies)
            {
                CheckCopy(in copy, in fill, _links[(fill.Account, copy.Account)]);
            }
        }
    }

    private static void CheckCopy(in OrderReport copy, in OrderReport master, in LinkChanged link)
    {
        Holds(copy.IsCopy && copy.Cause == Cause.MasterOpened && copy.MasterOrderId == master.OrderId, "C1: a copy names its cause");
        Holds(link.Status == LinkStatus.Active, "C1: only active links copy");
        Holds(copy.ExecutionId > master.ExecutionId, "C1: the cause comes first");
        Holds(copy.Side == master.Side != link.Settings.Reverse, "C3: the side is the master's, or the other one when reversed");
        if (link.Settings.MinLotPolicy == MinLotPolicy.Skip)
        {
            Holds(copy.Sizing.RawLots >= 0 && copy.LotsSteps > 0, "C3: a copy has a size");
        }
    }

    /// <summary>A cascade leaves no copy of what it closed, unless it says so, and counts each once; others on the same tick answer for theirs.</summary>
    private void CheckCascade(in CascadeReport audit)
    {
        int provider = audit.Provider;
        Holds(audit.SuccessfulFollowers + audit.FailedFollowers == audit.TotalFollowers, "C7: every follower succeeded or failed");
        Holds(_links.Values.Where(link => link.Provider == provider).All(link => link.Status == LinkStatus.Paused), "C7: nothing new is copied after a cascade");
        int orphans = OpenOrders.Count(order =>
            _closedByLiquidation.Contains(order.MasterOrderId) && _orders[order.MasterOrderId].Account == provider);
        Holds(audit.FailedFollowers > 0 || orphans == 0, "C7: no copy of a closed master is left open");
    }

    /// <summary>An answer given again changes nothing.</summary>
    private static void CheckDuplicates(EventLog events)
    {
        bool isRepeated = events.Of<OrderReport>().Exists(report => report.Duplicate)
            || events.Of<RequestDone>().Exists(done => done.Duplicate)
            || events.Of<RequestRefused>().Exists(refused => refused.Duplicate);
        Holds(!isRepeated || events.Count == 1, "O5: a command sent again is answered and does nothing");
    }
}
