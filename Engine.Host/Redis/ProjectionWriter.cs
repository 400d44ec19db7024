using System.Text;
using CopyEngine.Events;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Keys;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Host.Redis.Ownership;

namespace CopyEngine.Host.Redis;

/// <summary>
/// The thread that writes the keys: session after session, for as long as the engine runs. Whatever Redis does ends at
/// most a session; the wait before the next one grows while sessions fail.
/// </summary>
internal sealed class ProjectionWriter
{
    private readonly StateHandover _handover;
    private readonly EngineDirectory _directory;
    private readonly RedisConnector _connector;
    private readonly RedisLimits _limits;
    private readonly ProjectionCounters _counters;
    private readonly int _shard;
    private readonly RedisOwnership? _ownership;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _waitersLock = new();
    private readonly List<TaskCompletionSource> _waiters = [];
    private string? _keyOfWrongType;

    public ProjectionWriter(
        StateHandover handover, EngineDirectory directory, RedisConnector connector, RedisLimits limits, ProjectionCounters counters,
        int shard, RedisOwnership? ownership, ILogger logger)
    {
        _handover = handover;
        _directory = directory;
        _connector = connector;
        _limits = limits;
        _counters = counters;
        _shard = shard;
        _ownership = ownership;
        _logger = logger;
        _thread = new Thread(Run) { Name = "redis writer", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Stops after the piece of work at hand.</summary>
    public void Stop()
    {
        _stopping.Cancel();
        _thread.Join();
        _stopping.Dispose();
        CancelWaiters();
    }

    /// <summary>Completes when everything that happened before the call is written and nothing else is waiting.</summary>
    public Task WaitUntilCaughtUpAsync()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waitersLock)
        {
            _waiters.Add(waiter);
        }
        if (_counters.State == RedisState.Fenced)
        {
            CancelWaiters();
        }
        return waiter.Task;
    }

    private void Run()
    {
        TimeSpan delay = _limits.FirstRetryDelay;
        while (!_stopping.IsCancellationRequested)
        {
            bool wasFollowing = RunSession();
            if (_ownership?.Loss is { } owner)
            {
                _counters.NoteFailure(owner);
                _counters.State = RedisState.Fenced;
                CancelWaiters();
                return;
            }
            _counters.State = RedisState.Disconnected;
            delay = wasFollowing ? _limits.FirstRetryDelay : delay;
            _stopping.Token.WaitHandle.WaitOne(delay);
            delay = delay * 2 < _limits.LongestRetryDelay ? delay * 2 : _limits.LongestRetryDelay;
        }
    }

    /// <summary>Runs a session to its end; true when it came to follow the state.</summary>
    private bool RunSession()
    {
        ProjectionSession? session = null;
        try
        {
            using IRedisConnection connection = _connector.Open(_stopping.Token);
            _counters.Server = connection.Description;
            RemoveKeyOfWrongType(connection);
            session = new ProjectionSession(connection, _handover, _directory, _limits, _counters, _shard, _ownership);
            session.Begin();
            Follow(session);
            _ownership?.Release(connection);
        }
        catch (OwnershipLostException)
        {
            // Told by the ownership itself; nothing of this engine's is written any more.
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (RedisReplyException failure)
        {
            RememberKeyOfWrongType(failure);
            Note(failure);
        }
        catch (Exception failure)
        {
            // Also a bug of ours: the keys are written anew from the state, the engine goes on.
            Note(failure);
        }
        return session is { IsFollowing: true };
    }

    private void Follow(ProjectionSession session)
    {
        while (!_stopping.IsCancellationRequested)
        {
            // Those who wait by now have seen nothing happen that the look below could miss.
            int waiting = CountWaiters();
            if (session.Step())
            {
                continue;
            }
            bool isAllApplied = _handover.Look();
            if (_handover.With(state => state.Lag + state.Queue.LeisureCount == 0))
            {
                CompleteWaiters(isAllApplied && session.IsFollowing ? waiting : 0);
                _stopping.Token.WaitHandle.WaitOne(_limits.IdleInterval);
            }
        }
    }

    private void Note(Exception failure)
    {
        if (_counters.LastError != failure.Message || _counters.State == RedisState.Following)
        {
            bool isExpected = failure is RedisConnectionException or RedisReplyException;
            _logger.LogWarning(
                isExpected ? null : failure,
                "Risk-desk keys are not written: {Reason}. The engine goes on; the keys catch up by themselves", failure.Message);
        }
        _counters.NoteFailure(failure.Message);
    }

    /// <summary>A key of ours under which somebody put another kind of value would stop every session.</summary>
    private void RememberKeyOfWrongType(RedisReplyException failure)
    {
        bool isWrongType = failure.Error.Contains("WRONGTYPE", StringComparison.Ordinal);
        bool isOurs = failure.Key is not null && OwnedKey.Parse(Encoding.UTF8.GetBytes(failure.Key)).Family != KeyFamily.Foreign;
        _keyOfWrongType = isWrongType && isOurs ? failure.Key : null;
    }

    private void RemoveKeyOfWrongType(IRedisConnection connection)
    {
        if (_keyOfWrongType is not { } key)
        {
            return;
        }
        _logger.LogWarning("Key {Key} holds another kind of value than it should; it is removed and written anew", key);
        var write = new WriteBatch();
        write.Removals.Command("DEL"u8).Add(key);
        connection.Write(write);
        _keyOfWrongType = null;
    }

    private void CancelWaiters()
    {
        lock (_waitersLock)
        {
            _waiters.ForEach(waiter => waiter.TrySetCanceled());
            _waiters.Clear();
        }
    }

    private int CountWaiters()
    {
        lock (_waitersLock)
        {
            return _waiters.Count;
        }
    }

    private void CompleteWaiters(int count)
    {
        lock (_waitersLock)
        {
            for (int i = 0; i < count; i++)
            {
                _waiters[i].TrySetResult();
            }
            _waiters.RemoveRange(0, count);
        }
    }
}
