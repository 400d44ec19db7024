using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Snapshots;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>An engine that is killed during an upload, at any step of it (B10, M18).</summary>
public sealed class SnapshotKillTests
{
    /// <summary>Two chunks and a bit: enough for a step between any two things that an upload does.</summary>
    private const int Length = 2_500;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_manifest_never_stands_before_its_chunks_wherever_the_upload_is_killed(bool isLastStepExecuted)
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await AssertWholeAfterEveryKillAsync(fixture, isLastStepExecuted);
    }

    [Fact]
    public async Task A_manifest_never_stands_before_its_chunks_on_a_cluster_either()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync(cluster);
        await AssertWholeAfterEveryKillAsync(fixture, isLastStepExecuted: false);
    }

    [Fact]
    public async Task What_a_killed_upload_left_undone_the_next_start_does()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        SnapshotFile next = fixture.Make(200);
        await fixture.StoreAsync(fixture.Make(100));
        for (int steps = 0; await CurrentAsync(fixture) != 200; steps++)
        {
            await TryUploadAsync(fixture, next, steps, isLastStepExecuted: false);
        }
        Assert.Contains(await fixture.LivesOfAsync(100), life => life is null);

        await AdoptAsync(fixture, 200);

        Assert.All(await fixture.LivesOfAsync(100), life => Assert.NotNull(life));
        Assert.All(await fixture.LivesOfAsync(200), life => Assert.Null(life));
    }

    private static async Task AssertWholeAfterEveryKillAsync(SnapshotFixture fixture, bool isLastStepExecuted)
    {
        int steps = 0;
        for (bool isDone = false; !isDone; steps++)
        {
            SnapshotFile former = fixture.Make((1_000 * steps) + 100, Length);
            SnapshotFile next = fixture.Make((1_000 * steps) + 200, Length);
            await fixture.StoreAsync(former);

            isDone = await TryUploadAsync(fixture, next, steps, isLastStepExecuted);

            bool isNext = await CurrentAsync(fixture) == next.Sequence;
            SnapshotFile current = isNext ? next : former;
            await fixture.AssertFetchedAsync(current);
            if (!isNext)
            {
                Assert.All(await fixture.LivesOfAsync(next.Sequence), life => Assert.NotNull(life));
            }
            await AdoptAsync(fixture, current.Sequence);
            Assert.Equal([null, null, null], await fixture.LivesOfAsync(current.Sequence));
            Assert.All(await fixture.LivesOfAsync((isNext ? former : next).Sequence), life => Assert.NotNull(life));
        }
        Assert.True(steps > 12, $"three chunks are sent, compared and kept, three are retired: {steps} steps are too few");
    }

    /// <summary>The engine starts again and looks at what is stored.</summary>
    private static async Task AdoptAsync(SnapshotFixture fixture, long sequence)
    {
        await using RedisSnapshots store = fixture.NewStore();
        await Eventually.HoldsAsync(() => store.Status.StoredSequence == sequence, "the stored snapshot is looked at");
    }

    /// <summary>On a thread of its own, as in the engine: it blocks, and the pool's threads are needed by others' connections.</summary>
    private static Task<bool> TryUploadAsync(SnapshotFixture fixture, SnapshotFile snapshot, int steps, bool isLastStepExecuted) =>
        Task.Factory.StartNew(
            () => TryUpload(fixture, snapshot, steps, isLastStepExecuted), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static bool TryUpload(SnapshotFixture fixture, SnapshotFile snapshot, int steps, bool isLastStepExecuted)
    {
        using var connection = new CutConnection(fixture.Connect(), steps, isLastStepExecuted);
        try
        {
            fixture.NewUpload(connection).Run(snapshot, Cancellation);
            return true;
        }
        catch (RedisConnectionException)
        {
            return false;
        }
    }

    private static async Task<long> CurrentAsync(SnapshotFixture fixture) =>
        (long)await fixture.Keys.HashGetAsync(SnapshotFixture.Names.Manifest, "sequence");
}
