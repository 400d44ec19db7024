using CopyEngine.Accounts;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Orders;

/// <summary>Orders by place and by id, listed per account and per master.</summary>
internal sealed class OrderTable(AccountTable accounts, int shard)
{
    private readonly PagedArray<Order> _orders = new(4_096);
    private readonly PagedArray<ClientOrderId> _clientIds = new(1_024);
    private readonly OrderIndex _index = new(shard);

    public ref Order this[int order] => ref _orders[order];

    /// <summary>Places ever used; walking all of them is for checks and rollovers.</summary>
    public int Places => _orders.Count;

    public int Holdings { get; private set; }

    public int Waiting { get; private set; }

    /// <summary>The place of a living order of an account, or -1.</summary>
    public int Find(int account, long id)
    {
        int order = _index.Find(id);
        return order >= 0 && _orders[order].Account == account ? order : -1;
    }

    /// <summary>A new order with the next id at the end of its account's list.</summary>
    public int Add(int account, OrderStage state, OrderFlags flags)
    {
        int place = _orders.Take();
        ref Order order = ref _orders[place];
        ref Account owner = ref accounts[account];
        order = new Order
        {
            Id = _index.Add(place),
            Account = account,
            State = state,
            Flags = flags,
            PreviousOfAccount = owner.LastOrder,
            NextOfAccount = -1,
            Master = -1,
            PreviousCopy = -1,
            NextCopy = -1,
            FirstCopy = -1,
            LastCopy = -1,
            ClientId = -1,
        };
        if (owner.LastOrder >= 0)
        {
            _orders[owner.LastOrder].NextOfAccount = place;
        }
        else
        {
            owner.FirstOrder = place;
        }
        owner.LastOrder = place;
        CountOrder(ref order, 1);
        Count(account, state, 1);
        return place;
    }

    /// <summary>A waiting order has filled.</summary>
    public void BecomeHolding(int place)
    {
        ref Order order = ref _orders[place];
        Count(order.Account, order.State, -1);
        order.State = OrderStage.Open;
        Count(order.Account, order.State, 1);
    }

    /// <summary>Takes an order out of its account; a master with copies stays as the head of their list.</summary>
    public void Remove(int place)
    {
        ref Order order = ref _orders[place];
        Unlink(ref order);
        Count(order.Account, order.State, -1);
        CountOrder(ref order, -1);
        _index.Remove(order.Id);
        Detach(place);
        if (order.Copies > 0 || order.Has(OrderFlags.Held))
        {
            order.State = OrderStage.ClosedMaster;
        }
        else
        {
            Free(place);
        }
    }

    /// <summary>Lists a copy under its master.</summary>
    public void Attach(int place, int master)
    {
        ref Order order = ref _orders[place];
        ref Order head = ref _orders[master];
        order.Master = master;
        order.MasterId = head.Id;
        order.PreviousCopy = head.LastCopy;
        if (head.LastCopy >= 0)
        {
            _orders[head.LastCopy].NextCopy = place;
        }
        else
        {
            head.FirstCopy = place;
        }
        head.LastCopy = place;
        head.Copies++;
    }

    /// <summary>Takes a copy from its master's list; a closed master without copies goes.</summary>
    public void Detach(int place)
    {
        ref Order order = ref _orders[place];
        if (order.Master < 0)
        {
            return;
        }
        int master = order.Master;
        ref Order head = ref _orders[master];
        if (order.PreviousCopy >= 0)
        {
            _orders[order.PreviousCopy].NextCopy = order.NextCopy;
        }
        else
        {
            head.FirstCopy = order.NextCopy;
        }
        if (order.NextCopy >= 0)
        {
            _orders[order.NextCopy].PreviousCopy = order.PreviousCopy;
        }
        else
        {
            head.LastCopy = order.PreviousCopy;
        }
        order.Master = order.PreviousCopy = order.NextCopy = -1;
        head.Copies--;
        if (head.Copies == 0 && head.State == OrderStage.ClosedMaster && !head.Has(OrderFlags.Held))
        {
            Free(master);
        }
    }

    /// <summary>Keeps a master's place while long work walks its copies.</summary>
    public void Hold(int master) => _orders[master].Flags |= OrderFlags.Held;

    /// <summary>Long work is done with a master: its place goes if nothing needs it any more.</summary>
    public void Release(int master)
    {
        ref Order head = ref _orders[master];
        head.Flags &= ~OrderFlags.Held;
        if (head.State == OrderStage.ClosedMaster && head.Copies == 0)
        {
            Free(master);
        }
    }

    public ClientOrderId ClientId(int place)
    {
        int at = _orders[place].ClientId;
        return at < 0 ? default : _clientIds[at];
    }

    public void SetClientId(int place, in ClientOrderId id)
    {
        if (id.IsEmpty)
        {
            return;
        }
        int at = _clientIds.Take();
        _clientIds[at] = id;
        _orders[place].ClientId = at;
    }

    public void Transfer(StateTransfer transfer)
    {
        _orders.Transfer(transfer);
        _clientIds.Transfer(transfer);
        _index.Transfer(transfer);
        Holdings = transfer.Kept(Holdings);
        Waiting = transfer.Kept(Waiting);
        for (int place = 0; transfer.IsLoading && place < _orders.Count; place++)
        {
            if (_orders[place].State is OrderStage.Waiting or OrderStage.Open)
            {
                _index.Restore(_orders[place].Id, place);
            }
        }
    }

    private void Free(int place)
    {
        if (_orders[place].ClientId >= 0)
        {
            _clientIds.Return(_orders[place].ClientId);
        }
        _orders.Return(place);
    }

    private void Unlink(ref Order order)
    {
        ref Account owner = ref accounts[order.Account];
        if (order.PreviousOfAccount >= 0)
        {
            _orders[order.PreviousOfAccount].NextOfAccount = order.NextOfAccount;
        }
        else
        {
            owner.FirstOrder = order.NextOfAccount;
        }
        if (order.NextOfAccount >= 0)
        {
            _orders[order.NextOfAccount].PreviousOfAccount = order.PreviousOfAccount;
        }
        else
        {
            owner.LastOrder = order.PreviousOfAccount;
        }
    }

    private void CountOrder(ref Order order, int change)
    {
        ref AccountProfile profile = ref accounts.Profile(order.Account);
        profile.Orders += change;
        profile.OwnOrders += order.Has(OrderFlags.Copy) ? 0 : change;
    }

    private void Count(int account, OrderStage state, int change)
    {
        if (state == OrderStage.Open)
        {
            Holdings += change;
            accounts[account].Holdings += change;
        }
        else
        {
            Waiting += change;
        }
    }
}
