using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>Orders of the world and what is known of them.</summary>
internal sealed partial class TestWorld
{
    public OrderReport Buy(string account, string symbol, string lots, Adjust<PlaceOrder>? adjust = null) =>
        Place(account, symbol, Side.Buy, OrderType.Market, lots, adjust);

    public OrderReport Sell(string account, string symbol, string lots, Adjust<PlaceOrder>? adjust = null) =>
        Place(account, symbol, Side.Sell, OrderType.Market, lots, adjust);

    /// <summary>A waiting LIMIT order.</summary>
    public OrderReport Limit(
        string account, string symbol, Side side, string lots, string price, Adjust<PlaceOrder>? adjust = null) =>
        Place(account, symbol, side, OrderType.Limit, lots, (ref PlaceOrder order) =>
        {
            order.Price = Fixed8.Parse(price);
            adjust?.Invoke(ref order);
        });

    /// <summary>A waiting STOP order.</summary>
    public OrderReport Stop(
        string account, string symbol, Side side, string lots, string stopPrice, Adjust<PlaceOrder>? adjust = null) =>
        Place(account, symbol, side, OrderType.Stop, lots, (ref PlaceOrder order) =>
        {
            order.StopPrice = Fixed8.Parse(stopPrice);
            adjust?.Invoke(ref order);
        });

    /// <summary>Places an order, good till cancelled unless adjusted; answers with its first report.</summary>
    public OrderReport Place(
        string account, string symbol, Side side, OrderType orderType, string lots, Adjust<PlaceOrder>? adjust = null)
    {
        var command = new PlaceOrder
        {
            Account = Id(account),
            Symbol = Symbol(symbol),
            Side = side,
            OrderType = orderType,
            TimeInForce = TimeInForce.Gtc,
            Lots = Fixed8.Parse(lots),
            Price = Field.NotGiven,
            StopPrice = Field.NotGiven,
            StopLoss = Field.NotGiven,
            TakeProfit = Field.NotGiven,
            ExpiresAt = Field.NotGiven,
            MaxSlippage = Field.NotGiven,
        };
        adjust?.Invoke(ref command);
        Send(in command);
        return Report(account);
    }

    public OrderReport Cancel(string account, long orderId)
    {
        Send(new CancelOrder { Account = Id(account), OrderId = orderId });
        return Report(account);
    }

    /// <summary>Changes the fields that <paramref name="adjust"/> sets.</summary>
    public OrderReport Modify(string account, long orderId, Adjust<ModifyOrder> adjust)
    {
        var command = new ModifyOrder
        {
            Account = Id(account),
            OrderId = orderId,
            Lots = Field.NotGiven,
            Price = Field.NotGiven,
            StopPrice = Field.NotGiven,
            StopLoss = Field.NotGiven,
            TakeProfit = Field.NotGiven,
        };
        adjust(ref command);
        Send(in command);
        return Report(account);
    }

    /// <summary>Closes an order, whole when <paramref name="lots"/> is null.</summary>
    public OrderReport Close(string account, long orderId, string? lots = null)
    {
        Send(new CloseOrder
        {
            Account = Id(account),
            OrderId = orderId,
            Lots = lots is null ? Field.NotGiven : Fixed8.Parse(lots),
        });
        return Report(account);
    }

    public TestWorld CloseAll(string account, string? symbol = null) =>
        Send(new CloseAll
        {
            Account = Id(account),
            Symbol = symbol is null ? Commands.CloseAll.EverySymbol : Symbol(symbol),
        });

    /// <summary>The first report of the last command for an account.</summary>
    public OrderReport Report(string account) => Reports(account)[0];

    /// <summary>The reports of the last command for an account.</summary>
    public List<OrderReport> Reports(string account) => Last.Of<OrderReport>().FindAll(report => report.Account == Id(account));

    /// <summary>The last report of an order.</summary>
    public OrderReport Order(long orderId) => _orders[orderId];

    /// <summary>The open holdings of an account, by order id.</summary>
    public List<OrderReport> Holdings(string account) =>
        [.. _orders.Values.Where(order => order.Account == Id(account) && IsOpen(order)).OrderBy(order => order.OrderId)];

    /// <summary>The waiting orders of an account, by order id.</summary>
    public List<OrderReport> Waiting(string account) =>
        [.. _orders.Values.Where(order => order.Account == Id(account) && IsWaiting(order)).OrderBy(order => order.OrderId)];

    /// <summary>The account's figures, asked for now.</summary>
    public Portfolio Figures(string account)
    {
        Send(new QueryAccount { Account = Id(account) });
        return Last.Of<AccountState>()[0].Portfolio;
    }

    public string Balance(string account) => Figures(account).Balance.ToString();

    public string Equity(string account) => Figures(account).Equity.ToString();

    public string UsedMargin(string account) => Figures(account).UsedMargin.ToString();

    /// <summary>Lots of a report's steps as a plain decimal.</summary>
    public string Lots(in OrderReport order, long steps) => Fixed8.ToText(steps * _definitions[order.Symbol].LotStep);

    /// <summary>A price of a report's points as a plain decimal.</summary>
    public string Price(in OrderReport order, int points) => Fixed8.UnitsToText(points, _definitions[order.Symbol].Digits);

    private static bool IsOpen(in OrderReport order) => order.RemainingSteps > 0 && order.AveragePricePoints > 0;

    private static bool IsWaiting(in OrderReport order) => order.RemainingSteps > 0 && order.AveragePricePoints == 0
        && order.Status is OrderStatus.New or OrderStatus.Modified;

    private void Remember()
    {
        for (int i = 0; i < Last.Count; i++)
        {
            EventSlot slot = Last[i];
            All.Add(in slot);
            Remember(ref slot);
        }
    }

    private void Remember(ref EventSlot slot)
    {
        switch (slot.Header.Type)
        {
            case EventType.InstrumentDefined:
                ref InstrumentDefined instrument = ref slot.As<InstrumentDefined>();
                _instruments[instrument.Definition.Symbol.ToString()] = instrument.Id;
                _definitions[instrument.Id] = instrument.Definition;
                break;
            case EventType.GroupDefined:
                ref GroupDefined group = ref slot.As<GroupDefined>();
                _groups[group.Definition.Name.ToString()] = group.Id;
                break;
            case EventType.AccountOpened:
                ref AccountOpened opened = ref slot.As<AccountOpened>();
                _accounts[new AccountName(opened.UserType, opened.AccountNumber).ToString()] = opened.Account;
                break;
            case EventType.OrderReport:
                ref OrderReport order = ref slot.As<OrderReport>();
                if (order.OrderId > 0 && !order.Duplicate && !IsRefusedCommand(in order))
                {
                    _orders[order.OrderId] = order;
                }
                break;
        }
    }

    /// <summary>A refused close or modification leaves its order as it was; only a waiting order ends REJECTED, with nothing remaining.</summary>
    private static bool IsRefusedCommand(in OrderReport order) => order.Status == OrderStatus.Rejected && order.RemainingSteps > 0;
}
