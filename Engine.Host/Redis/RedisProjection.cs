using CopyEngine.Events;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Embedded;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Host.Redis.Ownership;

namespace CopyEngine.Host.Redis;

/// <summary>
/// The risk desk's keys (interfaces, section 5): what the engine's events say, written to Redis, the latest value of
/// everything.
/// <para>
/// The event thread puts events into a mirror of what the keys show (<see cref="StateHandover"/>,
/// <see cref="ProjectedState"/>) and never waits for Redis. A thread of its own (<see cref="ProjectionWriter"/>) takes
/// what has changed, nearest to the warning level first, encodes it (Keys) and sends it in pipelines (Connection). When
/// Redis dies, stalls, refuses or comes back empty, the session ends; the next one (<see cref="ProjectionSession"/>)
/// writes everything and removes what is gone (<see cref="KeySweep"/>), so that the keys end equal to the state.
/// </para>
/// </summary>
internal sealed class RedisProjection : IEventListener, IAsyncDisposable
{
    private readonly RedisOptions _options;
    private readonly EngineDirectory _directory;
    private readonly string _dataDirectory;
    private readonly ILogger _logger;
    private readonly RedisLimits _limits;
    private readonly int _shard;
    private readonly RedisOwnership? _ownership;
    private readonly StateHandover _handover;
    private readonly ProjectionCounters _counters = new();
    private EmbeddedRedisServer? _server;
    private ProjectionWriter? _writer;
    private volatile bool _isOff;

    /// <summary>A projection that gathers events, but writes nothing before <see cref="StartAsync"/>.</summary>
    /// <param name="options">Where the keys go.</param>
    /// <param name="directory">Names of dense ids; sees every event before the projection.</param>
    /// <param name="dataDirectory">Where the embedded server keeps its log.</param>
    /// <param name="logger">Told when the keys cannot be written, and when they can again.</param>
    /// <param name="limits">Capacities and intervals.</param>
    /// <param name="shard">The engine's shard, part of the names of connection and marker.</param>
    /// <param name="ownership">The claim to the shard, renewed once a second; null: no fencing.</param>
    public RedisProjection(
        RedisOptions options, EngineDirectory directory, string dataDirectory, ILogger logger, RedisLimits? limits = null, int shard = 0,
        RedisOwnership? ownership = null)
    {
        _ownership = ownership;
        _options = options;
        _directory = directory;
        _dataDirectory = dataDirectory;
        _logger = logger;
        _limits = limits ?? new RedisLimits();
        _shard = shard;
        _handover = new StateHandover(_limits);
        _isOff = options.Mode == RedisMode.Off;
    }

    /// <inheritdoc/>
    public string Name => "redis";

    /// <summary>Port of the embedded server, 0 when there is none.</summary>
    public int EmbeddedPort => _server?.Port ?? 0;

    /// <summary>The server that the keys go to, known once the projection was started; off when there is none.</summary>
    public RedisOptions Target { get; private set; } = new() { Mode = RedisMode.Off };

    /// <summary>How far the keys are from the state.</summary>
    public RedisStatus Status
    {
        get
        {
            (int lag, long dropped) = _handover.With(state => (state.Lag, state.Notices.Dropped));
            return new RedisStatus(
                _isOff ? RedisState.Off : _counters.State,
                lag + _counters.InFlight, _counters.Written, _counters.Rate, _counters.Resynchronizations, _counters.Removed,
                dropped, _counters.Failures, _counters.LastError, _counters.Server);
        }
    }

    /// <inheritdoc/>
    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        if (!_isOff)
        {
            _handover.Take(ref slot);
        }
    }

    /// <summary>
    /// To be called once the mirror is whole, after recovery has recited the state and replayed the journal's tail: what
    /// Redis holds beyond the mirror is removed. Starts the embedded server, if it is wanted and installed, and the writer. Returns at once when the server is
    /// somebody else's: whether it answers is for <see cref="Status"/> to say.
    /// </summary>
    /// <exception cref="RedisServerException">The embedded server cannot run, and why; what to do about it.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (_isOff)
        {
            _logger.LogInformation("Risk-desk keys are off (--redis off)");
            return;
        }
        RedisOptions? target = _options.Mode == RedisMode.Embedded ? await StartServerAsync(cancellation).ConfigureAwait(false) : _options;
        if (target is null)
        {
            return;
        }
        Target = target;
        var connector = new RedisConnector(target, _limits, _shard, _logger);
        _writer = new ProjectionWriter(_handover, _directory, connector, _limits, _counters, _shard, _ownership, _logger);
        _writer.Start();
    }

    /// <summary>
    /// Completes when everything that was told before the call is in Redis, prices' effect on shown profits included.
    /// Waits for Redis as long as it takes; completes at once when the keys are off, is cancelled when another engine owns
    /// the shard.
    /// </summary>
    public Task WaitUntilCaughtUpAsync(CancellationToken cancellation) =>
        _writer is null ? Task.CompletedTask : _writer.WaitUntilCaughtUpAsync().WaitAsync(cancellation);

    /// <summary>Stops writing; what has not been written stays unwritten. Ends the embedded server.</summary>
    public async ValueTask DisposeAsync()
    {
        _isOff = true;
        if (_writer is not null)
        {
            await Task.Run(_writer.Stop).ConfigureAwait(false);
            _writer = null;
        }
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
            _server = null;
        }
    }

    private async Task<RedisOptions?> StartServerAsync(CancellationToken cancellation)
    {
        string? program = EmbeddedRedisServer.FindProgram();
        if (program is null)
        {
            _isOff = true;
            _counters.LastError = "redis-server is not installed";
            _logger.LogWarning(
                "Risk-desk keys are off: redis-server is not installed. Install it (apt-get install redis-server) and restart, " +
                "or name a server with --redis HOST:PORT. Everything else works without it");
            return null;
        }
        _server = new EmbeddedRedisServer(program, _options.Port, Path.Combine(_dataDirectory, "redis"), _logger);
        await _server.StartAsync(cancellation).ConfigureAwait(false);
        return new RedisOptions { Mode = RedisMode.Remote, Port = _server.Port };
    }
}
