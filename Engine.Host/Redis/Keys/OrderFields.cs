using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Mirror;

namespace CopyEngine.Host.Redis.Keys;

/// <summary>Fields that several keys of an order have in common.</summary>
internal static class OrderFields
{
    /// <summary>Stop loss and take profit; absent when there is none.</summary>
    public static void AddLevels(this CommandBatch batch, in ProjectedOrder order, InstrumentTerms instrument)
    {
        if (order.StopLossPoints != 0)
        {
            batch.Units("stop_loss"u8, order.StopLossPoints, instrument.Digits);
        }
        if (order.TakeProfitPoints != 0)
        {
            batch.Units("take_profit"u8, order.TakeProfitPoints, instrument.Digits);
        }
    }

    /// <summary>Side of an open order, kind of a waiting one.</summary>
    public static ReadOnlySpan<byte> TypeOf(in ProjectedOrder order) =>
        order.IsOpen ? Names.Of(order.Side) : Names.Of(order.PendingType);
}
