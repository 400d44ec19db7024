using System.Globalization;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Ownership;
using CopyEngine.Host.Redis.Snapshots;
using CopyEngine.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>A server, an engine's claim to a shard there, and snapshots to store. What is in them is of no concern here.</summary>
internal sealed class SnapshotFixture : IAsyncDisposable
{
    private const int Shard = 0;
    private readonly string _folder = System.IO.Directory.CreateTempSubdirectory("ce-snapshots-").FullName;
    private readonly ConnectionMultiplexer _redis;
    private readonly bool _ownsServer;

    private SnapshotFixture(RedisServer server, ConnectionMultiplexer redis, bool ownsServer)
    {
        Server = server;
        _ownsServer = ownsServer;
        _redis = redis;
        Ownership = NewOwnership("data");
    }

    public static SnapshotKeys Names { get; } = new(Shard);

    /// <summary>Limits under which a snapshot has many chunks and a broken server is noticed quickly.</summary>
    public static SnapshotLimits Limits { get; } = new()
    {
        ChunkBytes = 1_000,
        CheckInterval = TimeSpan.FromMilliseconds(50),
        FirstRetryDelay = TimeSpan.FromMilliseconds(20),
        LongestRetryDelay = TimeSpan.FromMilliseconds(200),
        Connection = ProjectedWorld.QuickLimits with { SocketTimeout = TimeSpan.FromSeconds(2) },
    };

    public RedisServer Server { get; }

    public IDatabase Keys => _redis.GetDatabase();

    public RedisOwnership Ownership { get; private set; }

    public LogLines Log { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A server whose shard is claimed.</summary>
    public static async Task<SnapshotFixture> StartAsync(params string[] settings)
    {
        SnapshotFixture fixture = await UnclaimedAsync(settings);
        await fixture.ClaimAsync(fixture.Ownership);
        return fixture;
    }

    /// <summary>A cluster whose shard is claimed.</summary>
    public static async Task<SnapshotFixture> StartAsync(RedisCluster cluster)
    {
        RedisServer server = cluster.Servers[0];
        var fixture = new SnapshotFixture(server, await server.ConnectAsync(), ownsServer: false);
        await fixture.ClaimAsync(fixture.Ownership);
        return fixture;
    }

    /// <summary>A server whose shard nobody has claimed.</summary>
    public static async Task<SnapshotFixture> UnclaimedAsync(params string[] settings)
    {
        RedisServer server = await RedisServer.StartAsync(settings);
        return new SnapshotFixture(server, await server.ConnectAsync(), ownsServer: true);
    }

    /// <summary>As an engine is told of the server.</summary>
    public RedisOptions Options => Parse(Server.Address);

    public static RedisOptions Parse(string redis)
    {
        Assert.True(RedisOptions.TryParse(redis, out RedisOptions? options, out string? error), error);
        return options;
    }

    /// <summary>An engine with a data directory of the given name; the same name is the same directory.</summary>
    public RedisOwnership NewOwnership(string directory, OwnershipLimits? limits = null) => RedisOwnership.Open(
        System.IO.Path.Combine(_folder, directory), Shard, Log, limits ?? new OwnershipLimits { ClaimTimeout = TimeSpan.FromSeconds(30) });

    public async Task ClaimAsync(RedisOwnership ownership)
    {
        await ownership.ClaimAsync(Options, Cancellation);
        Assert.True(ownership.Epoch > 0, "the shard was claimed");
    }

    /// <summary>The engine ended somehow and starts again in the same directory.</summary>
    public async Task RestartAsync()
    {
        Ownership = NewOwnership("data");
        await ClaimAsync(Ownership);
    }

    /// <summary>A finished local snapshot; its bytes depend on its sequence only.</summary>
    public SnapshotFile Make(long sequence, int length = 4_321)
    {
        byte[] bytes = new byte[length];
        new Random((int)sequence).NextBytes(bytes);
        string path = System.IO.Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"snapshot-{sequence:D16}.snap"));
        File.WriteAllBytes(path, bytes);
        return new SnapshotFile(path, sequence, 1_700_000_000_000_000 + sequence, Version: 1, StateHash: "00ff");
    }

    /// <summary>Snapshots that are uploaded as an engine does it, on a thread of their own.</summary>
    public RedisSnapshots NewStore(SnapshotLimits? limits = null, string? redis = null)
    {
        var store = new RedisSnapshots(Shard, Ownership, Log, limits ?? Limits);
        store.Start(Parse(redis ?? Server.Address));
        return store;
    }

    public static Task IsStoredAsync(RedisSnapshots store, SnapshotFile snapshot) => Eventually.HoldsAsync(
        () => store.Status.StoredSequence == snapshot.Sequence && store.Status.State == SnapshotStoreState.Current, "the snapshot is stored");

    public static Task IsRefusedAsync(RedisSnapshots store, string reason) => Eventually.HoldsAsync(
        () => store.Status.State == SnapshotStoreState.Unavailable && store.Status.LastError?.Contains(reason, StringComparison.Ordinal) == true,
        $"the store is refused for {reason}");

    /// <summary>Uploads on the test's own thread.</summary>
    public async Task StoreAsync(SnapshotFile snapshot)
    {
        await using RedisSnapshots store = NewStore();
        store.Offer(snapshot);
        await IsStoredAsync(store, snapshot);
    }

    public IRedisConnection Connect() => new RedisConnector(
        Options, Limits.Connection, Shard, NullLogger.Instance, ConnectionPurpose.Snapshots).Open(Cancellation);

    public SnapshotUpload NewUpload(IRedisConnection connection) => new(connection, Names, Ownership, Limits);

    /// <summary>Fetches into an empty directory and returns what is there then.</summary>
    public async Task<(FetchedSnapshot Fetched, byte[] Bytes)> FetchAsync(string? redis = null)
    {
        var snapshots = DirectoryStorage.Make(System.IO.Directory.CreateTempSubdirectory("fetched-").FullName);
        try
        {
            FetchedSnapshot fetched = await FetchAsync(snapshots, redis: redis);
            byte[] bytes = fetched.FileName is null
                ? []
                : await File.ReadAllBytesAsync(System.IO.Path.Combine(snapshots.Path, fetched.FileName), Cancellation);
            return (fetched, bytes);
        }
        finally
        {
            System.IO.Directory.Delete(snapshots.Path, recursive: true);
        }
    }

    public async Task<FetchedSnapshot> FetchAsync(IStorage snapshots, IStorage? journal = null, Action<string>? verify = null, string? redis = null)
    {
        var none = DirectoryStorage.Make(System.IO.Path.Combine(_folder, "no-journal"));
        return await new SnapshotDownload(Parse(redis ?? Server.Address), Shard, Log, Limits)
            .TryFetchAsync(journal ?? none, snapshots, verify ?? (_ => { }), Cancellation);
    }

    /// <summary>What an engine finds that starts with nothing is this snapshot, to the byte.</summary>
    public async Task AssertFetchedAsync(SnapshotFile expected)
    {
        (FetchedSnapshot fetched, byte[] bytes) = await FetchAsync();
        Assert.Equal(FetchOutcome.Fetched, fetched.Outcome);
        Assert.Equal(System.IO.Path.GetFileName(expected.Path), fetched.FileName);
        Assert.Equal(await File.ReadAllBytesAsync(expected.Path, Cancellation), bytes);
    }

    /// <summary>Every chunk that a server holds of a snapshot, with its life.</summary>
    public async Task<IReadOnlyList<TimeSpan?>> LivesOfAsync(long sequence)
    {
        var lives = new List<TimeSpan?>();
        for (int chunk = 0; await Keys.KeyExistsAsync(Names.Chunk(sequence, chunk)); chunk++)
        {
            lives.Add(await Keys.KeyTimeToLiveAsync(Names.Chunk(sequence, chunk)));
        }
        return lives;
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.CloseAsync(allowCommandsToComplete: false);
        if (_ownsServer)
        {
            await Server.DisposeAsync();
        }
        System.IO.Directory.Delete(_folder, recursive: true);
    }
}
