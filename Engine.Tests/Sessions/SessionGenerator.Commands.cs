using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>What happens next in a session.</summary>
internal sealed partial class SessionGenerator
{
    private List<(int Weight, Action Act)>? _actions;

    private void NextCommand()
    {
        PassTime();
        _actions ??= Actions();
        int place = _random.Between(0, _actions.Sum(action => action.Weight) - 1);
        foreach ((int weight, Action act) in _actions)
        {
            if (place < weight)
            {
                act();
                return;
            }
            place -= weight;
        }
    }

    private List<(int Weight, Action Act)> Actions() =>
    [
        (30, SendMove),
        (16, () => Send(default(Tick))),
        (16, PlaceMarket),
        (Weight(Features.WaitingOrders, 8), PlaceWaiting),
        (6, Close),
        (Weight(Features.Stops, 6), ModifyHolding),
        (Weight(Features.WaitingOrders, 3), ModifyWaiting),
        (Weight(Features.WaitingOrders, 2), Cancel),
        (1, CloseAll),
        (Weight(Features.Funds, 3), MoveFunds),
        (Weight(Features.Statuses, 3), ChangeStatus),
        (Weight(Features.Links, 4), ChangeLink),
        (Weight(Features.Rollovers, 2), SendRollover),
        (Weight(Features.Extremes, 4), SendExtreme),
        (Weight(Features.Extremes, 1), SendBadQuote),
        (Weight(Features.PricesAtLimit, 1), SendPriceAtLimit),
        (Weight(Features.Ids, 5), SendAgain),
        (Weight(Features.UnknownIds, 2), SendUnknown),
        (Weight(Features.Redefinitions, 3), Redefine),
        (Weight(Features.LimitChanges, 2), ChangeLimits),
        (4, () => Send(new QueryAccount { Account = _random.Between(0, _model.Accounts.Count - 1) })),
    ];

    private int Weight(Features feature, int weight) => Has(feature) ? weight : 0;

    private ModelAccount AnyAccount() => _random.ItemOf(_model.Accounts);

    /// <summary>Providers trade most when there are links.</summary>
    private ModelAccount AnyTrader()
    {
        List<ModelAccount> providers = [.. _model.Accounts.Where(account => account.IsProvider)];
        return providers.Count > 0 && Has(Features.Copying) && _random.Chance(0.6) ? _random.ItemOf(providers) : AnyAccount();
    }

    private PlaceOrder Order(ModelAccount account, int symbol)
    {
        var order = new PlaceOrder
        {
            ClientOrderId = NewId(),
            Account = account.Id,
            Symbol = symbol,
            Side = _random.OneOf(Side.Buy, Side.Sell),
            OrderType = OrderType.Market,
            TimeInForce = _random.OneOf(TimeInForce.Gtc, TimeInForce.Gtc, TimeInForce.Ioc, TimeInForce.Fok, TimeInForce.Day),
            Lots = LotsFor(account, symbol),
            Price = Field.NotGiven,
            StopPrice = Field.NotGiven,
            StopLoss = Field.NotGiven,
            TakeProfit = Field.NotGiven,
            ExpiresAt = Field.NotGiven,
            MaxSlippage = Field.NotGiven,
        };
        if (!Has(Features.Hedging))
        {
            order.Side = account.Id % 3 == 0 ? Side.Sell : Side.Buy;
        }
        return order;
    }

    /// <summary>A good part of what the free margin carries, now and then more.</summary>
    private long LotsFor(ModelAccount account, int symbol)
    {
        decimal largest = _model.LotsThatFit(account, _model.Instruments[symbol]);
        decimal lots = largest * _random.OneOf(0.02m, 0.1m, 0.3m, 0.5m, 0.7m, 0.85m, 0.95m, 1.1m);
        return Units.FromDecimal(OnStep(symbol, lots, 2_000m));
    }

    /// <summary>Rounded to the instrument's lot step, at least one.</summary>
    private decimal OnStep(int symbol, decimal lots, decimal most)
    {
        decimal step = _model.Instruments[symbol].LotStep;
        return Math.Max(step, decimal.Round(Math.Min(lots, most) / step) * step);
    }

    /// <summary>Mostly one that can be traded now.</summary>
    private int AnySymbol()
    {
        int symbol = _random.Between(0, _markets.Count - 1);
        for (int tries = 0; tries < 4 && !_model.IsTradable(_model.Instruments[symbol]); tries++)
        {
            symbol = _random.Between(0, _markets.Count - 1);
        }
        return symbol;
    }

    private void PlaceMarket()
    {
        ModelAccount account = AnyTrader();
        int symbol = AnySymbol();
        PlaceOrder order = Order(account, symbol);
        if (_model.Instruments[symbol].Market is { } market)
        {
            if (Has(Features.Stops) && _random.Chance(0.4))
            {
                AddStops(ref order, symbol, order.Side == Side.Buy ? market.Bid : market.Ask);
            }
            if (_random.Chance(0.08))
            {
                order.Price = Near(symbol, market.Ask, _random.OneOf(0, 2, -20));
                order.MaxSlippage = Units.FromDecimal(_random.OneOf(0, 1, 30) * _model.Instruments[symbol].Point);
            }
        }
        Send(in order, Key());
        if (_random.Chance(0.3))
        {
            Send(new QueryAccount { Account = account.Id });
        }
    }

    private long Near(int symbol, decimal price, int points) => Units.FromDecimal(price + points * _model.Instruments[symbol].Point);

    private int Distance() => _random.OneOf(1, 3, 12, 20, 100, 300, 1_500);

    private void AddStops(ref PlaceOrder order, int symbol, decimal reference)
    {
        int direction = order.Side == Side.Buy ? 1 : -1;
        if (_random.Chance(0.7))
        {
            order.StopLoss = Shared(symbol) ?? Near(symbol, reference, -direction * Distance());
        }
        if (_random.Chance(0.7))
        {
            order.TakeProfit = Shared(symbol) ?? Near(symbol, reference, direction * Distance());
        }
    }

    /// <summary>Now and then a level at which another order waits, so that the order of entry decides.</summary>
    private long? Shared(int symbol)
    {
        if (!_random.Chance(0.2))
        {
            return null;
        }
        List<decimal> levels = [.. _model.Accounts.SelectMany(account => account.Orders)
            .Where(order => order.Instrument.Id == symbol)
            .SelectMany<ModelOrder, decimal?>(order => [order.StopLoss, order.TakeProfit, order.IsOpen ? null : order.StopPrice ?? order.Price])
            .OfType<decimal>()];
        return levels.Count == 0 ? null : Units.FromDecimal(_random.ItemOf(levels));
    }

    private void PlaceWaiting()
    {
        ModelAccount account = AnyTrader();
        int symbol = AnySymbol();
        PlaceOrder order = Order(account, symbol);
        order.OrderType = _random.OneOf(OrderType.Limit, OrderType.Stop, OrderType.StopLimit);
        order.TimeInForce = _random.Chance(0.05) ? TimeInForce.Ioc : _random.OneOf(TimeInForce.Gtc, TimeInForce.Gtc, TimeInForce.Day, TimeInForce.Gtd);
        if (order.TimeInForce == TimeInForce.Gtd)
        {
            order.ExpiresAt = _model.Now + _random.OneOf(-1, 0, 1, 3_000_000, 30_000_000, 100_000_000_000);
        }
        if (_model.Instruments[symbol].Market is { } market)
        {
            SetLevels(ref order, symbol, order.Side == Side.Buy ? market.Ask : market.Bid);
        }
        Send(in order, Key());
    }

    private void SetLevels(ref PlaceOrder order, int symbol, decimal market)
    {
        int direction = order.Side == Side.Buy ? 1 : -1;
        long beyond = Shared(symbol) ?? Near(symbol, market, direction * Distance());
        long better = Shared(symbol) ?? Near(symbol, market, -direction * Distance());
        switch (order.OrderType)
        {
            case OrderType.Limit:
                order.Price = better;
                break;
            case OrderType.Stop:
                (order.Price, order.StopPrice) = _random.Chance(0.2) ? (beyond, Field.NotGiven) : (Field.NotGiven, beyond);
                break;
            default:
                (order.Price, order.StopPrice) = (_random.Chance(0.5) ? better : Near(symbol, market, direction * Distance() * 2), beyond);
                break;
        }
        if (Has(Features.Stops) && _random.Chance(0.5))
        {
            AddStops(ref order, symbol, Units.ToDecimal(order.OrderType == OrderType.Stop ? beyond : order.Price));
        }
    }

    private ModelOrder? AnyOrder(bool isOpen)
    {
        List<ModelOrder> orders = [.. AnyTrader().Orders.Where(order => order.IsOpen == isOpen)];
        if (orders.Count == 0)
        {
            orders = [.. _model.Accounts.SelectMany(account => account.Orders).Where(order => order.IsOpen == isOpen)];
        }
        return orders.Count == 0 ? null : _random.ItemOf(orders);
    }

    private void Close()
    {
        if (AnyOrder(isOpen: true) is not { } order)
        {
            return;
        }
        long lots = Field.NotGiven;
        if (Has(Features.PartialCloses) && _random.Chance(0.7))
        {
            lots = Units.FromDecimal(OnStep(order.Instrument.Id, order.Remaining * _random.OneOf(0.1m, 0.33m, 0.5m, 0.9m, 1m, 1.2m), decimal.MaxValue));
        }
        Send(new CloseOrder { ClientOrderId = NewId(), Account = order.Account.Id, OrderId = order.Id, Lots = lots }, Key());
    }

    private ModifyOrder Change(ModelOrder order) => new()
    {
        ClientOrderId = NewId(),
        Account = order.Account.Id,
        OrderId = order.Id,
        Lots = Field.NotGiven,
        Price = Field.NotGiven,
        StopPrice = Field.NotGiven,
        StopLoss = Field.NotGiven,
        TakeProfit = Field.NotGiven,
    };

    private void ModifyHolding()
    {
        if (AnyOrder(isOpen: true) is not { } order)
        {
            return;
        }
        ModifyOrder change = Change(order);
        int symbol = order.Instrument.Id;
        int direction = order.Side == Side.Buy ? 1 : -1;
        decimal market = order.Instrument.Market!.Bid;
        change.StopLoss = _random.OneOf(Field.NotGiven, Field.Remove, Shared(symbol) ?? Near(symbol, market, -direction * Distance()), Near(symbol, market, -direction * Distance()));
        change.TakeProfit = _random.OneOf(Field.NotGiven, Field.Remove, Shared(symbol) ?? Near(symbol, market, direction * Distance()), Near(symbol, market, direction * Distance()));
        if (_random.Chance(0.04))
        {
            change.Lots = Fixed8.One;
        }
        if (_random.Chance(0.04))
        {
            change.Price = Fixed8.One;
        }
        Send(in change, Key());
    }

    private void ModifyWaiting()
    {
        if (AnyOrder(isOpen: false) is not { } order)
        {
            return;
        }
        ModifyOrder change = Change(order);
        int symbol = order.Instrument.Id;
        decimal market = order.Instrument.Market!.Bid;
        if (_random.Chance(0.5))
        {
            change.Lots = LotsFor(order.Account, symbol);
        }
        if (_random.Chance(0.5) && order.Price is not null)
        {
            change.Price = Near(symbol, market, _random.OneOf(-1, 1) * Distance());
        }
        if (_random.Chance(0.5) && order.StopPrice is not null)
        {
            change.StopPrice = Near(symbol, market, _random.OneOf(-1, 1) * Distance());
        }
        if (_random.Chance(0.3))
        {
            change.StopLoss = _random.OneOf(Field.Remove, Near(symbol, market, _random.OneOf(-1, 1) * Distance()));
        }
        if (_random.Chance(0.3))
        {
            change.TakeProfit = _random.OneOf(Field.Remove, Near(symbol, market, _random.OneOf(-1, 1) * Distance()));
        }
        Send(in change, Key());
    }

    private void Cancel()
    {
        if (AnyOrder(isOpen: false) is { } order)
        {
            Send(new CancelOrder { ClientOrderId = NewId(), Account = order.Account.Id, OrderId = order.Id }, Key());
        }
    }

    private void CloseAll() =>
        Send(
            new CloseAll
            {
                ClientOrderId = NewId(),
                Account = AnyTrader().Id,
                Symbol = _random.Chance(0.5) ? Commands.CloseAll.EverySymbol : _random.Between(0, _markets.Count - 1),
            },
            Key());
}
