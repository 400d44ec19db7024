using System.Reflection;
using CopyEngine.Events;
using CopyEngine.Host.Api;
using CopyEngine.Host.CommandLine;
using CopyEngine.Host.Configuration;
using CopyEngine.Host.Dashboard;
using CopyEngine.Host.Demo;
using CopyEngine.Host.Feeds;
using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Embedded;
using CopyEngine.Host.Redis.Ownership;
using CopyEngine.Host.Redis.Snapshots;
using CopyEngine.Host.Store;
using CopyEngine.Host.Telemetry;
using CopyEngine.Host.World;
using CopyEngine.Recovery;
using CopyEngine.Storage;
using Serilog.Core;
using Serilog.Extensions.Logging;
using Spectre.Console;

namespace CopyEngine.Host;

/// <summary>
/// One run of <c>serve</c>: reads and checks all input, then starts the parts in the order in which they need each other,
/// and stops them in the opposite order.
/// </summary>
internal sealed class Serve : IAsyncDisposable
{
    private static readonly TimeSpan RedisFlushTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(50);

    private readonly HostSettings _settings;
    private readonly WorldDefinition? _world;
    private readonly ReplaySource? _source;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly RecentWarnings _warnings = new();
    private readonly Logger _logger;
    private readonly SerilogLoggerFactory _loggers;
    private readonly EventTotals _totals = new();
    private readonly LiveBoard _board = new();
    private readonly StateQuery _query = new();
    private readonly WorldWatch _worldWatch = new();
    private readonly PlacedOrders _placedOrders = new();
    private readonly DemoReports _demoReports = new();
    private readonly ServiceStates _services = new();
    private readonly RedisOwnership _ownership;
    private readonly RedisProjection _redis;
    private readonly RedisSnapshots _redisSnapshots;
    private readonly OrderGateway? _gateway;
    private readonly TradingEngine _engine;
    private readonly EngineStore _store;
    private readonly SnapshotSchedule _snapshots;
    private ReplaySummary? _summary;
    private readonly bool _hasTerminal = !Console.IsOutputRedirected;

    private Serve(HostSettings settings, WorldDefinition? world, ReplaySource? source, DataDirectory directory)
    {
        _settings = settings;
        _world = world;
        _source = source;
        _logger = Logging.Create(settings, directory.Logs, _hasTerminal ? _warnings : null);
        _loggers = new SerilogLoggerFactory(_logger);
        List<IEventListener> listeners = [_totals, _board, _query, _worldWatch, _placedOrders];
        if (settings.IsDemo)
        {
            listeners.Add(_demoReports);
        }
        var names = new EngineDirectory();
        int shard = settings.Limits.Shard;
        _ownership = RedisOwnership.Open(directory.Path, shard, _loggers.CreateLogger<RedisOwnership>());
        _redis = new RedisProjection(
            settings.Redis, names, directory.Path, _loggers.CreateLogger<RedisProjection>(), shard: shard, ownership: _ownership);
        _redisSnapshots = new RedisSnapshots(shard, _ownership, _loggers.CreateLogger<RedisSnapshots>(), clock: _clock);
        StoreSettings store = settings.Store with { Directory = directory.Path };
        _store = EngineStore.Open(store);
        _gateway = source is null ? CreateGateway(directory.Path) : null;
        IEventListener[] readers = [new EventFanOut([.. listeners]), _redis];
        _engine = new TradingEngine(
            settings.Limits, _gateway is null ? readers : [.. readers, _gateway], _clock, continuesByItself: source is null, names,
            store);
        _gateway?.Attach(_engine, () => _engine.IsStorageLow);
        _snapshots = new SnapshotSchedule(_engine, _store, settings.Snapshots, _loggers.CreateLogger<SnapshotSchedule>());
    }

    /// <summary>Runs until a signal, the end of a replay or a broken invariant.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(HostSettings settings, CancellationToken cancellation)
    {
        using var signals = new ShutdownSignals(cancellation);
        WorldDefinition? world = settings.IsDemo ? DemoWorld.Read(settings.Limits)
            : settings.WorldFile is { } file ? WorldReader.Read(file, settings.Limits)
            : null;
        ReplaySource? source = settings.IsReplay ? ReplaySource.Open(settings.QuoteFiles, settings.OrderFile) : null;
        using DataDirectory directory = DataDirectory.Open(settings.DataDirectory);
        await using var serve = new Serve(settings, world, source, directory);
        return await serve.RunAsync(signals.Stopping);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.DisposeAsync();
        }
        await _snapshots.DisposeAsync();
        await _redisSnapshots.DisposeAsync();
        await _redis.DisposeAsync();
        await _engine.DisposeAsync();
        _query.Dispose();
        _loggers.Dispose();
        await _logger.DisposeAsync();
    }

    private async Task<int> RunAsync(CancellationToken stopping)
    {
        _logger.Information("CopyEngine {Version} starts: data {Data}, {Source}", Version, _settings.DataDirectory, SourceText);
        _services.Set("engine", isReady: false, isVital: true, "recovering");
        EngineMetrics metrics = CreateMetrics();
        await using HttpServer http = await HttpServer.StartAsync(
            _settings.Http, _logger, new Health(_services), metrics, new StateEndpoint(_engine, _query, _source is not null));
        _logger.Information("HTTP on {Address}", http.Address);
        await _ownership.ClaimAsync(_settings.Redis, stopping);
        await FetchLostStateAsync(stopping);
        await RecoverAsync();
        await StartRedisAsync(stopping);
        using var showing = new CancellationTokenSource();
        Task view = ShowAsync(showing.Token);
        try
        {
            return await UntilFailureAsync(OperateAsync(stopping));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            _logger.Information("Stopped before the end");
            return ExitCode.Clean;
        }
        finally
        {
            await StopAsync();
            await showing.CancelAsync();
            await view;
        }
    }

    /// <summary>With nothing left in the data directory, the newest snapshot in Redis is better than nothing.</summary>
    private async Task FetchLostStateAsync(CancellationToken stopping)
    {
        var download = new SnapshotDownload(_settings.Redis, _settings.Limits.Shard, _loggers.CreateLogger<SnapshotDownload>());
        FetchedSnapshot fetched = await download.TryFetchAsync(
            _store.Journal, _store.SnapshotStorage, name => _store.Snapshots.Verify(name), stopping);
        if (fetched.Outcome == FetchOutcome.Fetched)
        {
            _store.MarkRestored();
            _logger.Warning(
                "The data directory was empty: the state comes from the snapshot in Redis, sequence {Sequence}. Every command after it is lost",
                fetched.Sequence);
        }
    }

    /// <summary>Starts the engine with everything that it ever told anybody.</summary>
    private async Task RecoverAsync()
    {
        await Task.Run(() => StoreFault.Guard(() =>
        {
            _engine.Start();
            return true;
        }));
        RecoveryReport recovered = _engine.Recovered!;
        // Redis would remove the keys of what it has not heard of yet, and what is counted from here on is new.
        await UntilFailureAsync(ToldAsync());
        _totals.BeginAnew();
        foreach (string note in recovered.Notes)
        {
            _logger.Warning("Recovery: {Note}", note);
        }
        _logger.Information(
            "Recovered to sequence {Sequence} in {Seconds:0.000} s: snapshot {Snapshot} loaded in {Load:0.000} s, journal checked in {Check:0.000} s, told in {Recite:0.000} s, {Replayed} commands replayed in {Replay:0.000} s",
            recovered.Sequence, recovered.Total.TotalSeconds, recovered.SnapshotSequence, recovered.Load.TotalSeconds,
            recovered.Check.TotalSeconds, recovered.Recite.TotalSeconds, recovered.Replayed, recovered.Replay.TotalSeconds);
        if (_source is not null && recovered.Sequence > 0)
        {
            throw HostException.WrongUsage(
                $"{_settings.DataDirectory} has a history of {recovered.Sequence} commands, and recorded input begins a new one: give an empty --data");
        }
    }

    private async Task<int> ToldAsync()
    {
        await _engine.WaitForAsync(_engine.Statistics.Sequence);
        return ExitCode.Clean;
    }

    /// <summary>Loads the world, then runs live or replays.</summary>
    private async Task<int> OperateAsync(CancellationToken stopping)
    {
        if (_world is not null)
        {
            await new WorldLoader(_engine, _worldWatch, stopping).LoadAsync(_world, _source?.StartTime ?? _engine.NowMicroseconds());
            _logger.Information("World: {Instruments} instruments, {Groups} groups, {Accounts} accounts, {Links} links",
                _world.Instruments.Count, _world.Groups.Count, _world.AccountCount, _world.LinkCount);
        }
        return _source is null ? await LiveAsync(stopping) : await ReplayAsync(_source, stopping);
    }

    private async Task<int> LiveAsync(CancellationToken stopping)
    {
        using var heart = new Heart(
            _engine, _clock, _settings.Limits.TickInterval, _loggers.CreateLogger(nameof(Heart)), _engine.LastRolloverDay);
        heart.Start();
        await OpenGatewayAsync();
        using DemoShow? demo = _settings.IsDemo ? new DemoShow(_engine, _demoReports, _world!, _clock) : null;
        demo?.Start();
        _snapshots.Start();
        _services.Set("engine", () => EngineState(heart));
        await WaitForStopAsync(stopping);
        _logger.Information("Stopping: no new orders, what is in the ring is finished");
        _gateway?.StopTaking();
        return ExitCode.Clean;
    }

    private async Task<int> ReplayAsync(ReplaySource source, CancellationToken stopping)
    {
        _services.Set("engine", isReady: true, isVital: true, "replaying");
        var replay = new Replay(_engine, source, _settings.Speed, _settings.Limits, _placedOrders, stopping);
        await Task.Factory.StartNew(replay.Run, stopping, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await _engine.FinishWorkAsync(replay.Time, stopping);
        EngineState state = await _query.AskAsync(_engine, replay.Time, stopping);
        _summary = new ReplaySummary(_totals, state, source, replay.Time, replay.Elapsed);
        return state.IsBalanced
            ? ExitCode.Clean
            : throw new HostException(ExitCode.InvariantBroke, $"the books do not balance at sequence {state.Sequence}; keep the input and report this");
    }

    private async Task<int> UntilFailureAsync(Task<int> operation)
    {
        using var disk = new DiskWatch(_engine, _loggers.CreateLogger<DiskWatch>());
        await Task.WhenAny(operation, _engine.Failure, disk.DiskLost);
        if (disk.DiskLost.IsCompleted)
        {
            await AbortAsync(new EngineFailure("journal", _engine.Statistics.Sequence, new StorageException(
                $"the disk of {_settings.DataDirectory} has not answered for {_engine.DiskWait.TotalSeconds:0} s")));
        }
        if (_engine.Failure.IsCompleted)
        {
            EngineFailure failure = await _engine.Failure;
            if (failure.Exception is StorageException)
            {
                await AbortAsync(failure);
            }
            _logger.Fatal(failure.Exception, "The engine stopped itself at sequence {Sequence} in {Stage}", failure.Sequence, failure.Stage);
            throw new HostException(ExitCode.InvariantBroke, $"{failure}; the log in {_settings.DataDirectory}/logs has the details, keep it and report this");
        }
        return await operation;
    }

    /// <summary>
    /// The disk failed: nothing after the last durable command may be told to anybody, so the process ends here and now,
    /// without any of the courtesies of a stop.
    /// </summary>
    private async Task AbortAsync(EngineFailure failure)
    {
        _logger.Fatal("The journal cannot be written at sequence {Sequence}: {Reason}", failure.Sequence, failure.Exception.Message);
        await Console.Error.WriteLineAsync(
            $"{failure.Exception.Message}; nothing that was acknowledged is lost: mend the disk and start again");
        // The log may be on the very disk that failed.
        await Task.WhenAny(_logger.DisposeAsync().AsTask(), Task.Delay(LastWords));
        LinuxCalls.ExitNow(ExitCode.InputOutputFailed);
    }

    private async Task StopAsync()
    {
        _services.Set("engine", isReady: false, isVital: true, "stopping");
        await _snapshots.StopAsync();
        if (!_engine.Failure.IsCompleted)
        {
            await DrainAsync();
            await FlushRedisAsync();
        }
        _logger.Information("Stopped at sequence {Sequence}", _totals.LastSequence);
    }

    private async Task DrainAsync()
    {
        try
        {
            if (!await _engine.StopAsync())
            {
                _logger.Warning("Not everything was finished in time");
            }
        }
        catch (StorageException fault)
        {
            _logger.Error(fault, "No snapshot at the end; the journal has everything and the next start reads it");
        }
    }

    private async Task ShowAsync(CancellationToken stopping)
    {
        var panel = new LivePanel(_engine, _board, _totals, _services, _warnings, new RateMeter(_totals, _clock), $"CopyEngine {Version}: {SourceText}");
        await (_hasTerminal
            ? new TerminalView(panel, AnsiConsole.Console).RunAsync(stopping)
            : new PlainView(panel, Console.Out).RunAsync(stopping));
        _summary?.WriteTo(Console.Out);
    }

    private OrderGateway CreateGateway(string dataDirectory)
    {
        try
        {
            ApiKeyStore keys = ApiKeyStore.Open(dataDirectory);
            if (_settings.IsDemo)
            {
                DemoKeys.Ensure(keys, dataDirectory);
            }
            return new OrderGateway(new GatewayLimits(), keys, _loggers.CreateLogger<OrderGateway>(), _clock);
        }
        catch (KeyStoreException fault)
        {
            throw KeyFault.ToHost(fault);
        }
    }

    private EngineMetrics CreateMetrics()
    {
        var metrics = new EngineMetrics(_engine, _totals, _services);
        metrics.Add(text => StoreMetrics.Write(text, _engine.Journal, _snapshots, _redisSnapshots.Status));
        metrics.Add(text => DoorMetrics.Write(text, _redis.Status));
        _services.Set("redis", () => DoorMetrics.State(_redis.Status));
        if (_gateway is not null)
        {
            metrics.Add(text => DoorMetrics.Write(text, _gateway.Statistics));
            _services.Set("gateway", isReady: false, isVital: true, "closed");
        }
        return metrics;
    }

    private async Task StartRedisAsync(CancellationToken stopping)
    {
        try
        {
            await _redis.StartAsync(stopping);
            _redisSnapshots.Start(_redis.Target);
            _snapshots.Written += _redisSnapshots.Offer;
        }
        catch (RedisServerException fault)
        {
            throw new HostException(ExitCode.InputOutputFailed, fault.Message, fault);
        }
    }

    private async Task OpenGatewayAsync()
    {
        OrderGateway gateway = _gateway!;
        try
        {
            await gateway.StartAsync(_settings.Gateway.Resolve());
        }
        catch (IOException fault)
        {
            throw new HostException(
                ExitCode.InputOutputFailed, $"{fault.Message}; stop what uses the port or give another --gateway", fault);
        }
        _logger.Information("Gateway on {Address}", gateway.EndPoint);
        _services.Set("gateway", () => new ServiceState(IsReady: true, IsVital: true, $"{gateway.EndPoint} ({gateway.Statistics.Sessions} sessions)"));
    }

    /// <summary>Lets the keys catch up with the last events, as long as Redis is there and quick enough.</summary>
    private async Task FlushRedisAsync()
    {
        if (_redis.Status.State is RedisState.Off or RedisState.Disconnected)
        {
            return;
        }
        using var patience = new CancellationTokenSource(RedisFlushTimeout);
        try
        {
            await _redis.WaitUntilCaughtUpAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _logger.Warning("Redis is not up to date: {Lag} changes were not written within {Timeout}", _redis.Status.Lag, RedisFlushTimeout);
        }
    }

    private ServiceState EngineState(Heart heart)
    {
        TimeSpan silence = _clock.GetUtcNow() - heart.LastBeat;
        bool isBeating = silence < TimeSpan.FromSeconds(5);
        return new ServiceState(isBeating, IsVital: true, isBeating ? "running" : $"no tick for {silence.TotalSeconds:0} s");
    }

    private string SourceText => _settings.IsDemo ? "demo" : _source is null ? "live" : $"replay at {_settings.Speed}";

    private static string Version => typeof(Serve).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static async Task WaitForStopAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stopping.Register(stopped.SetResult);
        await stopped.Task;
    }
}
