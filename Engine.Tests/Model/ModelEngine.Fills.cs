using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>Opening and closing holdings.</summary>
internal sealed partial class ModelEngine
{
    /// <summary>Opens a checked order at its open price and copies it to every follower.</summary>
    private void Fill(ModelOrder order, Cause cause)
    {
        ProviderFigures? provider = ProviderFiguresFor(order.Account);
        long executionId = Open(order);
        OrderReport report = Describe(order, OrderStatus.Filled, cause);
        report.ExecutionId = executionId;
        report.LastLotsSteps = Units.Steps(order.Instrument, order.Lots);
        report.LastPricePoints = Units.Points(order.Instrument, order.OpenPrice);
        Emit(in report);
        if (provider is not null)
        {
            FanOut(order, executionId, provider);
        }
    }

    /// <summary>Makes the order a holding; answers with the id of the fill.</summary>
    private long Open(ModelOrder order)
    {
        ModelAccount account = order.Account;
        order.EntryCommission = Commission(order, order.Lots, order.OpenPrice, CommissionSide.Entry)!.Amount;
        order.FrozenMargin = OpeningMarginInAccountCurrency(account, order.Instrument, order.Lots, order.OpenPrice)!.Amount;
        order.IsOpen = true;
        order.Remaining = order.Lots;
        order.OpenedAt = _now;
        order.ExpiresAt = 0;
        order.StopLossEntry = ++_lastEntry;
        order.TakeProfitEntry = ++_lastEntry;
        if (!account.Orders.Contains(order))
        {
            account.Orders.Add(order);
        }
        _orders[order.Id] = order;
        account.IsDirty = true;
        return ++_lastExecutionId;
    }

    /// <summary>Takes an order out of the account.</summary>
    private static void Remove(ModelOrder order)
    {
        order.Account.Orders.Remove(order);
        order.IsGone = true;
        order.Remaining = 0;
        order.Account.IsDirty = true;
    }

    /// <summary>A close needs a price and fresh conversion rates; a stale price closes.</summary>
    private bool CanClose(ModelOrder order) => CanClose(order, order.Remaining);

    private bool CanClose(ModelOrder order, decimal lots) =>
        EntriesOf(order, lots) is not null
        && RateOf(Currency(order.Instrument.ProfitCurrency), Currency(order.Account.Currency), order.Account.Group.Definition.Conversion, true) is { IsStale: false };

    /// <summary>Profit at the closing price, the shares of entry commission and swap, the exit commission; null if not convertible.</summary>
    private CloseEntries? EntriesOf(ModelOrder order, decimal lots)
    {
        Converted? profit = ProfitInAccountCurrency(order, lots);
        Converted? exit = Commission(order, lots, ClosingPrice(order), CommissionSide.Exit);
        if (profit is null || exit is null)
        {
            return null;
        }
        var entries = new CloseEntries(
            profit.Amount, -Share(order.EntryCommission, order, lots), -exit.Amount, Share(order.Swap, order, lots));
        return Math.Abs(order.Account.Balance + Sum(entries)) > LargestAmount ? null : entries;
    }

    /// <summary>Proportional share of what remains, rounded to 10^-8; the last close takes the rest.</summary>
    private static decimal Share(decimal remaining, ModelOrder order, decimal lots) =>
        ((Exact)remaining * lots / order.Remaining).Round(8)!.Value;

    /// <summary>Closes lots of a holding at the current price; copies are not touched.</summary>
    private void Close(ModelOrder order, decimal lots, Cause cause, ClientOrderId id = default)
    {
        CloseEntries exact = EntriesOf(order, lots)!;
        decimal price = ClosingPrice(order);
        order.FrozenMargin -= Share(order.FrozenMargin, order, lots);
        order.EntryCommission += exact.EntryCommission;
        order.Swap -= exact.Swap;
        order.Remaining -= lots;
        bool isWhole = order.Remaining == 0;
        if (isWhole)
        {
            Remove(order);
            order.IsOpen = true;
        }
        CloseEntries booked = BookClose(order, exact);
        OrderReport report = Describe(order, isWhole ? OrderStatus.Closed : OrderStatus.PartiallyClosed, cause);
        report.ExecutionId = ++_lastExecutionId;
        report.LastLotsSteps = Units.Steps(order.Instrument, lots);
        report.LastPricePoints = Units.Points(order.Instrument, price);
        report.RealizedProfit = Units.Money(booked.Profit);
        report.Commission = Units.Money(-(booked.EntryCommission + booked.ExitCommission));
        report.Swap = Units.Money(booked.Swap);
        report.ClientOrderId = id;
        Emit(in report);
        order.Account.IsDirty = true;
        ProtectFromNegativeBalance(order.Account, order.Id);
    }

    /// <summary>Closes lots of a holding and brings its copies along.</summary>
    private void CloseWithCopies(ModelOrder order, decimal lots, Cause cause, ClientOrderId id = default)
    {
        Close(order, lots, cause, id);
        MirrorClose(order);
    }
}
