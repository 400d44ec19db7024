using CopyEngine.Host.Redis.Snapshots;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>The newest snapshot is in Redis, whole, and nothing else is for long.</summary>
public sealed class SnapshotStoreTests
{
    [Fact]
    public async Task A_snapshot_comes_back_as_it_was_sent()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile snapshot = fixture.Make(100);
        await fixture.StoreAsync(snapshot);

        await fixture.AssertFetchedAsync(snapshot);
    }

    [Fact]
    public async Task Chunks_are_a_mebibyte_and_the_last_one_is_the_rest()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile snapshot = fixture.Make(7, length: (5 << 20) + 17);
        await using RedisSnapshots store = fixture.NewStore(SnapshotFixture.Limits with { ChunkBytes = new SnapshotLimits().ChunkBytes });
        store.Offer(snapshot);
        await SnapshotFixture.IsStoredAsync(store, snapshot);

        for (int chunk = 0; chunk < 5; chunk++)
        {
            Assert.Equal(1 << 20, await fixture.Keys.StringLengthAsync(SnapshotFixture.Names.Chunk(7, chunk)));
        }
        Assert.Equal(17, await fixture.Keys.StringLengthAsync(SnapshotFixture.Names.Chunk(7, 5)));
        await fixture.AssertFetchedAsync(snapshot);
    }

    [Fact]
    public async Task The_manifest_says_what_is_in_the_snapshot_and_who_wrote_it()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile snapshot = fixture.Make(100);
        await fixture.StoreAsync(snapshot);

        Dictionary<string, string> manifest = (await fixture.Keys.HashGetAllAsync("ce:0:snapshot"))
            .ToDictionary(field => field.Name.ToString(), field => field.Value.ToString());
        Assert.Equal("100", manifest["sequence"]);
        Assert.Equal("1700000000000", manifest["time"]);
        Assert.Equal("1", manifest["version"]);
        Assert.Equal("5", manifest["chunks"]);
        Assert.Equal("00ff", manifest["state_hash"]);
        Assert.Equal(64, manifest["sha256"].Length);
        Assert.Equal(fixture.Ownership.Instance, manifest["owner"]);
        Assert.Equal("1", manifest["epoch"]);
    }

    [Fact]
    public async Task Chunks_of_the_current_snapshot_live_for_ever_and_those_of_the_one_before_expire()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using RedisSnapshots store = fixture.NewStore();
        foreach (long sequence in (long[])[100, 200, 300])
        {
            SnapshotFile snapshot = fixture.Make(sequence);
            store.Offer(snapshot);
            await SnapshotFixture.IsStoredAsync(store, snapshot);
        }

        Assert.All(await fixture.LivesOfAsync(300), life => Assert.Null(life));
        Assert.Equal(5, (await fixture.LivesOfAsync(300)).Count);
        Assert.All(await fixture.LivesOfAsync(200), life => Assert.True(life <= SnapshotFixture.Limits.RetiredLife));
        Assert.All(await fixture.LivesOfAsync(100), life => Assert.True(life <= SnapshotFixture.Limits.RetiredLife));
        Assert.Equal(0, store.Status.LagCommands);
    }

    [Fact]
    public async Task Only_the_newest_of_what_was_offered_meanwhile_is_stored()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        fixture.Server.Kill();
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile newest = fixture.Make(300);
        store.Offer(fixture.Make(100));
        store.Offer(fixture.Make(200));
        store.Offer(newest);
        await Eventually.HoldsAsync(() => store.Status.Failures > 0, "the server is missed");
        Assert.Equal(300, store.Status.LagCommands);

        await fixture.Server.StartAgainAsync();
        using (var connection = fixture.Connect())
        {
            fixture.Ownership.Renew(connection);
        }
        await SnapshotFixture.IsStoredAsync(store, newest);
        Assert.Equal(1, store.Status.Uploads);
        await Eventually.HoldsAsync(() => fixture.Keys.Multiplexer.IsConnected, "the test's own connection is back");
        Assert.Empty(await fixture.LivesOfAsync(100));
    }

    [Fact]
    public async Task A_server_that_lost_everything_gets_the_snapshot_again()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile snapshot = fixture.Make(100);
        store.Offer(snapshot);
        await SnapshotFixture.IsStoredAsync(store, snapshot);

        await fixture.Keys.ExecuteAsync("FLUSHALL");
        await Eventually.HoldsAsync(() => store.Status.Uploads == 2, "the loss is noticed");
        await fixture.AssertFetchedAsync(snapshot);

        fixture.Server.Kill();
        await fixture.Server.StartAgainAsync();
        await Eventually.HoldsAsync(() => store.Status.Uploads == 3, "the loss is noticed");
        await fixture.AssertFetchedAsync(snapshot);
    }

    [Fact]
    public async Task A_snapshot_that_is_there_already_is_not_sent_again_and_a_broken_one_is_mended()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile snapshot = fixture.Make(100);
        await fixture.StoreAsync(fixture.Make(50));
        await fixture.StoreAsync(snapshot);
        await fixture.Keys.StringSetAsync(SnapshotFixture.Names.Chunk(100, 1), new byte[1_000]);
        await fixture.StoreAsync(snapshot);
        Assert.Equal(new byte[1_000], (byte[]?)await fixture.Keys.StringGetAsync(SnapshotFixture.Names.Chunk(100, 1)));

        await fixture.Keys.KeyDeleteAsync(SnapshotFixture.Names.Chunk(100, 2));
        await fixture.StoreAsync(snapshot);

        await fixture.AssertFetchedAsync(snapshot);
        Assert.All(await fixture.LivesOfAsync(100), life => Assert.Null(life));
    }

    [Fact]
    public async Task A_stalled_server_keeps_nobody_waiting_and_gets_the_snapshot_when_it_wakes()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile first = fixture.Make(100);
        store.Offer(first);
        await SnapshotFixture.IsStoredAsync(store, first);

        fixture.Server.Stall();
        SnapshotFile second = fixture.Make(200);
        store.Offer(second);
        await Eventually.HoldsAsync(() => store.Status.State == SnapshotStoreState.Unavailable, "the stall is noticed");
        Assert.Equal(100, store.Status.LagCommands);
        Assert.True(store.Status.LagSeconds > 0);
        fixture.Server.Continue();

        await SnapshotFixture.IsStoredAsync(store, second);
        await fixture.AssertFetchedAsync(second);
    }

    [Fact]
    public async Task A_file_that_is_gone_before_it_was_sent_is_waited_for_no_more()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using RedisSnapshots store = fixture.NewStore();
        SnapshotFile gone = fixture.Make(100);
        File.Delete(gone.Path);
        store.Offer(gone);
        await Eventually.HoldsAsync(() => store.Status.Failures > 0 && store.Status.OfferedSequence == -1, "the file is missed");

        SnapshotFile next = fixture.Make(200);
        store.Offer(next);
        await SnapshotFixture.IsStoredAsync(store, next);
    }

    [Fact]
    public async Task Off_takes_offers_and_stores_nothing()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await using RedisSnapshots store = fixture.NewStore(redis: "off");
        store.Offer(fixture.Make(100));

        Assert.Equal(SnapshotStoreState.Off, store.Status.State);
        Assert.Equal(0, store.Status.LagSeconds);
        Assert.False(await fixture.Keys.KeyExistsAsync(SnapshotFixture.Names.Chunk(100, 0)));
    }
}
