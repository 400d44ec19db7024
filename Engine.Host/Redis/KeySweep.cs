using System.Globalization;
using CopyEngine.Events;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Keys;
using CopyEngine.Host.Redis.Mirror;

namespace CopyEngine.Host.Redis;

/// <summary>
/// Removes what is gone: walks all keys of the server in small slices and deletes those of our families, and members of
/// our sets, that stand for nothing in the state. Other keys are never touched, nothing is ever flushed.
/// </summary>
internal sealed class KeySweep(IRedisConnection connection, StateHandover handover, EngineDirectory directory, RedisLimits limits)
{
    private readonly Queue<OwnedKey> _collections = new();
    private readonly WriteBatch _write = new();
    private readonly CommandBatch _read = new();
    private string _cursor = ScanSlice.Start;
    private int _node;
    private OwnedKey? _collection;

    /// <summary>Keys and members removed.</summary>
    public long Removed { get; private set; }

    /// <summary>Everything has been looked at.</summary>
    public bool IsFinished => _node == connection.NodeCount && _collection is null && _collections.Count == 0;

    /// <summary>Looks at one slice.</summary>
    public void Step()
    {
        _write.Clear();
        if (_node < connection.NodeCount)
        {
            StepKeys();
        }
        else if (_collection is not null || _collections.TryDequeue(out _collection))
        {
            StepMembers(_collection);
        }
        if (_write.Count > 0)
        {
            connection.Write(_write);
        }
    }

    private void StepKeys()
    {
        ScanSlice slice = connection.Scan(_node, _cursor, limits.ScanCount);
        _cursor = slice.Cursor;
        if (slice.IsLast)
        {
            _node++;
        }
        OwnedKey[] owned = [.. slice.Keys.Select(key => OwnedKey.Parse(key)).Where(key => key.Family != KeyFamily.Foreign)];
        foreach (OwnedKey key in owned.Where(key => key.IsCollection))
        {
            _collections.Enqueue(key);
        }
        foreach (OwnedKey key in WithoutCounterpart(owned))
        {
            Remove(key);
        }
    }

    private OwnedKey[] WithoutCounterpart(OwnedKey[] keys) => handover.With(state =>
    {
        var counterparts = new Counterparts(state, directory);
        return Array.FindAll(keys, key => !counterparts.Has(key));
    });

    private void Remove(OwnedKey key)
    {
        Removed++;
        switch (key.Family)
        {
            case KeyFamily.Holdings:
                RemoveHoldings(key);
                break;
            case KeyFamily.OrdersIndex:
                RemoveIndex(key);
                break;
            default:
                _write.Removals.Command("DEL"u8).Add(key.Text);
                break;
        }
    }

    /// <summary>An order's hash and its index entry go together.</summary>
    private void RemoveHoldings(OwnedKey key)
    {
        CommandBatch batch = _write.Accounts;
        batch.Command("MULTI"u8);
        batch.Command("DEL"u8).Add(key.Text);
        batch.Command("SREM"u8).Add(Invariant($"user_orders_index:{{{key.Account}}}")).Add(key.Number);
        batch.Command("EXEC"u8);
    }

    private void RemoveIndex(OwnedKey key)
    {
        _read.Clear();
        _read.Command("SMEMBERS"u8).Add(key.Text);
        RespReply members = connection.Read(_read)[0];
        _write.Accounts.Command("DEL"u8).Add(key.Text);
        foreach (RespReply member in members.Items ?? [])
        {
            _write.Accounts.Add(Invariant($"user_holdings:{{{key.Account}}}:{member.Text}"));
        }
    }

    private void StepMembers(OwnedKey key)
    {
        _read.Clear();
        _read.Command(key.IsSorted ? "ZSCAN"u8 : "SSCAN"u8).Add(key.Text).Add(_cursor).Add("COUNT"u8).Add(limits.ScanCount);
        RespReply reply = connection.Read(_read)[0];
        if (reply.Items is not [var cursor, { Items: { } members }])
        {
            // Another kind of value stands under our key: it is of no use to anybody who reads ours.
            _write.Removals.Command("DEL"u8).Add(key.Text);
            Advance(ScanSlice.Start);
            return;
        }
        Advance(cursor.Text);
        byte[][] names = [.. members.Where((_, place) => !key.IsSorted || place % 2 == 0).Select(member => member.Bytes!)];
        foreach (byte[] stranger in WithoutCounterpart(key, names))
        {
            Removed++;
            _write.Removals.Command(key.IsSorted ? "ZREM"u8 : "SREM"u8).Add(key.Text).Add(stranger);
        }
    }

    private void Advance(string cursor)
    {
        _cursor = cursor;
        if (cursor == ScanSlice.Start)
        {
            _collection = null;
        }
    }

    private byte[][] WithoutCounterpart(OwnedKey key, byte[][] members) => handover.With(state =>
    {
        var counterparts = new Counterparts(state, directory);
        return Array.FindAll(members, member => !counterparts.Has(key, member));
    });

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
