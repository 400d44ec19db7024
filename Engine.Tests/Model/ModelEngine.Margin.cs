using CopyEngine.Commands;

namespace CopyEngine.Tests.Model;

/// <summary>Profit, margin, equity (semantics, sections 3 and 4).</summary>
internal sealed partial class ModelEngine
{
    /// <summary>BUY: (bid − open price) × lots × contract size; SELL: (open price − ask) × lots × contract size.</summary>
    private static Exact ProfitInProfitCurrency(ModelOrder order, decimal lots)
    {
        Exact difference = order.Side == Side.Buy
            ? (Exact)ClosingPrice(order) - order.OpenPrice
            : (Exact)order.OpenPrice - ClosingPrice(order);
        return difference * lots * order.Instrument.ContractSize;
    }

    private Converted? ProfitInAccountCurrency(ModelOrder order, decimal lots)
    {
        Exact profit = ProfitInProfitCurrency(order, lots);
        return ConvertToAccount(profit, order.Instrument.ProfitCurrency, order.Account, profit.Sign < 0);
    }

    /// <summary>Profit of one symbol: summed exactly, converted once, rounded once.</summary>
    private Converted? SymbolProfit(ModelAccount account, ModelInstrument instrument, List<ModelOrder> holdings)
    {
        Exact profit = holdings.Aggregate(Exact.Zero, (sum, order) => sum + ProfitInProfitCurrency(order, order.Remaining));
        return ConvertToAccount(profit, instrument.ProfitCurrency, account, profit.Sign < 0);
    }

    /// <summary>Crypto, and every class of a group with margin price open, freezes the margin at the fill.</summary>
    private static bool MarginIsFrozen(ModelGroup group, ModelInstrument instrument) =>
        instrument.IsCrypto || group.Definition.MarginPrice == MarginPrice.Open;

    /// <summary>The larger of the two sides.</summary>
    private Converted? SymbolMargin(ModelAccount account, ModelInstrument instrument, List<ModelOrder> holdings)
    {
        List<ModelOrder> buys = holdings.FindAll(order => order.Side == Side.Buy);
        List<ModelOrder> sells = holdings.FindAll(order => order.Side == Side.Sell);
        if (MarginIsFrozen(account.Group, instrument))
        {
            return new Converted(Math.Max(buys.Sum(order => order.FrozenMargin), sells.Sum(order => order.FrozenMargin)), false);
        }
        decimal lots = Math.Max(buys.Sum(order => order.Remaining), sells.Sum(order => order.Remaining));
        return CurrentMargin(account, instrument, lots);
    }

    /// <summary>Contract size × lots × ask / leverage, converted.</summary>
    private Converted? CurrentMargin(ModelAccount account, ModelInstrument instrument, decimal lots)
    {
        Exact margin = (Exact)instrument.ContractSize * lots * ClientAsk(account.Group, instrument)
            / EffectiveLeverage(account, instrument);
        return ConvertToAccount(margin, instrument.ProfitCurrency, account, isOwed: true);
    }

    /// <summary>The margin of lots that open at a price, before conversion, and the currency it is in.</summary>
    private static (Exact Margin, string Currency) OpeningMargin(
        ModelAccount account, ModelInstrument instrument, decimal lots, decimal openPrice)
    {
        Exact contracts = (Exact)instrument.ContractSize * lots / EffectiveLeverage(account, instrument);
        if (instrument.IsCrypto)
        {
            return (contracts * openPrice * Units.ToDecimal(instrument.Definition.MarginFactor), instrument.ProfitCurrency);
        }
        if (account.Group.Definition.MarginPrice == MarginPrice.Current)
        {
            return (contracts * ClientAsk(account.Group, instrument), instrument.ProfitCurrency);
        }
        return instrument.Definition.AssetClass == AssetClass.Forex
            ? (contracts, instrument.BaseCurrency)
            : (contracts * openPrice, instrument.ProfitCurrency);
    }

    private Converted? OpeningMarginInAccountCurrency(ModelAccount account, ModelInstrument instrument, decimal lots, decimal openPrice)
    {
        (Exact margin, string currency) = OpeningMargin(account, instrument, lots, openPrice);
        return ConvertToAccount(margin, currency, account, isOwed: true);
    }

    /// <summary>An order's own margin, of the lots that remain, as reports show it; 0 when it cannot be computed.</summary>
    private decimal OwnMargin(ModelOrder order)
    {
        if (!order.IsOpen)
        {
            return 0;
        }
        return MarginIsFrozen(order.Account.Group, order.Instrument)
            ? order.FrozenMargin
            : CurrentMargin(order.Account, order.Instrument, order.Remaining)?.Amount ?? 0;
    }

    /// <summary>Equity = balance + open profit; what cannot be converted is left out and marks the figures degraded.</summary>
    private Figures FiguresOf(ModelAccount account)
    {
        decimal equity = account.Balance;
        decimal usedMargin = 0;
        bool isDegraded = false;
        bool isStale = false;
        foreach (IGrouping<ModelInstrument, ModelOrder> symbol in account.Holdings.GroupBy(order => order.Instrument))
        {
            List<ModelOrder> holdings = [.. symbol];
            Converted? profit = SymbolProfit(account, symbol.Key, holdings);
            Converted? margin = SymbolMargin(account, symbol.Key, holdings);
            equity += profit?.Amount ?? 0;
            equity += holdings.Sum(order => order.Swap - order.EntryCommission);
            usedMargin += margin?.Amount ?? 0;
            isDegraded |= profit is null || margin is null;
            isStale |= profit is { IsStale: true } || margin is { IsStale: true };
        }
        isDegraded |= Math.Abs(equity) > LargestAmount || usedMargin > LargestAmount;
        return new Figures(account.Balance, Shown(equity), Shown(usedMargin), isDegraded, isStale);
    }

    /// <summary>A sum beyond the largest amount counts as not computable and is shown as that amount.</summary>
    private static decimal Shown(decimal sum) => Math.Clamp(sum, -LargestAmount, LargestAmount);

    /// <summary>Opening needs free margin ≥ 0 with the order in it, everything afresh, every rate known and fresh.</summary>
    private RejectCode CheckMargin(ModelOrder order)
    {
        ModelAccount account = order.Account;
        Converted? commission = Commission(order, order.Lots, order.OpenPrice, CommissionSide.Entry);
        Converted? margin = OpeningMarginInAccountCurrency(account, order.Instrument, order.Lots, order.OpenPrice);
        if (commission is null or { IsStale: true } || margin is null or { IsStale: true })
        {
            return RejectCode.NoConversion;
        }
        Figures afterwards = FiguresWith(order, commission.Amount, margin.Amount);
        if (afterwards.IsDegraded || afterwards.RestsOnStaleRate)
        {
            return RejectCode.NoConversion;
        }
        return afterwards.FreeMargin < 0 ? RejectCode.InsufficientMargin : RejectCode.None;
    }

    /// <summary>What the figures would be with the order open.</summary>
    private Figures FiguresWith(ModelOrder order, decimal commission, decimal margin)
    {
        bool isWaiting = order.Account.Orders.Contains(order);
        (order.IsOpen, order.Remaining, order.EntryCommission, order.FrozenMargin) = (true, order.Lots, commission, margin);
        if (!isWaiting)
        {
            order.Account.Orders.Add(order);
        }
        Figures figures = FiguresOf(order.Account);
        if (!isWaiting)
        {
            order.Account.Orders.Remove(order);
        }
        order.IsOpen = false;
        return figures;
    }

    /// <summary>Per lot, or percent of the notional value; nothing on a side that the group does not charge.</summary>
    private Converted? Commission(ModelOrder order, decimal lots, decimal price, CommissionSide side)
    {
        if (!order.Account.Group.Instruments.TryGetValue(order.Instrument.Id, out SetGroupInstrument settings)
            || settings.Commission == 0 || (settings.CommissionSide != side && settings.CommissionSide != CommissionSide.Both))
        {
            return new Converted(0, false);
        }
        Exact commission = (Exact)Units.ToDecimal(settings.Commission) * lots;
        if (settings.CommissionBasis == CommissionBasis.PerLot)
        {
            return Rounded(commission, isStale: false);
        }
        Exact ofNotional = commission * order.Instrument.ContractSize * price / 100m;
        return ConvertToAccount(ofNotional, order.Instrument.ProfitCurrency, order.Account, isOwed: true);
    }

    /// <summary>Lots whose margin is about the account's free margin; for generators that want orders to matter.</summary>
    public decimal LotsThatFit(ModelAccount account, ModelInstrument instrument)
    {
        if (instrument.Market is null)
        {
            return 1;
        }
        Converted? ofOneLot = OpeningMarginInAccountCurrency(account, instrument, 1m, ClientAsk(account.Group, instrument));
        decimal free = FiguresOf(account).FreeMargin;
        return ofOneLot is null or { Amount: <= 0 } || free <= 0 ? 1 : Math.Min(free / ofOneLot.Amount, 10_000m);
    }
}
