using CopyEngine.Commands;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Mirror;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>What an order waits for: its stops when it is open, its price when it is not. Entries of indexes follow the details.</summary>
internal sealed class TriggerEncoder(Terms terms)
{
    /// <summary>Removes an ended order from every index that Redis has it in.</summary>
    public static void RemoveEntries(CommandBatch batch, in ProjectedOrder order, InstrumentTerms instrument)
    {
        RemoveStopEntries(batch, in order, instrument, both: true);
        RemovePendingEntry(batch, in order, instrument);
    }

    /// <summary>The details of an open order's stops and their index entries.</summary>
    public void WriteStops(WriteBatch write, in ProjectedAccount account, in TakenOrder taken, InstrumentTerms instrument)
    {
        ref readonly ProjectedOrder order = ref taken.Order;
        RemoveStopEntries(write.Indexes, in order, instrument, both: false);
        if (!order.NeedsStopLossEntry && !order.NeedsTakeProfitEntry)
        {
            if (order.HasStopLossEntry || order.HasTakeProfitEntry)
            {
                write.Removals.Command("DEL"u8).AddTriggersKey(order.OrderId);
            }
            return;
        }
        CommandBatch batch = write.Preparations;
        if (!taken.IsNew)
        {
            batch.Command("MULTI"u8);
            batch.Command("DEL"u8).AddTriggersKey(order.OrderId);
        }
        batch.Command("HSET"u8).AddTriggersKey(order.OrderId);
        AddTriggers(batch, in account, in order, instrument);
        if (!taken.IsNew)
        {
            batch.Command("EXEC"u8);
        }
        AddStopEntries(write.Indexes, in account, in order, instrument);
    }

    private void AddTriggers(CommandBatch batch, in ProjectedAccount account, in ProjectedOrder order, InstrumentTerms instrument)
    {
        batch.Field("order_id"u8, order.OrderId)
            .Field("symbol"u8, instrument.Symbol)
            .Field("order_type"u8, OrderFields.TypeOf(in order))
            .Field("user_type"u8, Names.Of(account.UserType))
            .Field("user_id"u8, account.Number);
        batch.AddLevels(in order, instrument);
        if (order.StopLossPoints != 0)
        {
            batch.Units("stop_loss_compare"u8, StopCompare(in account, in order, order.StopLossPoints), instrument.Digits);
        }
        if (order.TakeProfitPoints != 0)
        {
            batch.Units("take_profit_compare"u8, StopCompare(in account, in order, order.TakeProfitPoints), instrument.Digits);
        }
    }

    private void AddStopEntries(CommandBatch batch, in ProjectedAccount account, in ProjectedOrder order, InstrumentTerms instrument)
    {
        if (order.NeedsStopLossEntry)
        {
            batch.Command("ZADD"u8).AddStopLossIndexKey(instrument.Symbol, order.Side)
                .WriteUnits(StopCompare(in account, in order, order.StopLossPoints), instrument.Digits).End().Add(order.OrderId);
        }
        if (order.NeedsTakeProfitEntry)
        {
            batch.Command("ZADD"u8).AddTakeProfitIndexKey(instrument.Symbol, order.Side)
                .WriteUnits(StopCompare(in account, in order, order.TakeProfitPoints), instrument.Digits).End().Add(order.OrderId);
        }
    }

    private static void RemoveStopEntries(CommandBatch batch, in ProjectedOrder order, InstrumentTerms instrument, bool both)
    {
        if (order.HasStopLossEntry && (both || !order.NeedsStopLossEntry))
        {
            batch.Command("ZREM"u8).AddStopLossIndexKey(instrument.Symbol, order.Side).Add(order.OrderId);
        }
        if (order.HasTakeProfitEntry && (both || !order.NeedsTakeProfitEntry))
        {
            batch.Command("ZREM"u8).AddTakeProfitIndexKey(instrument.Symbol, order.Side).Add(order.OrderId);
        }
    }

    /// <summary>The details of a waiting order and its index entry.</summary>
    public void WritePending(WriteBatch write, in ProjectedAccount account, in TakenOrder taken, InstrumentTerms instrument)
    {
        ref readonly ProjectedOrder order = ref taken.Order;
        if (order.PendingEntry != order.PendingType)
        {
            RemovePendingEntry(write.Indexes, in order, instrument);
        }
        if (order.PendingType == PendingType.None)
        {
            if (order.PendingEntry != PendingType.None)
            {
                write.Removals.Command("DEL"u8).AddPendingKey(order.OrderId);
            }
            return;
        }
        WritePendingOrder(write.Preparations, in account, in taken, instrument);
        write.Indexes.Command("ZADD"u8).AddPendingIndexKey(instrument.Symbol, order.PendingType)
            .WriteUnits(PendingCompare(in account, in order), instrument.Digits).End().Add(order.OrderId);
    }

    private void WritePendingOrder(CommandBatch batch, in ProjectedAccount account, in TakenOrder taken, InstrumentTerms instrument)
    {
        ref readonly ProjectedOrder order = ref taken.Order;
        if (!taken.IsNew)
        {
            batch.Command("MULTI"u8);
            batch.Command("DEL"u8).AddPendingKey(order.OrderId);
        }
        batch.Command("HSET"u8).AddPendingKey(order.OrderId)
            .Field("order_id"u8, order.OrderId)
            .Field("symbol"u8, instrument.Symbol)
            .Field("order_type"u8, OrderFields.TypeOf(in order))
            .Units("order_quantity"u8, instrument.LotUnits(order.RemainingSteps), instrument.LotDecimals)
            .Units("order_price"u8, order.PendingPricePoints, instrument.Digits)
            .Units("order_price_compare"u8, PendingCompare(in account, in order), instrument.Digits)
            .Field("order_status"u8, "PENDING"u8)
            .Field("group"u8, terms.Group(account.Group).Name)
            .Field("user_type"u8, Names.Of(account.UserType))
            .Field("user_id"u8, account.Number)
            .Field("created_at"u8, order.OpenedAt / 1_000);
        batch.AddLevels(in order, instrument);
        if (order.OrderType == OrderType.StopLimit)
        {
            batch.Units("limit_price"u8, order.PricePoints, instrument.Digits);
        }
        if (order.ExpiresAt != 0)
        {
            batch.Field("expires_at"u8, order.ExpiresAt / 1_000);
        }
        if (!taken.IsNew)
        {
            batch.Command("EXEC"u8);
        }
    }

    private static void RemovePendingEntry(CommandBatch batch, in ProjectedOrder order, InstrumentTerms instrument)
    {
        if (order.PendingEntry != PendingType.None)
        {
            batch.Command("ZREM"u8).AddPendingIndexKey(instrument.Symbol, order.PendingEntry).Add(order.OrderId);
        }
    }

    /// <summary>
    /// The level as the market's own bid or ask has to reach it: a buy is closed at the client's bid, a sell at the
    /// client's ask (semantics, section 2), so the half-spread goes on the level instead of on every price.
    /// </summary>
    private int StopCompare(in ProjectedAccount account, in ProjectedOrder order, int level)
    {
        int halfSpread = terms.HalfSpreadPoints(account.Group, order.Symbol);
        return order.Side == Side.Buy ? level + halfSpread : level - halfSpread;
    }

    /// <summary>The price as the market's own ask (buy) or bid (sell) has to reach it.</summary>
    private int PendingCompare(in ProjectedAccount account, in ProjectedOrder order)
    {
        int halfSpread = terms.HalfSpreadPoints(account.Group, order.Symbol);
        return order.Side == Side.Buy ? order.PendingPricePoints - halfSpread : order.PendingPricePoints + halfSpread;
    }
}
