using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>
/// The keys of one account. Those under its hash tag go in one transaction, so that an order's hash and its index
/// entry appear and go together; a portfolio alone is one command and needs none.
/// </summary>
internal sealed class AccountEncoder(Terms terms, RedisLimits limits)
{
    private readonly OrderEncoder _orders = new(terms);

    /// <summary>Writes what was taken of an account.</summary>
    /// <param name="write">Where to.</param>
    /// <param name="taken">The account.</param>
    /// <param name="orders">Its orders.</param>
    /// <param name="strangers">Orders that Redis lists under the account and that do not exist; when everything is written.</param>
    public void Write(WriteBatch write, in TakenAccount taken, ReadOnlySpan<TakenOrder> orders, IReadOnlyList<long> strangers)
    {
        if (taken.Changes == AccountChanges.Profit)
        {
            foreach (ref readonly TakenOrder order in orders)
            {
                _orders.WriteProfit(write.Accounts, in taken.Account, in order);
            }
            return;
        }
        WriteOwnSlot(write.Accounts, in taken, orders, strangers);
        foreach (ref readonly TakenOrder order in orders)
        {
            if (order.Order.HasEnded)
            {
                _orders.RemoveAround(write, in taken.Account, in order);
            }
            else
            {
                _orders.WriteAround(write, in taken.Account, in order);
            }
        }
        foreach (long stranger in strangers)
        {
            OrderEncoder.RemoveDetails(write.Removals, stranger);
        }
        if (taken.Changes.Has(AccountChanges.Marks))
        {
            WriteMarks(write.Indexes, in taken);
        }
    }

    private void WriteOwnSlot(
        CommandBatch batch, in TakenAccount taken, ReadOnlySpan<TakenOrder> orders, IReadOnlyList<long> strangers)
    {
        bool isConfig = taken.Changes.Has(AccountChanges.Config);
        bool isPortfolio = taken.Changes.Has(AccountChanges.Portfolio);
        bool isTransaction = !orders.IsEmpty || taken.Changes.Has(AccountChanges.Everything) || (isConfig && isPortfolio);
        if (isTransaction)
        {
            batch.Command("MULTI"u8);
        }
        if (taken.Changes.Has(AccountChanges.Everything))
        {
            RemoveWhatMayBeThere(batch, in taken.Account, strangers);
        }
        if (isConfig)
        {
            WriteConfig(batch, taken.Id, in taken.Account);
        }
        WriteOrders(batch, in taken.Account, orders);
        if (isPortfolio)
        {
            WritePortfolio(batch, in taken.Account);
        }
        if (isTransaction)
        {
            batch.Command("EXEC"u8);
        }
    }

    private static void RemoveWhatMayBeThere(CommandBatch batch, in ProjectedAccount account, IReadOnlyList<long> strangers)
    {
        batch.Command("DEL"u8).AddConfigKey(in account).AddPortfolioKey(in account).AddOrdersIndexKey(in account);
        foreach (long stranger in strangers)
        {
            batch.AddHoldingsKey(in account, stranger);
        }
    }

    private void WriteOrders(CommandBatch batch, in ProjectedAccount account, ReadOnlySpan<TakenOrder> orders)
    {
        foreach (ref readonly TakenOrder taken in orders)
        {
            long orderId = taken.Order.OrderId;
            if (taken.Order.HasEnded)
            {
                batch.Command("DEL"u8).AddHoldingsKey(in account, orderId);
                batch.Command("SREM"u8).AddOrdersIndexKey(in account).Add(orderId);
                continue;
            }
            _orders.WriteHoldings(batch, in account, in taken);
            if (!taken.WasWritten)
            {
                batch.Command("SADD"u8).AddOrdersIndexKey(in account).Add(orderId);
            }
        }
    }

    private void WriteConfig(CommandBatch batch, int id, in ProjectedAccount account)
    {
        GroupEntry group = terms.Group(account.Group);
        ReadOnlySpan<byte> isActive = account.Status == AccountStatus.Active ? "1"u8 : "0"u8;
        batch.Command("HSET"u8).AddConfigKey(in account)
            .Shown("wallet_balance"u8, account.Balance)
            .Shown("balance"u8, account.Balance)
            .Field("leverage"u8, account.Leverage)
            .Field("group"u8, group.Name)
            .Field("currency"u8, terms.Currency(id))
            .Field("status"u8, isActive)
            .Field("is_active"u8, isActive)
            .Field("sending_orders"u8, "rock"u8)
            .Setting("auto_cutoff_level"u8, Percent(group.Definition.WarningLevel))
            .Setting("auto_liquidation_level"u8, Percent(group.Definition.LiquidationLevel));
    }

    private static void WritePortfolio(CommandBatch batch, in ProjectedAccount account)
    {
        Portfolio portfolio = account.Portfolio;
        batch.Command("HSET"u8).AddPortfolioKey(in account)
            .Shown("equity"u8, portfolio.Equity)
            .Shown("balance"u8, portfolio.Balance)
            .Shown("free_margin"u8, portfolio.FreeMargin)
            .Shown("used_margin"u8, portfolio.UsedMargin)
            .Level("margin_level"u8, portfolio.Equity, portfolio.UsedMargin)
            .Shown("open_pnl"u8, portfolio.OpenProfit)
            .Shown("total_pl"u8, portfolio.OpenProfit)
            .Shown("used_margin_executed"u8, portfolio.UsedMargin)
            .Shown("used_margin_all"u8, portfolio.UsedMargin)
            .Field("calc_status"u8, portfolio.IsDegraded ? "degraded"u8 : "ok"u8)
            .Field("degraded_fields"u8, portfolio.IsDegraded ? "equity,free_margin,used_margin,margin_level,open_pnl,total_pl"u8 : ""u8)
            .Field("ts"u8, account.PortfolioTime / 1_000);
    }

    private void WriteMarks(CommandBatch batch, in TakenAccount taken)
    {
        if (taken.AlertSeconds > 0)
        {
            batch.Command("SET"u8).AddAlertKey(in taken.Account).Add("1"u8).Add("EX"u8).Add(taken.AlertSeconds);
        }
        if (taken.Account.IsLiquidating)
        {
            batch.Command("SET"u8).AddLiquidatingKey(in taken.Account).Add("1"u8)
                .Add("EX"u8).Add((long)limits.LiquidatingExpiry.TotalSeconds);
        }
        else if (!taken.Changes.Has(AccountChanges.Everything))
        {
            batch.Command("DEL"u8).AddLiquidatingKey(in taken.Account);
        }
    }

    /// <summary>10^-4 percent as 10^-8 units.</summary>
    private static long Percent(int level) => level * (Fixed8.One / 10_000);
}
