using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Tests.Model;

/// <summary>Cancelling, modifying and closing by command.</summary>
internal sealed partial class ModelEngine
{
    /// <summary>Finds account and order of a command on an order; the checks that come before the order's own.</summary>
    private void OnOrder(
        int accountId, ClientOrderId id, long orderId, byte[] content, Func<ModelOrder, bool> isRightState, Func<ModelOrder, RejectCode> carryOut)
    {
        ModelAccount? account = FindAccount(accountId);
        if (account is null)
        {
            Refuse(RejectCode.UnknownAccount, id, accountId);
            return;
        }
        void CarryOut()
        {
            ModelOrder? order = account.Orders.Find(candidate => candidate.Id == orderId);
            RejectCode code = order is null || !isRightState(order) ? RejectCode.UnknownOrder : carryOut(order);
            if (code != RejectCode.None)
            {
                Refuse(code, id, accountId, order?.Instrument.Id ?? -1, orderId);
            }
        }
        OnceForAccount(
            account, id, content, CarryOut, () => Refuse(RejectCode.DuplicateClientOrderId, id, accountId));
    }

    private void Apply(CancelOrder command) =>
        OnOrder(
            command.Account,
            command.ClientOrderId,
            command.OrderId,
            RememberedAnswers.ContentOf(command with { ClientOrderId = default }),
            order => !order.IsOpen,
            order => Cancel(order, command));

    private RejectCode Cancel(ModelOrder order, CancelOrder command)
    {
        if (order.Account.Status == AccountStatus.Suspended)
        {
            return RejectCode.AccountNotActive;
        }
        Remove(order);
        ReportTo(command.ClientOrderId, Describe(order, OrderStatus.Cancelled, Cause.Client));
        return RejectCode.None;
    }

    private void Apply(ModifyOrder command) =>
        OnOrder(
            command.Account,
            command.ClientOrderId,
            command.OrderId,
            RememberedAnswers.ContentOf(command with { ClientOrderId = default }),
            order => true,
            order => Modify(order, command));

    private RejectCode Modify(ModelOrder order, ModifyOrder command)
    {
        RejectCode code = CheckMayChange(order);
        if (code != RejectCode.None)
        {
            return code;
        }
        code = order.IsOpen ? CheckHoldingChange(order, command) : CheckWaitingChange(order, command);
        if (code != RejectCode.None)
        {
            return code;
        }
        if (!order.IsOpen)
        {
            ChangeWaiting(order, command);
        }
        SetStops(order, Changed(order.StopLoss, command.StopLoss), Changed(order.TakeProfit, command.TakeProfit));
        ReportTo(command.ClientOrderId, Describe(order, OrderStatus.Modified, Cause.Client));
        if (order.IsOpen)
        {
            MirrorStops(order);
        }
        return RejectCode.None;
    }

    private RejectCode CheckMayChange(ModelOrder order)
    {
        if (order.Account.Status == AccountStatus.Suspended)
        {
            return RejectCode.AccountNotActive;
        }
        if (order.Account.IsLiquidating || order.Pending == PendingClose.CascadeCopy)
        {
            return RejectCode.Liquidating;
        }
        return IsInSession(order.Instrument) ? RejectCode.None : RejectCode.MarketClosed;
    }

    private static RejectCode CheckHoldingChange(ModelOrder order, ModifyOrder command)
    {
        if (command.Lots != Field.NotGiven)
        {
            return RejectCode.InvalidLots;
        }
        if (command.Price != Field.NotGiven || command.StopPrice != Field.NotGiven)
        {
            return RejectCode.InvalidPrice;
        }
        decimal reference = ReferenceNow(order.Account.Group, order.Instrument, order.Side);
        return AreSoundStops(order.Instrument, order.Side, reference, Kept(command.StopLoss), Kept(command.TakeProfit))
            ? RejectCode.None
            : RejectCode.InvalidStops;
    }

    /// <summary>Removing a level needs no check.</summary>
    private static long Kept(long units) => units == Field.Remove ? Field.NotGiven : units;

    private RejectCode CheckWaitingChange(ModelOrder order, ModifyOrder command)
    {
        PlaceOrder asPlaced = new()
        {
            Side = order.Side,
            OrderType = order.OrderType,
            Lots = command.Lots == Field.NotGiven ? Units.FromDecimal(order.Lots) : command.Lots,
            Price = command.Price == Field.NotGiven ? UnitsOf(order.Price) : command.Price,
            StopPrice = command.StopPrice == Field.NotGiven ? UnitsOf(order.StopPrice) : command.StopPrice,
            StopLoss = command.StopLoss == Field.NotGiven ? UnitsOf(order.StopLoss) : Kept(command.StopLoss),
            TakeProfit = command.TakeProfit == Field.NotGiven ? UnitsOf(order.TakeProfit) : Kept(command.TakeProfit),
            MaxSlippage = Field.NotGiven,
        };
        ModelGroup group = order.Account.Group;
        bool areLevelsGiven = command.Price != Field.NotGiven || command.StopPrice != Field.NotGiven;
        return FirstRefusal(
        [
            () => command.Lots == Field.NotGiven ? RejectCode.None : CheckLots(group, order.Instrument, asPlaced.Lots),
            () => areLevelsGiven ? CheckPrice(order.Instrument) : RejectCode.None,
            () => areLevelsGiven ? CheckPrices(group, order.Instrument, asPlaced) : RejectCode.None,
            () => CheckStops(group, order.Instrument, asPlaced),
        ]);
    }

    private static long UnitsOf(decimal? level) => level is null ? Field.NotGiven : Units.FromDecimal(level.Value);

    private void ChangeWaiting(ModelOrder order, ModifyOrder command)
    {
        if (command.Lots != Field.NotGiven)
        {
            order.Lots = order.Remaining = Units.ToDecimal(command.Lots);
        }
        decimal? level = TriggerLevel(order);
        order.Price = Changed(order.Price, command.Price);
        order.StopPrice = Changed(order.StopPrice, command.StopPrice);
        if (TriggerLevel(order) != level)
        {
            order.PriceEntry = ++_lastEntry;
        }
    }

    private static decimal? Changed(decimal? level, long units) => units == Field.NotGiven ? level : LevelOf(units);

    /// <summary>A changed level joins the end of its queue; an unchanged one keeps its place.</summary>
    private void SetStops(ModelOrder order, decimal? stopLoss, decimal? takeProfit)
    {
        if (order.StopLoss != stopLoss)
        {
            (order.StopLoss, order.StopLossEntry) = (stopLoss, ++_lastEntry);
        }
        if (order.TakeProfit != takeProfit)
        {
            (order.TakeProfit, order.TakeProfitEntry) = (takeProfit, ++_lastEntry);
        }
    }

    private void ReportTo(ClientOrderId id, OrderReport report)
    {
        _accounts[report.Account].IsDirty = true;
        report.ClientOrderId = id;
        Emit(in report);
    }

    private void Apply(CloseOrder command) =>
        OnOrder(
            command.Account,
            command.ClientOrderId,
            command.OrderId,
            RememberedAnswers.ContentOf(command with { ClientOrderId = default }),
            order => order.IsOpen,
            order => CloseByCommand(order, command.Lots, command.ClientOrderId, MirrorClose));

    private RejectCode CloseByCommand(ModelOrder order, long units, ClientOrderId id, Action<ModelOrder> bringCopiesAlong)
    {
        RejectCode code = CheckMayChange(order);
        code = code == RejectCode.None ? CheckLotsToClose(order, units) : code;
        if (code != RejectCode.None)
        {
            return code;
        }
        decimal lots = units == Field.NotGiven ? order.Remaining : Units.ToDecimal(units);
        if (!CanClose(order, lots))
        {
            return RejectCode.NoPrice;
        }
        Close(order, lots, Cause.Client, id);
        bringCopiesAlong(order);
        return RejectCode.None;
    }

    private static RejectCode CheckLotsToClose(ModelOrder order, long units)
    {
        if (units == Field.NotGiven)
        {
            return RejectCode.None;
        }
        decimal lots = Units.ToDecimal(units);
        if (lots <= 0 || lots > order.Remaining)
        {
            return RejectCode.InvalidLots;
        }
        if (lots % order.Instrument.LotStep != 0)
        {
            return RejectCode.LotsOffStep;
        }
        return lots < order.Remaining && lots < MinLot(order.Account.Group, order.Instrument)
            ? RejectCode.LotsBelowMinimum
            : RejectCode.None;
    }

    private void Apply(CloseAll command)
    {
        ModelAccount? account = FindAccount(command.Account);
        if (account is null)
        {
            Answer(command.ClientOrderId, RejectCode.UnknownAccount);
            return;
        }
        OnceForAccount(
            account,
            command.ClientOrderId,
            RememberedAnswers.ContentOf(command with { ClientOrderId = default }),
            () => Answer(command.ClientOrderId, CloseAll(account, command)),
            () => Answer(command.ClientOrderId, RejectCode.DuplicateClientOrderId));
    }

    /// <summary>The account's own orders first, then the copies of each.</summary>
    private RejectCode CloseAll(ModelAccount account, CloseAll command)
    {
        if (command.Symbol != Commands.CloseAll.EverySymbol && FindInstrument(command.Symbol) is null)
        {
            return RejectCode.UnknownSymbol;
        }
        if (account.Status == AccountStatus.Suspended)
        {
            return RejectCode.AccountNotActive;
        }
        if (account.IsLiquidating)
        {
            return RejectCode.Liquidating;
        }
        var closed = new List<ModelOrder>();
        foreach (ModelOrder order in account.Holdings.OrderBy(order => order.Id).ToList())
        {
            if (command.Symbol != Commands.CloseAll.EverySymbol && order.Instrument.Id != command.Symbol)
            {
                continue;
            }
            RejectCode code = CloseByCommand(order, Field.NotGiven, command.ClientOrderId, closed.Add);
            if (code != RejectCode.None)
            {
                Refuse(code, command.ClientOrderId, account.Id, order.Instrument.Id, order.Id);
            }
        }
        closed.ForEach(MirrorClose);
        return RejectCode.None;
    }
}
