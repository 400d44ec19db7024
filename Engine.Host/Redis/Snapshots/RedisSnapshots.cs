using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Ownership;
using CopyEngine.Storage;

namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>
/// Keeps the newest local snapshot in Redis too, so that an engine whose disk is gone finds one
/// (<see cref="SnapshotDownload"/>). A thread of its own uploads (<see cref="SnapshotUpload"/>) what it is offered, the
/// newest only; whoever offers never waits. Whatever Redis does costs nothing but the copy there: it is tried again,
/// with growing waits, and the lag is shown.
/// </summary>
internal sealed class RedisSnapshots : IAsyncDisposable
{
    private readonly int _shard;
    private readonly RedisOwnership _ownership;
    private readonly ILogger _logger;
    private readonly SnapshotLimits _limits;
    private readonly TimeProvider _clock;
    private readonly SnapshotKeys _keys;
    private readonly CancellationTokenSource _stopping = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Lock _statusLock = new();
    private RedisConnector? _connector;
    private Thread? _thread;
    private SnapshotFile? _offered;
    private long _waitingSince;
    private SnapshotStoreStatus _status = new(SnapshotStoreState.Off, -1, -1, 0, 0, 0, null);

    /// <summary>Snapshots that go nowhere before <see cref="Start"/>.</summary>
    /// <param name="shard">The engine's shard, part of the keys.</param>
    /// <param name="ownership">Says whether this engine may write, and its epoch.</param>
    /// <param name="logger">Told when snapshots cannot be stored, and when they can again.</param>
    /// <param name="limits">Sizes and intervals.</param>
    /// <param name="clock">Measures the lag.</param>
    public RedisSnapshots(int shard, RedisOwnership ownership, ILogger logger, SnapshotLimits? limits = null, TimeProvider? clock = null)
    {
        _shard = shard;
        _ownership = ownership;
        _logger = logger;
        _limits = limits ?? new SnapshotLimits();
        _clock = clock ?? TimeProvider.System;
        _keys = new SnapshotKeys(shard);
        if (_limits.OrphanLife < _limits.UploadTimeout * 2)
        {
            throw new ArgumentException("a chunk has to outlive its upload: OrphanLife must be at least twice UploadTimeout", nameof(limits));
        }
    }

    /// <summary>How far the copy in Redis is behind.</summary>
    public SnapshotStoreStatus Status
    {
        get
        {
            lock (_statusLock)
            {
                bool isBehind = _offered is not null && _status.State != SnapshotStoreState.Off && _status.StoredSequence != _offered.Sequence;
                return _status with
                {
                    OfferedSequence = _offered?.Sequence ?? -1,
                    LagSeconds = isBehind ? _clock.GetElapsedTime(_waitingSince).TotalSeconds : 0,
                };
            }
        }
    }

    /// <summary>Starts the thread that uploads.</summary>
    /// <param name="target">A server or cluster that runs; an embedded one by its port. When off, nothing is uploaded.</param>
    public void Start(RedisOptions target)
    {
        if (target.Mode == RedisMode.Off)
        {
            return;
        }
        _connector = new RedisConnector(target, _limits.Connection, _shard, _logger, ConnectionPurpose.Snapshots);
        Note(status => status with { State = SnapshotStoreState.Unavailable });
        _thread = new Thread(Run) { Name = "redis snapshots", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Offers a finished local snapshot in place of the one offered before. Any thread; never waits.</summary>
    public void Offer(SnapshotFile snapshot)
    {
        lock (_statusLock)
        {
            bool wasCurrent = _offered is null || _status.StoredSequence == _offered.Sequence;
            _waitingSince = wasCurrent ? _clock.GetTimestamp() : _waitingSince;
            _offered = snapshot;
        }
        _wake.Set();
    }

    /// <summary>Gives up what is under way and ends the thread; what was being uploaded expires by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_thread is not null)
        {
            await Task.Run(_thread.Join).ConfigureAwait(false);
            _thread = null;
        }
        _wake.Dispose();
        _stopping.Dispose();
    }

    private void Run()
    {
        TimeSpan delay = _limits.FirstRetryDelay;
        while (!_stopping.IsCancellationRequested && !_ownership.IsLost)
        {
            long uploads = Status.Uploads;
            RunSession();
            delay = Status.Uploads > uploads ? _limits.FirstRetryDelay : delay;
            _stopping.Token.WaitHandle.WaitOne(_ownership.IsLost ? TimeSpan.Zero : delay);
            delay = delay * 2 < _limits.LongestRetryDelay ? delay * 2 : _limits.LongestRetryDelay;
        }
        if (_ownership.Loss is { } owner)
        {
            Note(status => status with { State = SnapshotStoreState.Fenced, LastError = owner });
        }
    }

    /// <summary>The life of one connection; any failure ends it.</summary>
    private void RunSession()
    {
        try
        {
            using IRedisConnection connection = _connector!.Open(_stopping.Token);
            // A stop must not wait until a stalled server's time is over.
            using CancellationTokenRegistration stop = _stopping.Token.Register(connection.Dispose);
            var upload = new SnapshotUpload(connection, _keys, _ownership, _limits);
            AdoptStored(upload);
            while (!_stopping.IsCancellationRequested)
            {
                _ownership.ThrowIfLost();
                Step(upload);
                WaitHandle.WaitAny([_wake, _stopping.Token.WaitHandle], _limits.CheckInterval);
            }
        }
        catch (Exception failure)
        {
            // Also a bug of ours: the local snapshots are complete, the engine goes on.
            if (!_stopping.IsCancellationRequested)
            {
                NoteFailure(failure);
            }
        }
    }

    private void AdoptStored(SnapshotUpload upload)
    {
        SnapshotManifest? stored = upload.ReadManifest();
        bool isWhole = stored is not null && upload.Adopt(stored, _stopping.Token);
        if (stored is not null && !isWhole)
        {
            _logger.LogWarning("Redis has lost a part of its snapshot {Sequence}; it is stored again as soon as there is one to store", stored.Sequence);
        }
        Note(status => status with { StoredSequence = isWhole ? stored!.Sequence : -1 });
    }

    private void Step(SnapshotUpload upload)
    {
        SnapshotFile? offered = Volatile.Read(ref _offered);
        if (offered is null)
        {
            Note(status => status with { State = SnapshotStoreState.Current, LastError = null });
            return;
        }
        SnapshotManifest? stored = upload.ReadManifest();
        bool isLost = Status.StoredSequence == offered.Sequence && stored?.Sequence != offered.Sequence;
        if (isLost)
        {
            _logger.LogWarning("Redis has lost snapshot {Sequence}; it is stored again", offered.Sequence);
            Note(status => status with { StoredSequence = stored?.Sequence ?? -1 });
        }
        if (Status.StoredSequence != offered.Sequence)
        {
            Upload(upload, offered);
        }
        Note(status => status with { State = SnapshotStoreState.Current, LastError = null });
    }

    private void Upload(SnapshotUpload upload, SnapshotFile offered)
    {
        if (_ownership.Epoch == 0)
        {
            throw new SnapshotRefusedException("the shard has not been claimed at this Redis, so a second engine could not be told apart");
        }
        Note(status => status with { State = SnapshotStoreState.Uploading });
        try
        {
            upload.Run(offered, _stopping.Token);
        }
        catch (IOException gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            Withdraw(offered);
            throw;
        }
        _logger.LogInformation("Snapshot {Sequence} is stored in Redis", offered.Sequence);
        Note(status => status with
        {
            StoredSequence = offered.Sequence,
            Uploads = status.Uploads + 1,
        });
    }

    /// <summary>A file that newer ones have replaced meanwhile; one of those has been or will be offered.</summary>
    private void Withdraw(SnapshotFile gone)
    {
        lock (_statusLock)
        {
            _offered = _offered == gone ? null : _offered;
        }
    }

    private void NoteFailure(Exception failure)
    {
        if (Status.LastError != failure.Message && failure is not OwnershipLostException)
        {
            bool isExpected = failure is RedisConnectionException or RedisReplyException or SnapshotRefusedException or TimeoutException
                or IOException or StorageException;
            _logger.LogWarning(
                isExpected ? null : failure,
                "Snapshots are not kept in Redis: {Reason}. The engine trades on, the local snapshots are complete; it is tried again",
                failure.Message);
        }
        Note(status => status with { State = SnapshotStoreState.Unavailable, Failures = status.Failures + 1, LastError = failure.Message });
    }

    private void Note(Func<SnapshotStoreStatus, SnapshotStoreStatus> change)
    {
        lock (_statusLock)
        {
            _status = change(_status);
        }
    }
}
