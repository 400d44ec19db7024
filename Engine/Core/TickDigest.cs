using CopyEngine.Accounts;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.State;

namespace CopyEngine.Core;

/// <summary>
/// A digest of the state at every tick, for the journal: a replay that computes another one has gone another way. It
/// stands for every event since the beginning, the counts, and a stretch of the accounts and orders that moves on with
/// every tick, so that a difference that caused no event yet is found too; bounded in cost whatever the state's size.
/// </summary>
internal sealed class TickDigest(EventOutput output, AccountTable accounts, OrderTable orders, LinkTable links)
{
    /// <summary>Accounts and orders per tick: some 20 KB, a few microseconds.</summary>
    private const int Stretch = 64;

    private StateHash _hash;
    private long _sequence;
    private int _account;
    private int _order;

    /// <summary>The digest of the last tick.</summary>
    public StateHash Hash => _hash;

    /// <summary>Sequence of that tick, 0: none yet.</summary>
    public long Sequence => _sequence;

    /// <summary>Computes the digest of a tick that has just been applied.</summary>
    public void Take(long sequence, long now)
    {
        StateHasher hasher = output.Digest;
        hasher.Add(sequence);
        hasher.Add(now);
        hasher.Add(accounts.Count);
        hasher.Add(orders.Places);
        hasher.Add(orders.Holdings);
        hasher.Add(orders.Waiting);
        hasher.Add(links.Count);
        AddAccounts(ref hasher);
        AddOrders(ref hasher);
        _hash = hasher.Result;
        _sequence = sequence;
    }

    public void Transfer(StateTransfer transfer)
    {
        transfer.Value(ref _hash);
        transfer.Value(ref _sequence);
        transfer.Value(ref _account);
        transfer.Value(ref _order);
    }

    private void AddAccounts(ref StateHasher hasher)
    {
        _account = _account < accounts.Count ? _account : 0;
        int end = Math.Min(_account + Stretch, accounts.Count);
        for (; _account < end; _account++)
        {
            hasher.Add(AsciiText.ReadOnlyBytes(ref accounts[_account]));
            hasher.Add(AsciiText.ReadOnlyBytes(ref accounts.Profile(_account)));
        }
    }

    private void AddOrders(ref StateHasher hasher)
    {
        _order = _order < orders.Places ? _order : 0;
        int end = Math.Min(_order + Stretch, orders.Places);
        for (; _order < end; _order++)
        {
            hasher.Add(AsciiText.ReadOnlyBytes(ref orders[_order]));
        }
    }
}
