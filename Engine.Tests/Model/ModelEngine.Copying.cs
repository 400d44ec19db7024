using System.Numerics;
using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Copies of a provider's fill: size, checks, copy or skip (semantics, section 6).</summary>
internal sealed partial class ModelEngine
{
    /// <summary>The provider's figures before its order changed anything.</summary>
    private sealed record ProviderFigures(Figures Figures);

    /// <summary>What became of one follower.</summary>
    private sealed record CopyOutcome(RejectCode Skip, CopySizing Sizing, ModelOrder? Copy);

    /// <summary>Null when nobody follows.</summary>
    private ProviderFigures? ProviderFiguresFor(ModelAccount account) =>
        LinksOf(account).Count == 0 ? null : new ProviderFigures(FiguresOf(account));

    /// <summary>In order of subscription.</summary>
    private List<ModelLink> LinksOf(ModelAccount provider) =>
        [.. _links.Where(link => link.Provider == provider).OrderBy(link => link.Subscription)];

    private void FanOut(ModelOrder master, long executionId, ProviderFigures provider)
    {
        var skips = new SortedDictionary<RejectCode, int>();
        List<ModelLink> links = LinksOf(master.Account);
        decimal lots = 0;
        int copied = 0;
        foreach (ModelLink link in links)
        {
            CopyOutcome outcome = Copy(master, link, provider.Figures);
            if (outcome.Copy is null)
            {
                skips[outcome.Skip] = skips.GetValueOrDefault(outcome.Skip) + 1;
                EmitSkip(master, link, executionId, outcome);
                continue;
            }
            copied++;
            lots += outcome.Copy.Lots;
            EmitCopy(outcome.Copy, executionId, outcome.Sizing);
        }
        EmitCopyReport(master, CopyAction.Open, links.Count, copied, lots, skips);
    }

    /// <summary>A copy, or the first reason against it.</summary>
    private CopyOutcome Copy(ModelOrder master, ModelLink link, Figures provider)
    {
        var sizing = new CopySizing { Ratio = link.Settings.Ratio, MasterSteps = Units.Steps(master.Instrument, master.Lots) };
        CopyOutcome Skip(RejectCode reason) => new(reason, sizing, null);

        RejectCode code = CheckEquities(link, provider, ref sizing);
        if (code != RejectCode.None)
        {
            return Skip(code);
        }
        Exact? raw = RawLots(master, link, sizing);
        if (raw is null)
        {
            return Skip(RejectCode.NoConversion);
        }
        sizing.RawLots = RawLotsUnits(raw.Value);
        decimal? lots = SizeWithinLimits(master.Instrument, link, raw.Value);
        if (lots is null)
        {
            return Skip(RejectCode.BelowMinLot);
        }
        code = CheckFollower(link);
        if (code != RejectCode.None)
        {
            return Skip(code);
        }
        ModelOrder copy = NewCopy(master, link, lots.Value);
        code = CheckMargin(copy);
        if (code == RejectCode.None && IsSlippedTooFar(copy, master, link))
        {
            code = RejectCode.SlippageExceeded;
        }
        if (code != RejectCode.None)
        {
            return Skip(code);
        }
        _lastOrderId++;
        return new CopyOutcome(RejectCode.None, sizing, copy);
    }

    /// <summary>Provider first; of each side what cannot be computed before what is not positive.</summary>
    private RejectCode CheckEquities(ModelLink link, Figures provider, ref CopySizing sizing)
    {
        if (provider.IsDegraded || provider.RestsOnStaleRate)
        {
            return RejectCode.NoConversion;
        }
        sizing.ProviderEquity = Units.Money(provider.Equity);
        if (provider.Equity <= 0)
        {
            return RejectCode.NoEquity;
        }
        Figures follower = FiguresOf(link.Follower);
        if (follower.IsDegraded || follower.RestsOnStaleRate)
        {
            return RejectCode.NoConversion;
        }
        if (follower.Equity <= 0)
        {
            return RejectCode.NoEquity;
        }
        Converted? converted = Convert(
            follower.Equity,
            link.Follower.Currency,
            link.Provider.Currency,
            link.Follower.Group.Definition.Conversion,
            isOwed: false);
        if (converted is null or { IsStale: true })
        {
            return RejectCode.NoConversion;
        }
        sizing.FollowerEquity = Units.Money(converted.Amount);
        return RejectCode.None;
    }

    /// <summary>The size before rounding and caps; null when a margin cannot be computed.</summary>
    private Exact? RawLots(ModelOrder master, ModelLink link, CopySizing sizing)
    {
        decimal ratio = Units.ToDecimal(link.Settings.Ratio);
        return link.Settings.Mode switch
        {
            CopyMode.FixedLots => Units.ToDecimal(link.Settings.Lots),
            CopyMode.Multiplier => (Exact)master.Lots * ratio,
            CopyMode.FixedAmount => LotsOfMargin(master, link, Units.ToDecimal(link.Settings.Amount)),
            _ => (Exact)master.Lots * Units.ToDecimal(sizing.FollowerEquity.Units) / Units.ToDecimal(sizing.ProviderEquity.Units) * ratio,
        };
    }

    /// <summary>Lots whose own margin, unrounded, is the amount.</summary>
    private Exact? LotsOfMargin(ModelOrder master, ModelLink link, decimal amount)
    {
        ModelAccount follower = link.Follower;
        decimal price = OpeningPrice(follower.Group, master.Instrument, CopySide(master, link));
        (Exact marginOfOneLot, string currency) = OpeningMargin(follower, master.Instrument, 1m, price);
        Rate? rate = RateOf(Currency(currency), Currency(follower.Currency), follower.Group.Definition.Conversion, isOwed: true);
        return rate is null or { IsStale: true } ? null : (Exact)amount / (marginOfOneLot * rate.Value);
    }

    private static long RawLotsUnits(Exact raw)
    {
        BigInteger units = (raw * 100_000_000m).Floor();
        return units > long.MaxValue ? long.MaxValue : (long)units;
    }

    /// <summary>Down to the step, cap by maxLots, cap by the group; below the minimum null, or the minimum.</summary>
    private static decimal? SizeWithinLimits(ModelInstrument instrument, ModelLink link, Exact raw)
    {
        decimal? maxLots = link.Settings.MaxLots == Field.NotGiven
            ? null
            : RoundDownToStep(instrument, Units.ToDecimal(link.Settings.MaxLots));
        decimal largest = MaxLot(link.Follower.Group, instrument);
        decimal smallest = MinLot(link.Follower.Group, instrument);
        decimal cap = Math.Min(maxLots ?? largest, largest);
        decimal lots = raw >= (Exact)cap ? cap : RoundDownToStep(instrument, raw);
        if (lots >= smallest)
        {
            return lots;
        }
        bool mayRaise = link.Settings.MinLotPolicy == MinLotPolicy.Raise && (maxLots is null || maxLots >= smallest);
        return mayRaise ? smallest : null;
    }

    private static decimal RoundDownToStep(ModelInstrument instrument, Exact lots) =>
        (decimal)(lots / instrument.LotStep).Floor() * instrument.LotStep;

    private static RejectCode CheckFollower(ModelLink link)
    {
        RejectCode code = CheckMayOpen(link.Follower);
        if (code != RejectCode.None)
        {
            return code;
        }
        return link.Status == LinkStatus.Active ? RejectCode.None : link.PauseReason;
    }

    private static Side CopySide(ModelOrder master, ModelLink link) =>
        !link.Settings.Reverse ? master.Side : master.Side == Side.Buy ? Side.Sell : Side.Buy;

    private ModelOrder NewCopy(ModelOrder master, ModelLink link, decimal lots)
    {
        Side side = CopySide(master, link);
        (decimal? stopLoss, decimal? takeProfit) = CopiedStops(master, link);
        return new ModelOrder
        {
            Id = _lastOrderId + 1,
            Account = link.Follower,
            Instrument = master.Instrument,
            Side = side,
            OrderType = OrderType.Market,
            Lots = lots,
            Remaining = lots,
            OpenPrice = OpeningPrice(link.Follower.Group, master.Instrument, side),
            StopLoss = stopLoss,
            TakeProfit = takeProfit,
            Master = master,
            IsCopy = true,
            Link = link,
        };
    }

    /// <summary>Taken as they are; stop loss and take profit swap when the copy is reversed.</summary>
    private static (decimal? StopLoss, decimal? TakeProfit) CopiedStops(ModelOrder master, ModelLink link)
    {
        if (!link.Settings.CopyStops)
        {
            return (null, null);
        }
        return link.Settings.Reverse ? (master.TakeProfit, master.StopLoss) : (master.StopLoss, master.TakeProfit);
    }

    private static bool IsSlippedTooFar(ModelOrder copy, ModelOrder master, ModelLink link)
    {
        if (link.Settings.MaxSlippage == Field.NotGiven)
        {
            return false;
        }
        decimal worse = copy.Side == Side.Buy ? copy.OpenPrice - master.OpenPrice : master.OpenPrice - copy.OpenPrice;
        return worse > Units.ToDecimal(link.Settings.MaxSlippage);
    }

    private void EmitSkip(ModelOrder master, ModelLink link, long executionId, CopyOutcome outcome) =>
        Emit(new CopySkipped
        {
            MasterOrderId = master.Id,
            CauseExecutionId = executionId,
            Provider = master.Account.Id,
            Follower = link.Follower.Id,
            Reason = outcome.Skip,
            Sizing = outcome.Sizing,
        });

    private void EmitCopy(ModelOrder copy, long causeExecutionId, CopySizing sizing)
    {
        long executionId = Open(copy);
        OrderReport report = Describe(copy, OrderStatus.Filled, Cause.MasterOpened);
        report.ExecutionId = executionId;
        report.CauseExecutionId = causeExecutionId;
        report.LastLotsSteps = Units.Steps(copy.Instrument, copy.Lots);
        report.LastPricePoints = Units.Points(copy.Instrument, copy.OpenPrice);
        report.Sizing = sizing;
        Emit(in report);
    }

    private void EmitCopyReport(
        ModelOrder master, CopyAction action, int followers, int copied, decimal lots, SortedDictionary<RejectCode, int>? skips = null)
    {
        var report = new CopyReport
        {
            MasterOrderId = master.Id,
            Provider = master.Account.Id,
            Symbol = master.Instrument.Id,
            Action = action,
            Followers = followers,
            Copied = copied,
            LotsSteps = (long)(lots / master.Instrument.LotStep),
            ClientOrderId = master.ClientOrderId,
        };
        int place = 0;
        foreach ((RejectCode reason, int count) in skips ?? [])
        {
            report.Skipped[place++] = new SkipCount(reason, count);
        }
        Emit(in report);
    }
}
