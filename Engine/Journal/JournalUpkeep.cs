using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// What must not cost the order path time: preparing the next spare segment and syncing the head file. On a thread of
/// its own, or whenever the owner says so.
/// </summary>
internal sealed class JournalUpkeep : IDisposable
{
    private readonly SpareSegment _spare;
    private readonly HeadFile? _head;
    private readonly JournalLimits _limits;
    private readonly TimeProvider _clock;
    private readonly AutoResetEvent _requests = new(initialState: true);
    private readonly Thread? _thread;
    private long _spareTried;
    private long _headSynced;
    private bool _isSpareWanted = true;
    private volatile bool _isEnding;
    private volatile Exception? _failure;

    /// <param name="spare">The spare segment.</param>
    /// <param name="head">The head file, or null when nothing is synced.</param>
    /// <param name="limits">Intervals.</param>
    /// <param name="clock">Measures them.</param>
    /// <param name="hasOwnThread">Whether to start a thread.</param>
    public JournalUpkeep(SpareSegment spare, HeadFile? head, JournalLimits limits, TimeProvider clock, bool hasOwnThread)
    {
        _spare = spare;
        _head = head;
        _limits = limits;
        _clock = clock;
        _headSynced = clock.GetTimestamp();
        if (hasOwnThread)
        {
            _thread = new Thread(Loop) { IsBackground = true, Name = "journal upkeep" };
            _thread.Start();
        }
    }

    /// <summary>Why it stopped: the journal takes nothing more.</summary>
    public Exception? Failure => _failure;

    /// <summary>A spare segment was taken: the next one is wanted.</summary>
    public void Request()
    {
        Volatile.Write(ref _isSpareWanted, true);
        _requests.Set();
    }

    /// <summary>Does what is due.</summary>
    public void Run()
    {
        try
        {
            SyncHead();
            PrepareSpare();
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    /// <summary>
    /// Syncs the head on the writer's thread when the upkeep is held up, by the zeroes of a spare segment: what is newer
    /// than the head is less protected.
    /// </summary>
    public void SyncHeadWhenLate()
    {
        if (_thread is not null && _head is not null && SinceHeadSync() >= 2 * _limits.HeadSyncInterval)
        {
            Volatile.Write(ref _headSynced, _clock.GetTimestamp());
            _head.SyncWhenWritten();
        }
    }

    public void Dispose()
    {
        if (_isEnding)
        {
            return;
        }
        _isEnding = true;
        _requests.Set();
        _thread?.Join();
        _requests.Dispose();
    }

    private void Loop()
    {
        while (_failure is null)
        {
            _requests.WaitOne(_head is not null ? _limits.HeadSyncInterval : _spare.IsLow ? _limits.SpareRetryInterval : Timeout.InfiniteTimeSpan);
            if (_isEnding)
            {
                return;
            }
            Run();
        }
    }

    private void SyncHead()
    {
        if (_head is not null && SinceHeadSync() >= _limits.HeadSyncInterval)
        {
            _head.SyncWhenWritten();
            Volatile.Write(ref _headSynced, _clock.GetTimestamp());
        }
    }

    private TimeSpan SinceHeadSync() => _clock.GetElapsedTime(Volatile.Read(ref _headSynced));

    private void PrepareSpare()
    {
        bool isDue = _spare.IsLow && _clock.GetElapsedTime(_spareTried) >= _limits.SpareRetryInterval;
        if (!isDue && !Interlocked.Exchange(ref _isSpareWanted, false))
        {
            return;
        }
        _spare.Prepare();
        _spareTried = _clock.GetTimestamp();
    }
}
