using System.Diagnostics;
using System.Globalization;
using CopyEngine.Events;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Keys;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Host.Redis.Ownership;

namespace CopyEngine.Host.Redis;

/// <summary>
/// The life of one connection. It begins by writing everything, nearest to the warning level first, then removes what
/// is gone, and follows the state from then on. Any failure ends it; the next session begins anew.
/// </summary>
internal sealed class ProjectionSession
{
    private const int MarkedPerSlice = 4_096;
    private readonly IRedisConnection _connection;
    private readonly StateHandover _handover;
    private readonly EngineDirectory _directory;
    private readonly RedisLimits _limits;
    private readonly ProjectionCounters _counters;
    private readonly RedisOwnership? _ownership;
    private readonly ServerMarker _marker;
    private readonly Terms _terms;
    private readonly AccountEncoder _accounts;
    private readonly MarketEncoder _market;
    private readonly NoticeEncoder _notices;
    private readonly BatchTaking _taking;
    private readonly TakenBatch _taken = new();
    private readonly WriteBatch _write = new();
    private readonly CommandBatch _reads = new();
    private KeySweep _sweep;
    private bool _mayFollow;
    private long _lastCheck;
    private long _lastRenewal;

    public ProjectionSession(
        IRedisConnection connection, StateHandover handover, EngineDirectory directory, RedisLimits limits, ProjectionCounters counters,
        int shard, RedisOwnership? ownership)
    {
        _connection = connection;
        _ownership = ownership;
        _handover = handover;
        _directory = directory;
        _limits = limits;
        _counters = counters;
        _marker = new ServerMarker(connection, shard);
        _terms = new Terms(directory);
        _accounts = new AccountEncoder(_terms, limits);
        _market = new MarketEncoder(_terms);
        _notices = new NoticeEncoder(directory, _terms, limits);
        _taking = handover.With(state => new BatchTaking(state, limits));
        _sweep = new KeySweep(connection, handover, directory, limits);
    }

    /// <summary>True once everything was written and what is gone was removed.</summary>
    public bool IsFollowing => _mayFollow && _sweep.IsFinished;

    /// <summary>Begins to write everything anew.</summary>
    /// <exception cref="OwnershipLostException">The shard belongs to another engine; nothing was written.</exception>
    public void Begin()
    {
        _ownership?.Renew(_connection);
        _marker.Place();
        _lastCheck = Stopwatch.GetTimestamp();
        _counters.State = RedisState.Resynchronizing;
        _counters.NoteResynchronization();
        _mayFollow = false;
        _sweep = new KeySweep(_connection, _handover, _directory, _limits);
        _handover.With(state => state.BeginGeneration());
        MarkEverything();
    }

    /// <summary>In slices, so that the event thread waits for none of them.</summary>
    private void MarkEverything()
    {
        int first = 0;
        while (_handover.With(state => state.MarkEverything(first, MarkedPerSlice)))
        {
            first += MarkedPerSlice;
        }
    }

    /// <summary>Does the next piece of work; false when there was none.</summary>
    public bool Step()
    {
        CheckNowAndThen();
        if (_handover.With(state => state.HasNewTerms))
        {
            Begin();
        }
        bool hasWorked = WriteNext(isLeisure: false);
        _mayFollow |= !hasWorked || _handover.With(state => state.WholeAccounts == 0);
        if (_mayFollow && !_sweep.IsFinished)
        {
            StepSweep();
            hasWorked = true;
        }
        return hasWorked || WriteNext(isLeisure: true);
    }

    private void StepSweep()
    {
        long before = _sweep.Removed;
        _sweep.Step();
        _counters.NoteRemoved(_sweep.Removed - before);
        if (_sweep.IsFinished)
        {
            _counters.State = RedisState.Following;
        }
    }

    private bool WriteNext(bool isLeisure)
    {
        _handover.With(_ => Take(isLeisure));
        if (_taken.Count == 0 && _write.Announcements.Count == 0)
        {
            return false;
        }
        _counters.InFlight = _taken.Count;
        Encode();
        _connection.Write(_write);
        _counters.InFlight = 0;
        _counters.NoteWritten(_taken.Count);
        _write.Clear();
        _notices.Announce(_write.Announcements, _taken);
        return true;
    }

    private void Take(bool isLeisure)
    {
        if (isLeisure)
        {
            _taking.TakeLeisure(_taken);
        }
        else
        {
            _taking.Take(_taken);
        }
    }

    private void Encode()
    {
        foreach (TakenQuote quote in _taken.Quotes)
        {
            _market.Write(_write.Accounts, quote);
        }
        foreach ((int, int) key in _taken.Groups)
        {
            _market.Write(_write.Accounts, key);
        }
        foreach (TakenLink link in _taken.Links)
        {
            MarketEncoder.Write(_write.Accounts, link);
        }
        foreach (ProjectedAudit audit in _taken.Audits)
        {
            _notices.Write(_write.Accounts, in audit);
        }
        EncodeAccounts();
    }

    private void EncodeAccounts()
    {
        Queue<RespReply> listed = ReadListedOrders();
        foreach (ref readonly TakenAccount taken in _taken.Accounts)
        {
            ReadOnlySpan<TakenOrder> orders = _taken.OrdersOf(in taken);
            IReadOnlyList<long> strangers = taken.Changes.Has(AccountChanges.Everything) ? Strangers(listed.Dequeue(), orders) : [];
            _accounts.Write(_write, in taken, orders, strangers);
        }
    }

    /// <summary>What Redis lists under the accounts of which everything is written.</summary>
    private Queue<RespReply> ReadListedOrders()
    {
        _reads.Clear();
        foreach (ref readonly TakenAccount taken in _taken.Accounts)
        {
            if (taken.Changes.Has(AccountChanges.Everything))
            {
                _reads.Command("SMEMBERS"u8).AddOrdersIndexKey(in taken.Account);
            }
        }
        return new Queue<RespReply>(_reads.Count == 0 ? [] : _connection.Read(_reads));
    }

    private static List<long> Strangers(RespReply listed, ReadOnlySpan<TakenOrder> orders)
    {
        var strangers = new List<long>();
        if (listed.Items is not { Length: > 0 } members)
        {
            return strangers;
        }
        var living = new HashSet<long>(orders.Length);
        foreach (ref readonly TakenOrder order in orders)
        {
            living.Add(order.Order.OrderId);
        }
        foreach (RespReply member in members)
        {
            if (long.TryParse(member.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long id) && !living.Contains(id))
            {
                strangers.Add(id);
            }
        }
        return strangers;
    }

    private void CheckNowAndThen()
    {
        TimeSpan since = Stopwatch.GetElapsedTime(_lastCheck);
        if (since < _limits.CheckInterval)
        {
            return;
        }
        _lastCheck = Stopwatch.GetTimestamp();
        _ownership?.Renew(_connection);
        _marker.Check();
        _counters.NoteSeconds(since.TotalSeconds);
        if (Stopwatch.GetElapsedTime(_lastRenewal) >= _limits.LiquidatingExpiry / 2)
        {
            _lastRenewal = Stopwatch.GetTimestamp();
            _handover.With(state => state.RenewLiquidating());
        }
    }
}
