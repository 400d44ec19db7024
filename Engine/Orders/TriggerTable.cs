using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.Quotes;
using CopyEngine.State;

namespace CopyEngine.Orders;

/// <summary>
/// Waiting prices and stop levels per instrument, ordered by raw price, so that a quote touches only what it crosses.
/// A level in client prices is kept as the raw price at which the client price reaches it.
/// </summary>
internal sealed class TriggerTable(InstrumentTable instruments, GroupTable groups, AccountTable accounts, OrderTable orders)
{
    /// <summary>Triggers per order: its waiting price or stop loss, and its take profit.</summary>
    private const int PerOrder = 2;
    private const int FirstTrigger = 0;
    private const int TakeProfitTrigger = 1;
    private const int Ladders = 4;

    private readonly PagedArray<Trigger> _triggers = new(4_096);
    private readonly List<PriceLevels[]> _ladders = [];
    /// <summary>Trigger moved last in each ladder: the next one to move mostly belongs behind it.</summary>
    private readonly int[] _movedLast = new int[Ladders];
    private long _serial;

    /// <summary>Which price crosses a level, and in which direction.</summary>
    internal enum Ladder
    {
        BidFalling,
        BidRising,
        AskFalling,
        AskRising,
    }

    private struct Trigger
    {
        /// <summary>Order of entry; 0: not armed.</summary>
        public long Serial;
        public int Price;
        public int Previous;
        public int Next;
        public Ladder Ladder;
    }

    /// <summary>Serial of the trigger armed last; what is armed later is tested from the next quote on.</summary>
    public long LastSerial => _serial;

    /// <summary>The order of a trigger.</summary>
    public static int OrderOf(int trigger) => trigger / PerOrder;

    /// <summary>Whether the trigger is its order's take profit rather than its stop loss or waiting price.</summary>
    public static bool IsTakeProfit(int trigger) => trigger % PerOrder == TakeProfitTrigger;

    /// <summary>Makes an order's triggers what its state and levels ask for; an unchanged level keeps its place in its queue.</summary>
    public void Arm(int place) => Arm(place, isMove: false);

    /// <summary>Takes an order's triggers away.</summary>
    public void Disarm(int place)
    {
        for (int trigger = place * PerOrder; trigger < place * PerOrder + PerOrder && trigger < _triggers.Count; trigger++)
        {
            Remove(trigger, orders[place].Symbol);
        }
    }

    /// <summary>
    /// Moves the triggers of a group's orders in an instrument whose half-spread has changed. Their levels in client
    /// prices stay what they are, so each keeps its order of entry among those that it comes to stand with.
    /// </summary>
    public void Rearm(int group, int symbol)
    {
        Array.Fill(_movedLast, -1);
        for (int place = 0; place < orders.Places; place++)
        {
            ref Order order = ref orders[place];
            if (order.State is OrderStage.Waiting or OrderStage.Open
                && order.Symbol == symbol && accounts[order.Account].Group == group)
            {
                Arm(place, isMove: true);
            }
        }
    }

    /// <summary>
    /// The next trigger that a quote crosses: those of the bid first, then those of the ask, each by distance from the
    /// previous raw price, then by entry. The cursor moves past what it returns, fired or not.
    /// </summary>
    public bool TryNext(ref TriggerCursor cursor, int symbol, out int trigger)
    {
        PriceLevels[] ladders = LaddersOf(symbol);
        while (cursor.Phase < TriggerCursor.Phases)
        {
            var phase = new Phase(ladders, in cursor);
            if (TryNextAt(in phase, ref cursor, out trigger))
            {
                return true;
            }
            cursor.LastSerial = 0;
            int distance = phase.NextDistance(cursor.Distance);
            if (distance >= 0)
            {
                cursor.Distance = distance;
                continue;
            }
            cursor.Phase++;
            cursor.Distance = 0;
        }
        trigger = -1;
        return false;
    }

    /// <summary>Whether any level of the instrument waits; a quote of one without needs no look.</summary>
    public bool HasAny(int symbol)
    {
        foreach (PriceLevels ladder in LaddersOf(symbol))
        {
            if (!ladder.IsEmpty)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The triggers; the ends of the queues, and with them the ladders, follow from them and their orders.</summary>
    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _serial);
        _triggers.Transfer(transfer);
        for (int trigger = 0; transfer.IsLoading && trigger < _triggers.Count; trigger++)
        {
            ref Trigger armed = ref _triggers[trigger];
            if (armed.Serial != 0 && (armed.Previous < 0 || armed.Next < 0))
            {
                RestoreEnd(trigger, in armed);
            }
        }
    }

    private void RestoreEnd(int trigger, in Trigger armed)
    {
        PriceLevels levels = LaddersOf(orders[OrderOf(trigger)].Symbol)[(int)armed.Ladder];
        ref PriceLevels.Level queue = ref levels[levels.FindOrAdd(armed.Price)];
        if (armed.Previous < 0)
        {
            queue.First = trigger;
        }
        if (armed.Next < 0)
        {
            queue.Last = trigger;
        }
    }

    private void Arm(int place, bool isMove)
    {
        while (_triggers.Count <= place * PerOrder + TakeProfitTrigger)
        {
            _triggers.Take();
        }
        ref Order order = ref orders[place];
        bool isBuy = order.Side == Side.Buy;
        int halfSpread = groups[accounts[order.Account].Group].For(order.Symbol).HalfSpreadPoints;
        if (order.State == OrderStage.Waiting)
        {
            (int level, bool isLimit) = order.Type switch
            {
                OrderType.Limit => (order.PricePoints, true),
                _ => (order.StopPricePoints, false),
            };
            Ladder ladder = isBuy
                ? (isLimit ? Ladder.AskFalling : Ladder.AskRising)
                : (isLimit ? Ladder.BidRising : Ladder.BidFalling);
            Set(place, FirstTrigger, order.Symbol, ladder, level, isBuy ? -halfSpread : halfSpread, isMove);
            Set(place, TakeProfitTrigger, order.Symbol, ladder, 0, 0, isMove);
            return;
        }
        int shift = isBuy ? halfSpread : -halfSpread;
        Set(place, FirstTrigger, order.Symbol, isBuy ? Ladder.BidFalling : Ladder.AskRising, order.StopLossPoints, shift, isMove);
        Set(place, TakeProfitTrigger, order.Symbol, isBuy ? Ladder.BidRising : Ladder.AskFalling, order.TakeProfitPoints, shift, isMove);
    }

    private bool TryNextAt(in Phase phase, ref TriggerCursor cursor, out int trigger)
    {
        trigger = -1;
        long earliest = cursor.SerialLimit + 1;
        int below = phase.Previous - cursor.Distance;
        int above = phase.Previous + cursor.Distance;
        if (below >= phase.Current)
        {
            Offer(phase.Falling, below, cursor.LastSerial, ref earliest, ref trigger);
        }
        if (below <= phase.Current)
        {
            Offer(phase.Rising, below, cursor.LastSerial, ref earliest, ref trigger);
        }
        if (above != below && above >= phase.Current)
        {
            Offer(phase.Falling, above, cursor.LastSerial, ref earliest, ref trigger);
        }
        if (above != below && above <= phase.Current)
        {
            Offer(phase.Rising, above, cursor.LastSerial, ref earliest, ref trigger);
        }
        if (trigger >= 0)
        {
            cursor.LastSerial = earliest;
        }
        return trigger >= 0;
    }

    /// <summary>Offers the oldest trigger of a price that is later than the last one returned.</summary>
    private void Offer(PriceLevels ladder, int price, long lastSerial, ref long earliest, ref int trigger)
    {
        int level = price is < 0 or > PriceLevels.MaxPrice ? -1 : ladder.Find(price);
        if (level < 0)
        {
            return;
        }
        int at = ladder[level].First;
        while (at >= 0 && _triggers[at].Serial <= lastSerial)
        {
            at = _triggers[at].Next;
        }
        if (at >= 0 && _triggers[at].Serial < earliest)
        {
            earliest = _triggers[at].Serial;
            trigger = at;
        }
    }

    private void Set(int place, int which, int symbol, Ladder ladder, int level, int shift, bool isMove)
    {
        int trigger = place * PerOrder + which;
        // A level outside of what a price can be is never crossed, or always: the ends of the range say just that.
        int price = level == 0 ? 0 : Math.Clamp(level + shift, 0, PriceLevels.MaxPrice);
        Trigger armed = _triggers[trigger];
        if (level != 0 && armed.Serial != 0 && armed.Ladder == ladder && armed.Price == price)
        {
            return;
        }
        Remove(trigger, symbol);
        if (level == 0)
        {
            return;
        }
        bool keepsSerial = isMove && armed.Serial != 0;
        _triggers[trigger] = new Trigger { Serial = keepsSerial ? armed.Serial : ++_serial, Ladder = ladder, Price = price };
        PriceLevels levels = LaddersOf(symbol)[(int)ladder];
        ref PriceLevels.Level queue = ref levels[levels.FindOrAdd(price)];
        Enter(ref queue, trigger, keepsSerial ? PlaceInQueue(in queue, trigger) : queue.Last);
    }

    /// <summary>The trigger of a queue after which one belongs by its order of entry; -1: before all of them.</summary>
    private int PlaceInQueue(in PriceLevels.Level queue, int trigger)
    {
        ref Trigger moved = ref _triggers[trigger];
        ref int movedLast = ref _movedLast[(int)moved.Ladder];
        // Found from the one moved before, because a group's orders come almost in their order of entry: a whole level
        // of a hundred thousand stops then merges into another one in one pass instead of one pass each.
        int after = movedLast >= 0 && _triggers[movedLast].Price == moved.Price ? movedLast : queue.Last;
        movedLast = trigger;
        while (after >= 0 && _triggers[after].Serial > moved.Serial)
        {
            after = _triggers[after].Previous;
        }
        int next = after >= 0 ? _triggers[after].Next : queue.First;
        while (next >= 0 && _triggers[next].Serial < moved.Serial)
        {
            (after, next) = (next, _triggers[next].Next);
        }
        return after;
    }

    private void Enter(ref PriceLevels.Level queue, int trigger, int after)
    {
        int next = after >= 0 ? _triggers[after].Next : queue.First;
        _triggers[trigger].Previous = after;
        _triggers[trigger].Next = next;
        if (after >= 0)
        {
            _triggers[after].Next = trigger;
        }
        else
        {
            queue.First = trigger;
        }
        if (next >= 0)
        {
            _triggers[next].Previous = trigger;
        }
        else
        {
            queue.Last = trigger;
        }
    }

    private void Remove(int trigger, int symbol)
    {
        ref Trigger armed = ref _triggers[trigger];
        if (armed.Serial == 0)
        {
            return;
        }
        PriceLevels levels = LaddersOf(symbol)[(int)armed.Ladder];
        ref PriceLevels.Level level = ref levels[levels.Find(armed.Price)];
        if (armed.Previous >= 0)
        {
            _triggers[armed.Previous].Next = armed.Next;
        }
        else
        {
            level.First = armed.Next;
        }
        if (armed.Next >= 0)
        {
            _triggers[armed.Next].Previous = armed.Previous;
        }
        else
        {
            level.Last = armed.Previous;
        }
        if (level.First < 0)
        {
            levels.Remove(armed.Price);
        }
        armed = default;
    }

    private PriceLevels[] LaddersOf(int symbol)
    {
        while (_ladders.Count < instruments.Count)
        {
            _ladders.Add([new PriceLevels(), new PriceLevels(), new PriceLevels(), new PriceLevels()]);
        }
        return _ladders[symbol];
    }

    /// <summary>One side of the market moving from its previous price to its current one.</summary>
    private readonly ref struct Phase
    {
        public readonly PriceLevels Falling;
        public readonly PriceLevels Rising;
        public readonly int Previous;
        public readonly int Current;

        public Phase(PriceLevels[] ladders, in TriggerCursor cursor)
        {
            bool isBid = cursor.Phase == 0;
            Falling = ladders[(int)(isBid ? Ladder.BidFalling : Ladder.AskFalling)];
            Rising = ladders[(int)(isBid ? Ladder.BidRising : Ladder.AskRising)];
            Previous = isBid ? cursor.Previous.BidPoints : cursor.Previous.AskPoints;
            Current = isBid ? cursor.Current.BidPoints : cursor.Current.AskPoints;
        }

        /// <summary>Distance of the nearest crossed level that is further away, or -1.</summary>
        public int NextDistance(int distance)
        {
            int nearest = int.MaxValue;
            int below = Previous - distance - 1;
            int above = Previous + distance + 1;
            int found = Falling.AtOrBelow(below);
            if (found >= Current && found >= 0)
            {
                nearest = Math.Min(nearest, Previous - found);
            }
            found = Rising.AtOrBelow(Math.Min(below, Current));
            if (found >= 0)
            {
                nearest = Math.Min(nearest, Previous - found);
            }
            found = Falling.AtOrAbove(Math.Max(above, Current));
            if (found >= 0)
            {
                nearest = Math.Min(nearest, found - Previous);
            }
            found = Rising.AtOrAbove(above);
            if (found >= 0 && found <= Current)
            {
                nearest = Math.Min(nearest, found - Previous);
            }
            return nearest == int.MaxValue ? -1 : nearest;
        }
    }
}

/// <summary>How far the triggers of one quote have been looked at.</summary>
internal struct TriggerCursor
{
    /// <summary>The bid, then the ask.</summary>
    public const int Phases = 2;

    public RawQuote Previous;
    public RawQuote Current;

    /// <summary>Triggers armed later than this are tested from the next quote on.</summary>
    public long SerialLimit;

    /// <summary>Last one returned at the current distance.</summary>
    public long LastSerial;
    public int Phase;
    public int Distance;
}
