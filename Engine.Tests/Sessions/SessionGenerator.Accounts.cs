using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>Funds, statuses, links, and commands that mean little or nothing.</summary>
internal sealed partial class SessionGenerator
{
    private void MoveFunds()
    {
        ModelAccount account = AnyAccount();
        decimal amount = _random.OneOf(
            1m, 100m, 5_000m, -1m, -100m, -account.Balance, -account.Balance - 1, -decimal.Truncate(account.Balance / 2));
        Send(new MoveFunds { RequestId = NewId(), Account = account.Id, Amount = Units.FromDecimal(amount) }, Key());
    }

    private void ChangeStatus() =>
        Send(
            new SetAccountStatus
            {
                RequestId = NewId(),
                Account = AnyAccount().Id,
                Status = _random.OneOf(
                    AccountStatus.Active, AccountStatus.Active, AccountStatus.Active, AccountStatus.CloseOnly, AccountStatus.Suspended, (AccountStatus)9),
            },
            Key());

    private void ChangeLink()
    {
        int provider = AnyTrader().Id;
        int follower = AnyAccount().Id;
        if (_model.Links.Count > 0 && _random.Chance(0.7))
        {
            ModelLink link = _random.ItemOf(_model.Links);
            (provider, follower) = (link.Provider.Id, link.Follower.Id);
        }
        switch (_random.Between(0, 3))
        {
            case 0:
                Send(new Follow { RequestId = NewId(), Provider = provider, Follower = follower, Settings = Settings() }, Key());
                break;
            case 1:
                OpenCopies copies = _random.OneOf(OpenCopies.Close, OpenCopies.Keep);
                Send(new Unfollow { RequestId = NewId(), Provider = provider, Follower = follower, OpenCopies = copies }, Key());
                break;
            default:
                LinkStatus status = _random.OneOf(LinkStatus.Active, LinkStatus.Active, LinkStatus.Paused, (LinkStatus)7);
                Send(new SetLinkStatus { RequestId = NewId(), Provider = provider, Follower = follower, Status = status }, Key());
                break;
        }
    }

    /// <summary>Limits as another start would set them, small enough to be met; now and then impossible ones.</summary>
    private void ChangeLimits() =>
        Send(
            new SetLimits
            {
                WorkQuota = _random.OneOf(1, 7, 100, 2_048),
                ClientOrderIdsPerAccount = _random.OneOf(1, 2, 5, 1_024),
                OrdersPerAccount = _random.OneOf(1, 4, 20, 1_000, 1_000),
                Accounts = _random.OneOf(0, 1, _model.Accounts.Count, _model.Accounts.Count + 1, 8_000_000),
            },
            Key());

    private long Extreme() =>
        _random.OneOf(
            0, 1, -1, long.MinValue, long.MaxValue, Fixed8.One * Fixed8.One / 100_000_000 * 10_000_000, 1_000_000_000_000_000_000,
            Fixed8.One / 100 + 1, Fixed8.One, Fixed8.One / 100, 123_456_789);

    /// <summary>One field of an otherwise sensible command is at an edge of its range.</summary>
    private void SendExtreme()
    {
        ModelAccount account = AnyTrader();
        int symbol = _random.Between(0, _markets.Count - 1);
        PlaceOrder order = Order(account, symbol);
        switch (_random.Between(0, 14))
        {
            case 0: order.Lots = Extreme(); break;
            case 1: order.StopLoss = Extreme(); break;
            case 2: order.TakeProfit = Extreme(); break;
            case 3: order.Price = Extreme(); break;
            case 4: (order.OrderType, order.Price) = (OrderType.Limit, Extreme()); break;
            case 5: (order.OrderType, order.StopPrice) = (OrderType.Stop, Extreme()); break;
            case 6: order.Side = (Side)_random.OneOf(0, 3, 255); break;
            case 7: order.OrderType = (OrderType)_random.OneOf(0, 5, 255); break;
            case 8: (order.Price, order.MaxSlippage) = (Fixed8.One, Extreme()); break;
            case 9: (order.TimeInForce, order.OrderType) = ((TimeInForce)_random.OneOf(0, 4, 5, 6), OrderType.Limit); break;
            case 10:
                Send(new MoveFunds { RequestId = NewId(), Account = account.Id, Amount = Extreme() }, Key());
                return;
            case 11:
                Send(new OpenAccount { RequestId = NewId(), UserType = UserType.Live, AccountNumber = _random.OneOf(0, 1, -1, 1), Group = _random.OneOf(-1, 0, 9), Currency = _random.OneOf(CurrencyCode.From("USD"), CurrencyCode.From("SEK"), default), Leverage = _random.OneOf(0, 1, 10_000, 10_001) }, Key());
                return;
            case 12:
                SendExtremeFollow();
                return;
            case 13:
                SendExtremeChange();
                return;
            default:
                SendExtremeClose();
                return;
        }
        Send(in order, Key());
    }

    private void SendExtremeFollow()
    {
        CopySettings settings = Settings();
        switch (_random.Between(0, 5))
        {
            case 0: (settings.Mode, settings.Ratio) = (CopyMode.Proportional, _random.OneOf(0, -1, 1_000 * Fixed8.One, 1_000 * Fixed8.One + 1)); break;
            case 1: (settings.Mode, settings.Lots) = (CopyMode.FixedLots, Extreme()); break;
            case 2: (settings.Mode, settings.Amount) = (CopyMode.FixedAmount, Extreme()); break;
            case 3: settings.MaxLots = Extreme(); break;
            case 4: settings.MaxSlippage = _random.OneOf(-1, 0, Fixed8.One); break;
            default: settings.Mode = (CopyMode)_random.OneOf(0, 9); break;
        }
        Send(new Follow { RequestId = NewId(), Provider = AnyTrader().Id, Follower = AnyAccount().Id, Settings = settings }, Key());
    }

    private void SendExtremeClose()
    {
        if (AnyOrder(isOpen: true) is { } order)
        {
            Send(new CloseOrder { ClientOrderId = NewId(), Account = order.Account.Id, OrderId = order.Id, Lots = Extreme() }, Key());
        }
    }

    private void SendExtremeChange()
    {
        if (AnyOrder(isOpen: _random.Chance(0.5)) is { } order)
        {
            ModifyOrder change = Change(order);
            switch (_random.Between(0, 4))
            {
                case 0: change.Lots = Extreme(); break;
                case 1: change.Price = Extreme(); break;
                case 2: change.StopPrice = Extreme(); break;
                case 3: change.StopLoss = Extreme(); break;
                default: change.TakeProfit = Extreme(); break;
            }
            Send(in change, Key());
        }
    }

    /// <summary>An id is used again: mostly with the same content, sometimes with other content.</summary>
    private void SendAgain()
    {
        CommandSlot[] recent = [.. _commands.TakeLast(60).Where(HasId)];
        if (recent.Length == 0)
        {
            return;
        }
        CommandSlot again = _random.ItemOf(recent);
        again.Header.Time = _time;
        if (again.Header.Type == CommandType.PlaceOrder && _random.Chance(0.3))
        {
            again.As<PlaceOrder>().Lots ^= Fixed8.One;
        }
        if (again.Header.Type == CommandType.MoveFunds && _random.Chance(0.3))
        {
            again.As<MoveFunds>().Amount ^= Fixed8.One;
        }
        Send(again);
    }

    private static bool HasId(CommandSlot slot) => slot.Header.Type switch
    {
        CommandType.PlaceOrder => !slot.As<PlaceOrder>().ClientOrderId.IsEmpty,
        CommandType.CloseOrder => !slot.As<CloseOrder>().ClientOrderId.IsEmpty,
        CommandType.ModifyOrder => !slot.As<ModifyOrder>().ClientOrderId.IsEmpty,
        CommandType.CancelOrder => !slot.As<CancelOrder>().ClientOrderId.IsEmpty,
        CommandType.CloseAll => !slot.As<CloseAll>().ClientOrderId.IsEmpty,
        CommandType.OpenAccount => !slot.As<OpenAccount>().RequestId.IsEmpty,
        CommandType.MoveFunds => !slot.As<MoveFunds>().RequestId.IsEmpty,
        CommandType.Follow => !slot.As<Follow>().RequestId.IsEmpty,
        CommandType.Unfollow => !slot.As<Unfollow>().RequestId.IsEmpty,
        CommandType.SetLinkStatus => !slot.As<SetLinkStatus>().RequestId.IsEmpty,
        CommandType.SetAccountStatus => !slot.As<SetAccountStatus>().RequestId.IsEmpty,
        _ => false,
    };

    /// <summary>Accounts, symbols and orders that do not exist, or belong to somebody else.</summary>
    private void SendUnknown()
    {
        int account = _random.OneOf(-1, 99, AnyAccount().Id);
        long orderId = _random.OneOf(0, -1, _model.LastOrderId, _model.LastOrderId + 1, long.MaxValue);
        PlaceOrder order = Order(AnyAccount(), 0);
        order.Symbol = _random.OneOf(-1, 99, 0);
        order.Account = account;
        switch (_random.Between(0, 8))
        {
            case 0: Send(in order, Key()); break;
            case 1: Send(new CancelOrder { ClientOrderId = NewId(), Account = account, OrderId = orderId }, Key()); break;
            case 2: Send(new CloseOrder { ClientOrderId = NewId(), Account = account, OrderId = orderId, Lots = Field.NotGiven }, Key()); break;
            case 3: Send(new ModifyOrder { ClientOrderId = NewId(), Account = account, OrderId = orderId, Lots = Field.NotGiven, Price = Field.NotGiven, StopPrice = Field.NotGiven, StopLoss = Field.NotGiven, TakeProfit = Field.NotGiven }, Key()); break;
            case 4: Send(new CloseAll { ClientOrderId = NewId(), Account = account, Symbol = _random.OneOf(-1, 99) }, Key()); break;
            case 5: Send(new MoveFunds { RequestId = NewId(), Account = account, Amount = Fixed8.One }, Key()); break;
            case 6: Send(new Follow { RequestId = NewId(), Provider = account, Follower = _random.OneOf(-1, 99), Settings = Settings() }, Key()); break;
            case 7: Send(new SetAccountStatus { RequestId = NewId(), Account = account, Status = AccountStatus.Active }, Key()); break;
            default: Send(new QueryAccount { Account = account }); break;
        }
    }
}
