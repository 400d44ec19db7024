using CopyEngine.Host;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Ownership;
using CopyEngine.Host.Redis.Snapshots;
using Microsoft.Extensions.Logging;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>One engine writes a shard's keys (R7, A18): a second one is turned away, one that finds a second one stops writing.</summary>
public sealed class OwnershipTests
{
    private const string OwnerKey = "ce:0:owner";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_engine_gets_the_shard_for_a_time()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();

        Assert.Equal(1, fixture.Ownership.Epoch);
        Assert.Equal(fixture.Ownership.Instance, await fixture.Keys.HashGetAsync(OwnerKey, "instance"));
        Assert.Equal("1", await fixture.Keys.HashGetAsync(OwnerKey, "epoch"));
        Assert.NotNull(await fixture.Keys.KeyTimeToLiveAsync(OwnerKey));
    }

    [Fact]
    public async Task An_engine_of_another_directory_is_turned_away_and_the_first_is_unaffected()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        RedisOwnership second = fixture.NewOwnership("elsewhere");

        HostException refusal = await Assert.ThrowsAsync<HostException>(() => second.ClaimAsync(fixture.Options, Cancellation));

        Assert.Equal(ExitCode.DataDirectoryInUse, refusal.ExitCode);
        Assert.Contains($"process {Environment.ProcessId}", refusal.Message);
        Assert.Contains("Stop that engine", refusal.Message);
        using IRedisConnection connection = fixture.Connect();
        fixture.Ownership.Renew(connection);
        Assert.False(fixture.Ownership.IsLost);
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_gets_the_shard()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.UnclaimedAsync();
        RedisOwnership[] engines = [.. Enumerable.Range(0, 8).Select(number => fixture.NewOwnership($"engine{number}"))];

        int[] exitCodes = await Task.WhenAll(engines.Select(async engine =>
        {
            try
            {
                await engine.ClaimAsync(fixture.Options, Cancellation);
                return ExitCode.Clean;
            }
            catch (HostException refusal)
            {
                return refusal.ExitCode;
            }
        }));

        Assert.Single(exitCodes, ExitCode.Clean);
        Assert.Equal(7, exitCodes.Count(code => code == ExitCode.DataDirectoryInUse));
    }

    [Fact]
    public async Task The_same_directory_takes_over_at_once_with_a_higher_epoch_and_the_former_is_fenced()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        RedisOwnership former = fixture.Ownership;

        await fixture.RestartAsync();

        Assert.Equal(former.Instance, fixture.Ownership.Instance);
        Assert.Equal(former.Epoch + 1, fixture.Ownership.Epoch);
        using IRedisConnection connection = fixture.Connect();
        fixture.Ownership.Renew(connection);
        Assert.Throws<OwnershipLostException>(() => former.Renew(connection));
        fixture.Ownership.Renew(connection);
        Assert.False(fixture.Ownership.IsLost);
    }

    [Fact]
    public async Task Another_directory_gets_the_shard_when_it_was_given_back()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        using (IRedisConnection connection = fixture.Connect())
        {
            fixture.Ownership.Release(connection);
        }
        RedisOwnership second = fixture.NewOwnership("elsewhere");

        await fixture.ClaimAsync(second);

        Assert.Equal(2, second.Epoch);
    }

    [Fact]
    public async Task An_engine_that_slept_through_anothers_claim_is_fenced_even_when_that_one_has_left()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.Keys.KeyDeleteAsync(OwnerKey);
        RedisOwnership second = fixture.NewOwnership("elsewhere");
        await fixture.ClaimAsync(second);
        using IRedisConnection connection = fixture.Connect();
        second.Release(connection);

        Assert.Throws<OwnershipLostException>(() => fixture.Ownership.Renew(connection));

        Assert.False(await fixture.Keys.KeyExistsAsync(OwnerKey));
        Assert.True(fixture.Log.Has(LogLevel.Error, "Two engines work on shard 0"));
    }

    [Fact]
    public async Task A_claim_that_expired_or_was_flushed_is_made_again()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.RestartAsync();
        await fixture.Keys.ExecuteAsync("FLUSHALL");
        using IRedisConnection connection = fixture.Connect();

        fixture.Ownership.Renew(connection);

        Assert.Equal("2", await fixture.Keys.HashGetAsync(OwnerKey, "epoch"));
        RedisOwnership second = fixture.NewOwnership("elsewhere");
        await Assert.ThrowsAsync<HostException>(() => second.ClaimAsync(fixture.Options, Cancellation));
    }

    [Fact]
    public async Task Without_redis_there_is_no_fencing_and_the_log_says_so()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        fixture.Server.Kill();
        RedisOwnership second = fixture.NewOwnership("elsewhere");

        await second.ClaimAsync(fixture.Options, Cancellation);

        Assert.Equal(0, second.Epoch);
        Assert.True(fixture.Log.Has(LogLevel.Warning, "No fencing"));
    }

    [Fact]
    public async Task A_server_that_hangs_delays_a_start_no_longer_than_the_claim_may_take()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        fixture.Server.Stall();
        RedisOwnership second = fixture.NewOwnership("elsewhere", new OwnershipLimits { ClaimTimeout = TimeSpan.FromMilliseconds(200) });

        await second.ClaimAsync(fixture.Options, Cancellation);
        fixture.Server.Continue();

        Assert.Equal(0, second.Epoch);
        Assert.True(fixture.Log.Has(LogLevel.Warning, "No fencing"));
    }

    [Fact]
    public async Task The_projection_keeps_the_claim_and_gives_it_back_at_the_end()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using (ProjectedWorld projected = await ProjectedWorld.StartAsync(fixture.Server.Address, ownership: fixture.Ownership))
        {
            await projected.CatchUpAsync();
            await fixture.Keys.ExecuteAsync("PEXPIRE", OwnerKey, "2000");
            await Eventually.HoldsAsync(
                async () => await fixture.Keys.KeyTimeToLiveAsync(OwnerKey) > TimeSpan.FromSeconds(2), "the claim is renewed");
        }
        Assert.False(await fixture.Keys.KeyExistsAsync(OwnerKey));
    }

    [Fact]
    public async Task The_projection_claims_the_shard_of_a_server_that_was_away_at_the_start()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.Keys.ExecuteAsync("FLUSHALL");
        RedisOwnership unclaimed = fixture.NewOwnership("data");
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(fixture.Server.Address, ownership: unclaimed);
        await projected.CatchUpAsync();

        Assert.Equal(1, unclaimed.Epoch);
        Assert.Equal(unclaimed.Instance, await fixture.Keys.HashGetAsync(OwnerKey, "instance"));
    }

    [Fact]
    public async Task An_engine_that_finds_another_owner_stops_writing_and_trades_on()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile stored = fixture.Make(100);
        store.Offer(stored);
        await SnapshotFixture.IsStoredAsync(store, stored);
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(fixture.Server.Address, ownership: fixture.Ownership);
        projected.World.Instrument("EURUSD").Group("Standard").Account("live:1", "100.00");
        await projected.CatchUpAsync();

        await fixture.Keys.HashSetAsync(OwnerKey, [new("instance", "another"), new("epoch", "7")]);
        await Eventually.HoldsAsync(() => projected.Projection.Status.State == RedisState.Fenced, "the other owner is noticed");
        await Eventually.HoldsAsync(() => store.Status.State == SnapshotStoreState.Fenced, "the snapshots stop too");
        string[] keys = await KeyDump.OfAsync(fixture.Server);
        projected.World.Funds("live:1", "50.00");
        store.Offer(fixture.Make(200));

        Assert.Equal(keys, await KeyDump.OfAsync(fixture.Server));
        Assert.Empty(await fixture.LivesOfAsync(200));
        Assert.Contains("belongs to the engine", projected.Projection.Status.LastError);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => projected.Projection.WaitUntilCaughtUpAsync(Cancellation));
    }

    [Fact]
    public async Task A_server_that_forbids_scripts_still_gets_the_keys_and_no_snapshots()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.Keys.ExecuteAsync("ACL", "SETUSER", "default", "-eval");
        RedisOwnership unclaimed = fixture.NewOwnership("data");
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(fixture.Server.Address, ownership: unclaimed);
        projected.World.Instrument("EURUSD").Group("Standard").Account("live:1", "100.00");
        await projected.CatchUpAsync();

        Assert.Equal("100.00", await fixture.Keys.HashGetAsync("user:{live:1}:config", "balance"));
        Assert.True(fixture.Log.Has(LogLevel.Warning, "NOPERM"));
        await using var store = new RedisSnapshots(0, unclaimed, fixture.Log, SnapshotFixture.Limits);
        store.Start(fixture.Options);
        store.Offer(fixture.Make(100));
        await SnapshotFixture.IsRefusedAsync(store, "has not been claimed");
    }

    [Fact]
    public void A_directory_keeps_its_instance_and_a_damaged_one_gets_another()
    {
        string folder = Directory.CreateTempSubdirectory("ce-instance-").FullName;
        string first = InstanceFile.Open(folder);
        Assert.Equal(first, InstanceFile.Open(folder));

        string file = Path.Combine(folder, InstanceFile.Name);
        File.WriteAllText(file, "");
        string second = InstanceFile.Open(folder);
        Assert.NotEqual(first, second);
        File.WriteAllText(file, new string('z', 32));
        Assert.NotEqual(second, InstanceFile.Open(folder));
        Directory.Delete(folder, recursive: true);
    }
}
