using System.Diagnostics;
using CopyEngine.Host.Redis.Snapshots;
using CopyEngine.Recovery;
using CopyEngine.Snapshots;
using Microsoft.Extensions.Logging;

namespace CopyEngine.Host.Store;

/// <summary>When snapshots are taken.</summary>
internal sealed record SnapshotSettings
{
    /// <summary>Longest time between two snapshots while commands come in. Five minutes of a busy engine are replayed in seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Commands after which one is taken earlier; a million are replayed in a few seconds.</summary>
    public long AfterCommands { get; init; } = 1_000_000;
}

/// <summary>
/// Has a second, low-priority process take snapshots of the directory while the engine serves (<c>snapshot DIR</c>), then
/// offers the new file to whoever keeps copies, and drops the part of the journal that two snapshots have made superfluous.
/// </summary>
internal sealed class SnapshotSchedule : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly TradingEngine _engine;
    private readonly EngineStore _store;
    private readonly string _directory;
    private readonly SnapshotSettings _settings;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private long _lastSequence;
    private long _lastTime = Stopwatch.GetTimestamp();

    public SnapshotSchedule(TradingEngine engine, EngineStore store, SnapshotSettings settings, ILogger logger)
    {
        _engine = engine;
        _store = store;
        _directory = store.Path;
        _settings = settings;
        _logger = logger;
    }

    /// <summary>Told of the newest snapshot: the one found at the start, then each new one.</summary>
    public event Action<SnapshotFile>? Written;

    /// <summary>Snapshots written since the start.</summary>
    public long Count { get; private set; }

    /// <summary>Attempts that failed.</summary>
    public long Failures { get; private set; }

    /// <summary>Commands since the newest snapshot.</summary>
    public long Lag => _engine.Statistics.Sequence - Volatile.Read(ref _lastSequence);

    /// <summary>Begins to watch an engine that has started.</summary>
    public void Start()
    {
        Volatile.Write(ref _lastSequence, _engine.Recovered?.SnapshotSequence ?? 0);
        Announce();
        _running = Task.Run(RunAsync);
    }

    /// <summary>Takes no further snapshot; one in the making is given up.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private bool IsDue
    {
        get
        {
            long lag = Lag;
            return lag >= _settings.AfterCommands || (lag > 0 && Stopwatch.GetElapsedTime(_lastTime) >= _settings.Interval);
        }
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Look);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (IsDue)
                {
                    await TakeAsync();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The engine stops; its last snapshot is the live core's.
        }
    }

    private async Task TakeAsync()
    {
        long sequence = _engine.Statistics.Sequence;
        using Process child = Process.Start(ChildOf(_directory))!;
        try
        {
            Task<string> errors = child.StandardError.ReadToEndAsync(_stopping.Token);
            string output = await child.StandardOutput.ReadToEndAsync(_stopping.Token);
            await child.WaitForExitAsync(_stopping.Token);
            _lastTime = Stopwatch.GetTimestamp();
            if (child.ExitCode != ExitCode.Clean)
            {
                Failures++;
                _logger.LogError("No snapshot: {Reason} (exit {Code}); the journal keeps everything and the next attempt follows", (await errors).Trim(), child.ExitCode);
                return;
            }
            Volatile.Write(ref _lastSequence, sequence);
            Count++;
            _logger.LogInformation("{Outcome}", output.Trim());
            Announce();
            _engine.TrimJournal();
        }
        catch (OperationCanceledException)
        {
            child.Kill();
            throw;
        }
    }

    private void Announce()
    {
        if (_store.Snapshots.Newest() is [string newest, ..])
        {
            SnapshotHeader header = _store.Snapshots.ReadHeader(newest);
            Written?.Invoke(new SnapshotFile(
                Path.Combine(_store.SnapshotStorage.Path, newest), header.Sequence, header.Time, header.Version, header.Hash.ToString()));
        }
    }

    private static ProcessStartInfo ChildOf(string directory)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(SnapshotSchedule).Assembly.Location);
        }
        start.ArgumentList.Add("snapshot");
        start.ArgumentList.Add(directory);
        start.ArgumentList.Add("--while-process");
        start.ArgumentList.Add(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        // A collector with one heap and no spare threads: the child must not take a core from the engine.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return start;
    }
}
