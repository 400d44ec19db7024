using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Ownership;
using CopyEngine.Host.Redis.Snapshots;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>A Redis that cannot be relied on, or that knows better, is told so and tried again; what it holds stays as it is.</summary>
public sealed class SnapshotRefusalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    public async Task A_server_that_evicts_keys_is_refused_until_it_no_longer_does(string policy)
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync("--maxmemory-policy", policy);
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile snapshot = fixture.Make(100);
        store.Offer(snapshot);

        await SnapshotFixture.IsRefusedAsync(store, $"maxmemory-policy {policy}");
        Assert.True(fixture.Log.Has(LogLevel.Warning, "set maxmemory-policy noeviction"));
        Assert.Empty(await fixture.LivesOfAsync(100));

        await fixture.Keys.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await SnapshotFixture.IsStoredAsync(store, snapshot);
        Assert.Null(store.Status.LastError);
    }

    [Fact]
    public async Task A_server_without_memory_keeps_the_former_snapshot()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile former = fixture.Make(100);
        await fixture.StoreAsync(former);
        await using RedisSnapshots store = fixture.NewStore();
        await fixture.Keys.ExecuteAsync("CONFIG", "SET", "maxmemory", "1mb");
        SnapshotFile next = fixture.Make(200, length: 3 << 20);
        store.Offer(next);

        await SnapshotFixture.IsRefusedAsync(store, "OOM");
        await fixture.AssertFetchedAsync(former);

        await fixture.Keys.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await SnapshotFixture.IsStoredAsync(store, next);
    }

    [Fact]
    public async Task A_server_that_cannot_save_its_own_data_is_tried_again_until_it_can()
    {
        string folder = Directory.CreateTempSubdirectory("ce-misconf-").FullName;
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync("--dir", folder, "--save", "1 1");
        Directory.Delete(folder, recursive: true);
        await Eventually.HoldsAsync(() => IsMisconfiguredAsync(fixture), "the server fails to save");
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile snapshot = fixture.Make(100);
        store.Offer(snapshot);
        await SnapshotFixture.IsRefusedAsync(store, "MISCONF");

        await fixture.Keys.ExecuteAsync("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
        await SnapshotFixture.IsStoredAsync(store, snapshot);
    }

    [Fact]
    public async Task A_replica_is_tried_again_until_it_is_a_master()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.Keys.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile snapshot = fixture.Make(100);
        store.Offer(snapshot);
        await SnapshotFixture.IsRefusedAsync(store, "READONLY");

        await fixture.Keys.ExecuteAsync("REPLICAOF", "NO", "ONE");
        await SnapshotFixture.IsStoredAsync(store, snapshot);
    }

    [Fact]
    public async Task An_engine_of_an_older_epoch_replaces_no_snapshot_even_with_a_newer_one()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        RedisOwnership former = fixture.Ownership;
        await fixture.RestartAsync();
        SnapshotFile stored = fixture.Make(100);
        await fixture.StoreAsync(stored);
        Assert.Equal(former.Epoch + 1, fixture.Ownership.Epoch);

        using (var connection = fixture.Connect())
        {
            var upload = new SnapshotUpload(connection, SnapshotFixture.Names, former, SnapshotFixture.Limits);
            Assert.Throws<OwnershipLostException>(() => upload.Run(fixture.Make(200), Cancellation));
        }

        Assert.True(former.IsLost);
        Assert.True(fixture.Log.Has(LogLevel.Error, "Nothing more is written to Redis"));
        await fixture.AssertFetchedAsync(stored);
    }

    [Fact]
    public async Task An_older_snapshot_replaces_no_newer_one()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile newer = fixture.Make(200);
        await fixture.StoreAsync(newer);
        await using RedisSnapshots store = fixture.NewStore();
        store.Offer(fixture.Make(100));

        await SnapshotFixture.IsRefusedAsync(store, "holds a newer snapshot (sequence 200)");
        await fixture.AssertFetchedAsync(newer);
    }

    [Fact]
    public async Task A_snapshot_that_came_between_makes_the_switch_refuse_the_older_one()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile newer = fixture.Make(200);
        await fixture.StoreAsync(newer);
        using var connection = fixture.Connect();
        string answer = RedisScript.Run(
            connection, SnapshotScripts.Switch, SnapshotFixture.Names.Manifest, "1", "150", "100", "sequence", "150");
        Assert.Equal("older 200", answer);
        answer = RedisScript.Run(
            connection, SnapshotScripts.Switch, SnapshotFixture.Names.Manifest, "1", "300", "100", "sequence", "300");
        Assert.Equal("changed 200", answer);
        await fixture.AssertFetchedAsync(newer);
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_nothing_is_stored()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.Keys.ExecuteAsync("CONFIG", "SET", "requirepass", "right");
        await using RedisSnapshots store = fixture.NewStore(redis: $"{fixture.Server.Address},password=wrong");
        store.Offer(fixture.Make(100));

        await SnapshotFixture.IsRefusedAsync(store, "WRONGPASS");
        Assert.True(fixture.Log.Has(LogLevel.Warning, "Snapshots are not kept in Redis"));
        Assert.Empty(await fixture.LivesOfAsync(100));
    }

    [Fact]
    public async Task A_server_without_encryption_gets_nothing_when_encryption_is_asked_for()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using RedisSnapshots store = fixture.NewStore(redis: $"{fixture.Server.Address},ssl=true");
        store.Offer(fixture.Make(100));

        await SnapshotFixture.IsRefusedAsync(store, "cannot connect to Redis");
        Assert.Empty(await fixture.LivesOfAsync(100));
    }

    [Fact]
    public async Task A_user_with_no_more_rights_than_snapshots_need_is_enough()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.Keys.ExecuteAsync(
            "ACL", "SETUSER", "keeper", "on", ">secret", "~ce:*", "+eval", "+get", "+set", "+del", "+hget", "+hset", "+hmget", "+hgetall",
            "+exists", "+strlen", "+persist", "+pexpire", "+pttl", "+ping");
        string redis = $"{fixture.Server.Address},user=keeper,password=secret";
        RedisOwnership ownership = fixture.NewOwnership("data");
        await ownership.ClaimAsync(SnapshotFixture.Parse(redis), Cancellation);
        Assert.Equal(2, ownership.Epoch);
        await fixture.RestartAsync();
        await using RedisSnapshots store = fixture.NewStore(redis: redis);
        SnapshotFile snapshot = fixture.Make(100);
        store.Offer(snapshot);
        await SnapshotFixture.IsStoredAsync(store, snapshot);

        (FetchedSnapshot fetched, _) = await fixture.FetchAsync(redis);
        Assert.Equal(FetchOutcome.Fetched, fetched.Outcome);
    }

    private static async Task<bool> IsMisconfiguredAsync(SnapshotFixture fixture)
    {
        try
        {
            await fixture.Keys.StringSetAsync("something", "changes");
            return false;
        }
        catch (StackExchange.Redis.RedisServerException refusal)
        {
            return refusal.Message.Contains("MISCONF", StringComparison.Ordinal);
        }
    }
}
