using Microsoft.Extensions.Logging;

namespace CopyEngine.Host.Store;

/// <summary>
/// Watches how long the journal waits for the disk. Nothing is acknowledged meanwhile, so a slow disk is an alarm, and one
/// that does not come back ends the process: the standby or the operator can act on that, on silence they cannot.
/// </summary>
internal sealed class DiskWatch : IDisposable
{
    /// <summary>A thousand times what a sync usually takes.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>Longer than a disk's own time limits for a retry.</summary>
    private static readonly TimeSpan Lost = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private readonly TradingEngine _engine;
    private readonly ILogger _logger;
    private readonly Timer _timer;
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isSlow;

    public DiskWatch(TradingEngine engine, ILogger logger)
    {
        _engine = engine;
        _logger = logger;
        _timer = new Timer(_ => LookNow(), null, Look, Look);
    }

    /// <summary>Completes when the disk has not answered for so long that it must be taken for lost.</summary>
    public Task DiskLost => _lost.Task;

    public void Dispose() => _timer.Dispose();

    private void LookNow()
    {
        TimeSpan wait = _engine.DiskWait;
        if (wait > Slow != _isSlow)
        {
            _isSlow = wait > Slow;
            if (_isSlow)
            {
                _logger.LogWarning("journal_sync_slow: the disk has not answered for {Seconds:0.0} s; nothing is acknowledged meanwhile", wait.TotalSeconds);
            }
            else
            {
                _logger.LogInformation("The disk answers again");
            }
        }
        if (wait > Lost)
        {
            _lost.TrySetResult();
        }
    }
}
