using CopyEngine.Commands;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>Takes what is to be written next out of the state: copies, so that writing needs the state no more.</summary>
internal sealed class BatchTaking(ProjectedState state, RedisLimits limits)
{
    private const int None = ProjectedAccount.None;

    /// <summary>Per instrument the account whose orders were last walked: tells what it still holds without a table per account.</summary>
    private int[] _heldBy = [];
    private int _walk;

    /// <summary>Takes a batch; empty when nothing is to be written.</summary>
    public void Take(TakenBatch batch)
    {
        batch.Clear();
        TakeMarket(batch);
        TakeLinks(batch);
        state.Notices.Take(batch.MarginEvents, batch.Audits);
        while (batch.AccountCount < limits.AccountsPerBatch && batch.OrderCount < limits.OrdersPerBatch && TryNext(batch, out int id))
        {
            TakeAccount(batch, id);
        }
    }

    /// <summary>Takes accounts whose orders show an old profit; for when there is nothing else to do.</summary>
    public void TakeLeisure(TakenBatch batch)
    {
        batch.Clear();
        while (batch.AccountCount < limits.AccountsPerBatch && batch.OrderCount < limits.OrdersPerBatch)
        {
            int id = state.Queue.TakeLeisure();
            if (id == None)
            {
                return;
            }
            TakeAccount(batch, id);
        }
    }

    private bool TryNext(TakenBatch batch, out int id)
    {
        bool isFairShare = batch.AccountCount % limits.FairShare == limits.FairShare - 1;
        id = isFairShare ? state.Queue.TakeFarthest() : state.Queue.TakeNearest();
        return id != None;
    }

    private void TakeAccount(TakenBatch batch, int id)
    {
        ref ProjectedAccount account = ref state.Account(id);
        ref TakenAccount taken = ref batch.AddAccount();
        taken.Id = id;
        taken.Changes = state.TakeChanges(id);
        taken.Account = account;
        taken.AlertSeconds = AlertSeconds(in account);
        if (taken.Changes.Has(AccountChanges.Everything))
        {
            TakeAllOrders(batch, ref account);
        }
        else if (taken.Changes.Has(AccountChanges.Orders))
        {
            TakeChangedOrders(batch, ref account);
        }
        else if (taken.Changes == AccountChanges.Profit)
        {
            CopyLivingOrders(batch, in account);
        }
        taken.OrderCount = batch.OrderCount - taken.FirstOrder;
        LeaveProfit(id, in taken);
    }

    /// <summary>Figures changed, so prices did, and the account's orders show an old profit.</summary>
    private void LeaveProfit(int id, in TakenAccount taken)
    {
        bool hasOrders = taken.Account.FirstOrder != None;
        bool isWritten = taken.Changes.Has(AccountChanges.Everything) || taken.Changes == AccountChanges.Profit;
        bool isOld = taken.Changes.Has(AccountChanges.Portfolio) || taken.Changes.Has(AccountChanges.Profit);
        if (hasOrders && isOld && !isWritten)
        {
            state.Mark(id, AccountChanges.Profit);
        }
    }

    private void TakeAllOrders(TakenBatch batch, ref ProjectedAccount account)
    {
        state.Orders.ForgetChanges(ref account);
        for (int slot = account.FirstOrder; slot != None; slot = state.Orders[slot].Next)
        {
            state.Orders[slot].ForgetWritten();
            TakeLiving(batch, slot, isFirstSight: false);
        }
    }

    private void TakeChangedOrders(TakenBatch batch, ref ProjectedAccount account)
    {
        int first = batch.OrderCount;
        bool hasEnded = false;
        for (int slot = state.Orders.TakeChanged(ref account); slot != None; slot = state.Orders.TakeChanged(ref account))
        {
            if (!state.Orders[slot].HasEnded)
            {
                TakeLiving(batch, slot, isFirstSight: true);
                continue;
            }
            if (state.Orders[slot].WrittenGeneration == state.Generation)
            {
                batch.AddOrder().Order = state.Orders[slot];
                hasEnded = true;
            }
            state.Orders.Forget(slot);
        }
        if (hasEnded)
        {
            FindLastOfSymbol(batch, first, in account);
        }
    }

    private void CopyLivingOrders(TakenBatch batch, in ProjectedAccount account)
    {
        for (int slot = account.FirstOrder; slot != None; slot = state.Orders[slot].Next)
        {
            ref TakenOrder taken = ref batch.AddOrder();
            taken.Order = state.Orders[slot];
            taken.Quote = state.Market[taken.Order.Symbol];
        }
    }

    private void TakeLiving(TakenBatch batch, int slot, bool isFirstSight)
    {
        ref ProjectedOrder order = ref state.Orders[slot];
        ref TakenOrder taken = ref batch.AddOrder();
        taken.Order = order;
        taken.Quote = state.Market[order.Symbol];
        taken.WasWritten = order.WrittenGeneration == state.Generation;
        taken.IsNew = isFirstSight && !taken.WasWritten;
        order.NoteWritten(state.Generation);
    }

    private void FindLastOfSymbol(TakenBatch batch, int first, in ProjectedAccount account)
    {
        _walk++;
        for (int slot = account.FirstOrder; slot != None; slot = state.Orders[slot].Next)
        {
            HeldBy(state.Orders[slot].Symbol) = _walk;
        }
        var probe = new TakenAccount { FirstOrder = first, OrderCount = batch.OrderCount - first };
        foreach (ref TakenOrder taken in batch.OrdersOf(in probe))
        {
            taken.IsLastOfSymbol = taken.Order.HasEnded && HeldBy(taken.Order.Symbol) != _walk;
        }
    }

    private ref int HeldBy(int symbol)
    {
        if (symbol >= _heldBy.Length)
        {
            Array.Resize(ref _heldBy, Math.Max(symbol + 1, _heldBy.Length * 2));
        }
        return ref _heldBy[symbol];
    }

    private long AlertSeconds(in ProjectedAccount account)
    {
        if (account.WarnedAt == 0)
        {
            return 0;
        }
        long passed = (state.Time - account.WarnedAt) / 1_000_000;
        return Math.Max(0, state.Groups[account.Group].WarningIntervalSeconds - passed);
    }

    private void TakeMarket(TakenBatch batch)
    {
        while (state.Market.TryTakeChanged(out int symbol))
        {
            batch.Quotes.Add(new TakenQuote(symbol, state.Market[symbol]));
        }
        while (batch.Groups.Count < limits.EntriesPerBatch && state.Groups.TryTakeChanged(out (int, int) key))
        {
            batch.Groups.Add(key);
        }
    }

    private void TakeLinks(TakenBatch batch)
    {
        while (batch.Links.Count < limits.EntriesPerBatch && state.Links.TryTakeChanged(out ProjectedLink link, out int earliest))
        {
            long earliestNumber = earliest == None ? 0 : state.Account(earliest).Number;
            batch.Links.Add(new TakenLink(
                state.Account(link.Provider).Number, state.Account(link.Follower).Number, link.IsActive, earliestNumber));
        }
    }
}
