using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Placing orders: the checks in order of precedence, then the fill or the wait.</summary>
internal sealed partial class ModelEngine
{
    private void Apply(PlaceOrder command)
    {
        ModelAccount? account = FindAccount(command.Account);
        if (account is null)
        {
            Refuse(RejectCode.UnknownAccount, command.ClientOrderId, command.Account, command.Symbol);
            return;
        }
        byte[] content = RememberedAnswers.ContentOf(command with { ClientOrderId = default });
        OnceForAccount(
            account,
            command.ClientOrderId,
            content,
            () => Place(account, command),
            () => Refuse(RejectCode.DuplicateClientOrderId, command.ClientOrderId, command.Account, command.Symbol));
    }

    private void Place(ModelAccount account, PlaceOrder command)
    {
        RejectCode code = CheckPlacement(account, command);
        if (code != RejectCode.None)
        {
            Refuse(code, command.ClientOrderId, command.Account, command.Symbol);
            if (code == RejectCode.StalePrice)
            {
                Emit(new Alarm { Account = account.Id, Symbol = command.Symbol, Kind = AlarmKind.PriceStale });
            }
            return;
        }
        ModelInstrument instrument = _instruments[command.Symbol];
        if (command.OrderType == OrderType.Market)
        {
            PlaceMarket(account, instrument, command);
        }
        else
        {
            PlaceWaiting(account, instrument, command);
        }
    }

    private RejectCode CheckPlacement(ModelAccount account, PlaceOrder command)
    {
        ModelInstrument? instrument = FindInstrument(command.Symbol);
        if (instrument is null)
        {
            return RejectCode.UnknownSymbol;
        }
        Func<RejectCode>[] checks =
        [
            () => CheckMayOpen(account),
            () => IsInSession(instrument) ? RejectCode.None : RejectCode.MarketClosed,
            () => Enum.IsDefined(command.Side) ? RejectCode.None : RejectCode.InvalidSide,
            () => CheckType(command),
            () => CheckLots(account.Group, instrument, command.Lots),
            () => CheckExpiry(command),
            () => CheckPrice(instrument),
            () => CheckPrices(account.Group, instrument, command),
            () => CheckStops(account.Group, instrument, command),
        ];
        return FirstRefusal(checks);
    }

    private static RejectCode FirstRefusal(Func<RejectCode>[] checks) =>
        checks.Select(check => check()).FirstOrDefault(code => code != RejectCode.None);

    private static RejectCode CheckMayOpen(ModelAccount account) => account.Status switch
    {
        AccountStatus.Suspended => RejectCode.AccountNotActive,
        AccountStatus.CloseOnly => RejectCode.CloseOnly,
        _ => account.IsLiquidating ? RejectCode.Liquidating : RejectCode.None,
    };

    private static RejectCode CheckType(PlaceOrder command)
    {
        bool isKnown = Enum.IsDefined(command.OrderType) && Enum.IsDefined(command.TimeInForce);
        bool isImmediate = command.TimeInForce is TimeInForce.Ioc or TimeInForce.Fok;
        return !isKnown || (isImmediate && command.OrderType != OrderType.Market) ? RejectCode.InvalidOrderType : RejectCode.None;
    }

    private static RejectCode CheckLots(ModelGroup group, ModelInstrument instrument, long units)
    {
        decimal lots = Units.ToDecimal(units);
        if (lots <= 0)
        {
            return RejectCode.InvalidLots;
        }
        if (lots % instrument.LotStep != 0)
        {
            return RejectCode.LotsOffStep;
        }
        if (lots < MinLot(group, instrument))
        {
            return RejectCode.LotsBelowMinimum;
        }
        return lots > MaxLot(group, instrument) ? RejectCode.LotsAboveMaximum : RejectCode.None;
    }

    /// <summary>Market orders ignore any expiry.</summary>
    private RejectCode CheckExpiry(PlaceOrder command)
    {
        if (command.OrderType == OrderType.Market)
        {
            return RejectCode.None;
        }
        bool isGiven = command.ExpiresAt != Field.NotGiven;
        bool isSound = command.TimeInForce == TimeInForce.Gtd ? isGiven && command.ExpiresAt > _now : !isGiven;
        return isSound ? RejectCode.None : RejectCode.InvalidExpiry;
    }

    private RejectCode CheckPrice(ModelInstrument instrument)
    {
        if (instrument.Market is null)
        {
            return RejectCode.NoPrice;
        }
        return IsStale(instrument) ? RejectCode.StalePrice : RejectCode.None;
    }

    private static RejectCode CheckPrices(ModelGroup group, ModelInstrument instrument, PlaceOrder command)
    {
        if (command.OrderType == OrderType.Market)
        {
            return CheckMarketPrices(instrument, command);
        }
        (long price, long stopPrice) = WithLonelyStopLevel(command.OrderType, command.Price, command.StopPrice);
        bool needsPrice = command.OrderType is OrderType.Limit or OrderType.StopLimit;
        bool needsStopPrice = command.OrderType is OrderType.Stop or OrderType.StopLimit;
        bool isComplete = needsPrice == (price != Field.NotGiven) && needsStopPrice == (stopPrice != Field.NotGiven)
            && command.MaxSlippage == Field.NotGiven
            && (!needsPrice || IsOnGrid(instrument, price)) && (!needsStopPrice || IsOnGrid(instrument, stopPrice));
        return isComplete && IsOnItsSide(group, instrument, command.Side, command.OrderType, needsStopPrice ? stopPrice : price)
            ? RejectCode.None
            : RejectCode.InvalidPrice;
    }

    /// <summary>A STOP whose level comes in the price alone is taken as its stop price.</summary>
    private static (long Price, long StopPrice) WithLonelyStopLevel(OrderType type, long price, long stopPrice) =>
        type == OrderType.Stop && stopPrice == Field.NotGiven ? (Field.NotGiven, price) : (price, stopPrice);

    /// <summary>A price only together with a maximum slippage, never a stop price.</summary>
    private static RejectCode CheckMarketPrices(ModelInstrument instrument, PlaceOrder command)
    {
        bool hasPrice = command.Price != Field.NotGiven;
        bool hasSlippage = command.MaxSlippage != Field.NotGiven;
        bool isSound = command.StopPrice == Field.NotGiven && hasPrice == hasSlippage
            && (!hasPrice || (IsOnGrid(instrument, command.Price) && command.MaxSlippage >= 0));
        return isSound ? RejectCode.None : RejectCode.InvalidPrice;
    }

    private static decimal LeastDistance(ModelInstrument instrument) =>
        Math.Max(1, instrument.Definition.StopsLevelPoints) * instrument.Point;

    /// <summary>BUY LIMIT below the ask, BUY STOP above it; SELL mirrored at the bid.</summary>
    private static bool IsOnItsSide(ModelGroup group, ModelInstrument instrument, Side side, OrderType type, long units)
    {
        decimal level = Units.ToDecimal(units);
        decimal distance = (side, type) switch
        {
            (Side.Buy, OrderType.Limit) => ClientAsk(group, instrument) - level,
            (Side.Buy, _) => level - ClientAsk(group, instrument),
            (_, OrderType.Limit) => level - ClientBid(group, instrument),
            _ => ClientBid(group, instrument) - level,
        };
        return distance >= LeastDistance(instrument);
    }

    private static RejectCode CheckStops(ModelGroup group, ModelInstrument instrument, PlaceOrder command)
    {
        (long price, long stopPrice) = WithLonelyStopLevel(command.OrderType, command.Price, command.StopPrice);
        decimal reference = command.OrderType switch
        {
            OrderType.Market => ReferenceNow(group, instrument, command.Side),
            OrderType.Stop => Units.ToDecimal(stopPrice),
            _ => Units.ToDecimal(price),
        };
        return AreSoundStops(instrument, command.Side, reference, command.StopLoss, command.TakeProfit)
            ? RejectCode.None
            : RejectCode.InvalidStops;
    }

    /// <summary>What stops of a holding are measured from: the price at which it would close now.</summary>
    private static decimal ReferenceNow(ModelGroup group, ModelInstrument instrument, Side side) =>
        side == Side.Buy ? ClientBid(group, instrument) : ClientAsk(group, instrument);

    private static bool AreSoundStops(ModelInstrument instrument, Side side, decimal reference, long stopLoss, long takeProfit)
    {
        int direction = side == Side.Buy ? 1 : -1;
        return IsSoundStop(instrument, stopLoss, level => direction * (reference - level))
            && IsSoundStop(instrument, takeProfit, level => direction * (level - reference));
    }

    private static bool IsSoundStop(ModelInstrument instrument, long units, Func<decimal, decimal> distance) =>
        units == Field.NotGiven
        || (IsOnGrid(instrument, units) && distance(Units.ToDecimal(units)) >= LeastDistance(instrument));

    private void PlaceMarket(ModelAccount account, ModelInstrument instrument, PlaceOrder command)
    {
        ModelOrder order = NewOrder(account, instrument, command);
        order.OpenPrice = OpeningPrice(account.Group, instrument, command.Side);
        RejectCode code = CheckMargin(order);
        code = code == RejectCode.None ? CheckSlippage(order, command) : code;
        code = code == RejectCode.None ? CheckCapacity(account) : code;
        if (code != RejectCode.None)
        {
            Refuse(code, command.ClientOrderId, account.Id, instrument.Id);
            return;
        }
        _lastOrderId++;
        Fill(order, Cause.Client);
    }

    private static RejectCode CheckSlippage(ModelOrder order, PlaceOrder command)
    {
        if (command.MaxSlippage == Field.NotGiven)
        {
            return RejectCode.None;
        }
        decimal seen = Units.ToDecimal(command.Price);
        decimal worse = order.Side == Side.Buy ? order.OpenPrice - seen : seen - order.OpenPrice;
        return worse > Units.ToDecimal(command.MaxSlippage) ? RejectCode.SlippageExceeded : RejectCode.None;
    }

    /// <summary>Copies do not count: the account did not place them itself.</summary>
    private RejectCode CheckCapacity(ModelAccount account) =>
        account.Orders.Count(order => !order.IsCopy) >= limits.OrdersPerAccount ? RejectCode.CapacityExceeded : RejectCode.None;

    private void PlaceWaiting(ModelAccount account, ModelInstrument instrument, PlaceOrder command)
    {
        RejectCode code = CheckCapacity(account);
        if (code != RejectCode.None)
        {
            Refuse(code, command.ClientOrderId, account.Id, instrument.Id);
            return;
        }
        ModelOrder order = NewOrder(account, instrument, command);
        _lastOrderId++;
        (long price, long stopPrice) = WithLonelyStopLevel(command.OrderType, command.Price, command.StopPrice);
        order.Price = LevelOf(price);
        order.StopPrice = LevelOf(stopPrice);
        order.PriceEntry = ++_lastEntry;
        order.ExpiresAt = ExpiryOf(command);
        order.OpenedAt = _now;
        account.Orders.Add(order);
        _orders[order.Id] = order;
        Report(order, OrderStatus.New, Cause.Client);
    }

    private ModelOrder NewOrder(ModelAccount account, ModelInstrument instrument, PlaceOrder command)
    {
        decimal lots = Units.ToDecimal(command.Lots);
        return new ModelOrder
        {
            Id = _lastOrderId + 1,
            Account = account,
            Instrument = instrument,
            Side = command.Side,
            OrderType = command.OrderType,
            Lots = lots,
            Remaining = lots,
            StopLoss = LevelOf(command.StopLoss),
            TakeProfit = LevelOf(command.TakeProfit),
            ClientOrderId = command.ClientOrderId,
        };
    }

    private static decimal? LevelOf(long units) => units is Field.NotGiven or Field.Remove ? null : Units.ToDecimal(units);

    /// <summary>DAY ends at the next midnight UTC.</summary>
    private long ExpiryOf(PlaceOrder command)
    {
        const long Day = 86_400_000_000;
        return command.TimeInForce switch
        {
            TimeInForce.Day => (_now / Day + 1) * Day,
            TimeInForce.Gtd => command.ExpiresAt,
            _ => 0,
        };
    }
}
