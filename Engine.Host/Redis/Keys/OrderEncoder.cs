using CopyEngine.Commands;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Numerics;
using CopyEngine.Quotes;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>The keys of one order. Those in the account's slot are the account's transaction; the rest is staged around it.</summary>
internal sealed class OrderEncoder(Terms terms)
{
    private readonly TriggerEncoder _triggers = new(terms);

    /// <summary>The holdings hash, inside the account's transaction.</summary>
    public void WriteHoldings(CommandBatch batch, in ProjectedAccount account, in TakenOrder taken)
    {
        if (!taken.IsNew)
        {
            batch.Command("DEL"u8).AddHoldingsKey(in account, taken.Order.OrderId);
        }
        batch.Command("HSET"u8).AddHoldingsKey(in account, taken.Order.OrderId);
        AddOrder(batch, in account, in taken.Order, terms.Instrument(taken.Order.Symbol));
    }

    /// <summary>The keys of a living order in other slots.</summary>
    public void WriteAround(WriteBatch write, in ProjectedAccount account, in TakenOrder taken)
    {
        InstrumentTerms instrument = terms.Instrument(taken.Order.Symbol);
        if (!taken.WasWritten)
        {
            write.Preparations.Command("SADD"u8).AddHoldersKey(instrument.Symbol, account.UserType).AddAccount(in account);
        }
        WriteOrderData(write.Preparations, in account, in taken, instrument);
        _triggers.WriteStops(write, in account, in taken, instrument);
        _triggers.WritePending(write, in account, in taken, instrument);
    }

    /// <summary>Removes the keys of an ended order in other slots.</summary>
    public void RemoveAround(WriteBatch write, in ProjectedAccount account, in TakenOrder taken)
    {
        InstrumentTerms instrument = terms.Instrument(taken.Order.Symbol);
        TriggerEncoder.RemoveEntries(write.Indexes, in taken.Order, instrument);
        RemoveDetails(write.Removals, taken.Order.OrderId);
        if (taken.IsLastOfSymbol)
        {
            write.Removals.Command("SREM"u8).AddHoldersKey(instrument.Symbol, account.UserType).AddAccount(in account);
        }
    }

    /// <summary>Removes the hashes of an order of which nothing else is known.</summary>
    public static void RemoveDetails(CommandBatch batch, long orderId)
    {
        batch.Command("DEL"u8).AddOrderDataKey(orderId);
        batch.Command("DEL"u8).AddTriggersKey(orderId);
        batch.Command("DEL"u8).AddPendingKey(orderId);
    }

    /// <summary>Only the profit, which moves with every price.</summary>
    public void WriteProfit(CommandBatch batch, in ProjectedAccount account, in TakenOrder taken)
    {
        batch.Command("HSET"u8).AddOrderDataKey(taken.Order.OrderId)
            .Exact("profit"u8, Profit(in account, in taken, terms.Instrument(taken.Order.Symbol)));
    }

    private void WriteOrderData(CommandBatch batch, in ProjectedAccount account, in TakenOrder taken, InstrumentTerms instrument)
    {
        long orderId = taken.Order.OrderId;
        if (!taken.IsNew)
        {
            batch.Command("MULTI"u8);
            batch.Command("DEL"u8).AddOrderDataKey(orderId);
        }
        batch.Command("HSET"u8).AddOrderDataKey(orderId);
        AddOrder(batch, in account, in taken.Order, instrument);
        batch.Field("leverage"u8, terms.Leverage(account.Leverage, account.Group, instrument))
            .Setting("contract_size"u8, instrument.ContractSize)
            .Exact("profit"u8, Profit(in account, in taken, instrument));
        if (!taken.IsNew)
        {
            batch.Command("EXEC"u8);
        }
    }

    private void AddOrder(CommandBatch batch, in ProjectedAccount account, in ProjectedOrder order, InstrumentTerms instrument)
    {
        ReadOnlySpan<byte> status = order.IsOpen ? "OPEN"u8 : "PENDING"u8;
        int halfSpread = terms.HalfSpreadPoints(account.Group, order.Symbol);
        batch.Field("order_id"u8, order.OrderId)
            .Field("symbol"u8, instrument.Symbol)
            .Field("order_type"u8, OrderFields.TypeOf(in order))
            .Units("order_quantity"u8, instrument.LotUnits(order.RemainingSteps), instrument.LotDecimals)
            .Units("order_price"u8, order.IsOpen ? order.AveragePricePoints : order.PendingPricePoints, instrument.Digits)
            .Field("order_status"u8, status)
            .Field("execution_status"u8, order.IsOpen ? "EXECUTED"u8 : "PENDING"u8)
            .Field("status"u8, status)
            .Field("execution"u8, "local"u8)
            .Exact("margin"u8, order.Margin.Units)
            .Exact("contract_value"u8, instrument.ContractValue(order.RemainingSteps))
            .Exact("commission"u8, order.Commission.Units)
            .Exact("commission_entry"u8, order.Commission.Units)
            .Exact("swap"u8, order.Swap.Units)
            .Field("group"u8, terms.Group(account.Group).Name)
            .Units("half_spread"u8, halfSpread, instrument.Digits)
            .Field("user_type"u8, Names.Of(account.UserType))
            .Field("user_id"u8, account.Number)
            .Field("placed_by"u8, PlacedBy(in account, in order))
            .Field("created_at"u8, order.OpenedAt / 1_000)
            .Field("updated_at"u8, order.UpdatedAt / 1_000);
        batch.AddLevels(in order, instrument);
        if (order.MasterOrderId != 0)
        {
            batch.Field("master_order_id"u8, order.MasterOrderId);
        }
    }

    private long Profit(in ProjectedAccount account, in TakenOrder taken, InstrumentTerms instrument)
    {
        if (!taken.Order.IsOpen || !taken.Quote.IsGiven)
        {
            return 0;
        }
        int halfSpread = terms.HalfSpreadPoints(account.Group, taken.Order.Symbol);
        var quote = new RawQuote(taken.Quote.BidPoints, taken.Quote.AskPoints);
        return instrument.Profit(
            taken.Order.Side, taken.Order.RemainingSteps, taken.Order.AveragePricePoints,
            quote.ClosePrice(Side.Buy, halfSpread), quote.ClosePrice(Side.Sell, halfSpread));
    }

    private static ReadOnlySpan<byte> PlacedBy(in ProjectedAccount account, in ProjectedOrder order)
    {
        if (order.IsCopy)
        {
            return "copy_trading"u8;
        }
        return account.UserType == UserType.StrategyProvider ? "strategy_provider"u8 : "user"u8;
    }
}
