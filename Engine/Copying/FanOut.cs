using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Copying;

/// <summary>
/// A master's fill to all of its followers, in order of subscription, at the master's quote however many slices it
/// takes. Every follower ends in a copy or in a recorded skip (semantics, section 6).
/// </summary>
internal sealed class FanOut(
    InstrumentTable instruments,
    GroupTable groups,
    AccountTable accounts,
    Valuation valuation,
    OrderTable orders,
    TriggerTable triggers,
    OrderExecution execution,
    OrderReports reports,
    LinkTable links,
    CopySizer sizer,
    WorkQueue work,
    EventOutput output)
{
    /// <summary>What a copy costs in units of work.</summary>
    private const int UnitsPerCopy = 1;

    /// <summary>A provider's equity, which must be taken before its order changes anything; nothing for other accounts.</summary>
    public Figures EquityBefore(int account, long now) =>
        accounts.Profile(account).Provider < 0 ? default : valuation.Of(account, now);

    /// <summary>Begins the fan-out of a master's fill.</summary>
    /// <returns>True when there are followers, so that work was put on the queue.</returns>
    public bool Begin(int master, in OrderReport fill, in Figures providerBefore, RawQuote quote)
    {
        int provider = accounts.Profile(fill.Account).Provider;
        if (provider < 0 || links[provider].LivingLinks == 0)
        {
            return false;
        }
        orders.Hold(master);
        ref WorkItem item = ref work.Push(WorkKind.FanOut, provider);
        item.Master = master;
        item.Pinned = quote;
        item.Cause = Cause.MasterOpened;
        item.ExecutionId = fill.ExecutionId;
        item.MasterFillPoints = fill.LastPricePoints;
        item.MasterSteps = fill.LastLotsSteps;
        item.ProviderEquity = providerBefore.Equity;
        item.ProviderRefusal = !providerBefore.IsComputable ? RejectCode.NoConversion
            : providerBefore.Equity.Units <= 0 ? RejectCode.NoEquity
            : RejectCode.None;
        item.Report = new CopyReport
        {
            MasterOrderId = fill.OrderId,
            Provider = fill.Account,
            Symbol = fill.Symbol,
            Action = CopyAction.Open,
            ClientOrderId = orders.ClientId(master),
        };
        return true;
    }

    /// <summary>Copies to the next followers.</summary>
    public bool Step(ref WorkItem item, ref int budget, long now)
    {
        PagedArray<CopyLink> followers = links[item.Provider].Links;
        int link = item.Cursor == WorkItem.NotStarted ? 0 : item.Cursor;
        for (; link < followers.Count && budget > 0; link++)
        {
            if (followers[link].IsRemoved)
            {
                continue;
            }
            budget -= UnitsPerCopy;
            item.Report.Followers++;
            Copy(ref item, ref followers[link], now);
        }
        item.Cursor = link;
        if (link < followers.Count)
        {
            return false;
        }
        output.Emit(in item.Report);
        orders.Release(item.Master);
        return true;
    }

    private void Copy(ref WorkItem item, ref CopyLink link, long now)
    {
        var sizing = new CopySizing { ProviderEquity = item.ProviderEquity, MasterSteps = item.MasterSteps };
        RejectCode refusal = TryPrepare(ref item, ref link, now, ref sizing, out Opening opening);
        if (refusal == RejectCode.None)
        {
            Open(ref item, ref link, in opening, in sizing, now);
            return;
        }
        item.Report.Skipped.Count(refusal);
        output.Emit(new CopySkipped
        {
            MasterOrderId = item.Report.MasterOrderId,
            CauseExecutionId = item.ExecutionId,
            Provider = item.Report.Provider,
            Follower = link.Follower,
            Reason = refusal,
            Sizing = sizing,
        });
    }

    private RejectCode TryPrepare(ref WorkItem item, ref CopyLink link, long now, ref CopySizing sizing, out Opening opening)
    {
        ref Order master = ref orders[item.Master];
        Side side = link.Settings.Reverse ? Opposite(master.Side) : master.Side;
        int halfSpread = groups[accounts[link.Follower].Group].For(master.Symbol).HalfSpreadPoints;
        opening = new Opening
        {
            Account = link.Follower,
            Symbol = master.Symbol,
            Side = side,
            FillPoints = item.Pinned.ClientPrice(side, halfSpread),
        };
        if (item.ProviderRefusal != RejectCode.None)
        {
            return item.ProviderRefusal;
        }
        RejectCode refusal = sizer.Size(
            ref link, item.Report.Provider, instruments[master.Symbol], opening.FillPoints, now, ref sizing, out opening.Steps);
        if (refusal == RejectCode.None)
        {
            refusal = CheckStanding(ref link, item.Provider);
        }
        if (refusal == RejectCode.None)
        {
            refusal = execution.Prepare(ref opening, now);
        }
        if (refusal == RejectCode.None && SlipsTooFar(ref link, in opening, item.MasterFillPoints))
        {
            refusal = RejectCode.SlippageExceeded;
        }
        return refusal != RejectCode.None ? refusal
            : execution.HasRoom(in opening) ? RejectCode.None
            : RejectCode.CapacityExceeded;
    }

    /// <summary>Account and link must be active; a provider that is being liquidated copies to nobody.</summary>
    private RejectCode CheckStanding(ref CopyLink link, int provider) => accounts[link.Follower].Status switch
    {
        AccountStatus.Suspended => RejectCode.AccountNotActive,
        AccountStatus.CloseOnly => RejectCode.CloseOnly,
        _ when accounts[links[provider].Account].Has(AccountFlags.Liquidating) => RejectCode.Liquidating,
        _ => link.Status == LinkStatus.Paused ? link.PauseReason : RejectCode.None,
    };

    private bool SlipsTooFar(ref CopyLink link, in Opening opening, int masterFillPoints)
    {
        if (link.Settings.MaxSlippage == Field.NotGiven)
        {
            return false;
        }
        long worse = opening.Side == Side.Buy
            ? (long)opening.FillPoints - masterFillPoints
            : (long)masterFillPoints - opening.FillPoints;
        return (Int128)worse * instruments[opening.Symbol].PointUnits > link.Settings.MaxSlippage;
    }

    private void Open(ref WorkItem item, ref CopyLink link, in Opening opening, in CopySizing sizing, long now)
    {
        int copy = execution.Fill(-1, in opening, now, OrderFlags.Copy);
        orders.Attach(copy, item.Master);
        ref Order order = ref orders[copy];
        if (link.Settings.CopyStops)
        {
            CopyStops(ref order, ref orders[item.Master]);
        }
        triggers.Arm(copy);
        OrderReport report = reports.Of(copy, OrderStatus.Filled, Cause.MasterOpened, now);
        report.ExecutionId = execution.Executions;
        report.CauseExecutionId = item.ExecutionId;
        report.LastLotsSteps = opening.Steps;
        report.LastPricePoints = opening.FillPoints;
        report.Sizing = sizing;
        output.Emit(in report);
        item.Report.Copied++;
        item.Report.LotsSteps += opening.Steps;
    }

    /// <summary>Levels as the master's are; a reversed copy has stop loss and take profit swapped.</summary>
    public static void CopyStops(ref Order copy, ref Order master)
    {
        bool isReversed = copy.Side != master.Side;
        copy.StopLossPoints = isReversed ? master.TakeProfitPoints : master.StopLossPoints;
        copy.TakeProfitPoints = isReversed ? master.StopLossPoints : master.TakeProfitPoints;
    }

    private static Side Opposite(Side side) => side == Side.Buy ? Side.Sell : Side.Buy;
}
