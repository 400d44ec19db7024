using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Ownership;
using CopyEngine.Tests.Model;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>
/// The real core whose events go to a directory and to projections, as in the engine, but on the test's own thread, so
/// that a test knows what has happened before it looks.
/// </summary>
internal sealed class ProjectedWorld : IRulesEngine, IEventSink, IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);
    private readonly TradingCore _core;
    private readonly EventLog _happened = new();
    private EventLog? _current;
    private (EngineDirectory Directory, RedisProjection Projection)? _restarted;
    private EventSlot _slot;

    public ProjectedWorld(string redis, RedisLimits? limits = null, RedisOwnership? ownership = null)
    {
        _core = new TradingCore(new EngineLimits(), this);
        World = new TestWorld(this);
        Projection = NewProjection(redis, limits, ownership);
    }

    public TestWorld World { get; }

    public EngineDirectory Directory { get; } = new();

    public RedisProjection Projection { get; }

    /// <summary>Limits under which a broken server is noticed quickly.</summary>
    public static RedisLimits QuickLimits { get; } = new()
    {
        SocketTimeout = TimeSpan.FromMilliseconds(700),
        FirstRetryDelay = TimeSpan.FromMilliseconds(20),
        LongestRetryDelay = TimeSpan.FromMilliseconds(200),
        CheckInterval = TimeSpan.FromMilliseconds(100),
    };

    /// <summary>A world whose keys go to a server.</summary>
    public static async Task<ProjectedWorld> StartAsync(string redis, RedisLimits? limits = null, RedisOwnership? ownership = null)
    {
        var world = new ProjectedWorld(redis, limits ?? QuickLimits, ownership);
        await world.Projection.StartAsync(TestContext.Current.CancellationToken);
        return world;
    }

    public async Task CatchUpAsync()
    {
        try
        {
            await Projection.WaitUntilCaughtUpAsync(TestContext.Current.CancellationToken)
                .WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"the keys never caught up: {Projection.Status}");
        }
    }

    /// <summary>A second projection of everything that has happened: what the keys should be.</summary>
    public async Task ProjectAgainAsync(string redis)
    {
        await using RedisProjection again = NewProjection(redis, QuickLimits);
        for (int i = 0; i < _happened.Count; i++)
        {
            EventSlot slot = _happened[i];
            again.OnEvent(ref slot, endOfBatch: true);
        }
        await again.StartAsync(TestContext.Current.CancellationToken);
        await again.WaitUntilCaughtUpAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    /// <summary>The engine starts again: a new projection knows only what the core recites.</summary>
    public async Task ReciteAsync(string redis)
    {
        var directory = new EngineDirectory();
        await using RedisProjection again = NewProjection(redis, QuickLimits, directory: directory);
        _restarted = (directory, again);
        _core.Recite();
        _restarted = null;
        await again.StartAsync(TestContext.Current.CancellationToken);
        await again.WaitUntilCaughtUpAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline, TestContext.Current.CancellationToken);
    }

    public void Apply(ref CommandSlot command, EventLog events)
    {
        _current = events;
        _core.Apply(ref command);
    }

    ref EventSlot IEventSink.Claim() => ref _slot;

    void IEventSink.Publish()
    {
        if (_restarted is { } restarted)
        {
            restarted.Directory.OnEvent(ref _slot, endOfBatch: true);
            restarted.Projection.OnEvent(ref _slot, endOfBatch: true);
            return;
        }
        _current!.Add(in _slot);
        _happened.Add(in _slot);
        Directory.OnEvent(ref _slot, endOfBatch: true);
        Projection.OnEvent(ref _slot, endOfBatch: true);
    }

    public ValueTask DisposeAsync() => Projection.DisposeAsync();

    private RedisProjection NewProjection(
        string redis, RedisLimits? limits, RedisOwnership? ownership = null, EngineDirectory? directory = null)
    {
        Assert.True(RedisOptions.TryParse(redis, out RedisOptions? options, out string? error), error);
        return new RedisProjection(options, directory ?? Directory, Path.GetTempPath(), NullLogger.Instance, limits, ownership: ownership);
    }
}
