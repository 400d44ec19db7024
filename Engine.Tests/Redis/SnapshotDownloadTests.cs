using CopyEngine.Host;
using CopyEngine.Host.Redis.Snapshots;
using CopyEngine.Storage;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>An engine that has nothing left asks Redis, and believes no byte of the answer before it is checked.</summary>
public sealed class SnapshotDownloadTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ce-download-").FullName;

    [Fact]
    public async Task An_empty_server_is_an_empty_start()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();

        (FetchedSnapshot fetched, _) = await fixture.FetchAsync();

        Assert.Equal(FetchOutcome.NothingStored, fetched.Outcome);
    }

    [Fact]
    public async Task A_server_that_is_away_is_told_apart_from_an_empty_one()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.StoreAsync(fixture.Make(100));
        fixture.Server.Kill();

        (FetchedSnapshot fetched, _) = await fixture.FetchAsync();

        Assert.Equal(FetchOutcome.Unreachable, fetched.Outcome);
        Assert.Contains("cannot connect", fetched.Reason);
    }

    [Theory]
    [InlineData("journal", "journal-0000000000000001.seg")]
    [InlineData("journal", "journal.head")]
    [InlineData("snapshots", "snapshot-0000000000000050.snap")]
    public async Task Redis_is_never_read_where_there_is_a_journal_or_a_snapshot(string folder, string file)
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.StoreAsync(fixture.Make(100));
        long connections = await ConnectionsAsync(fixture);
        await File.WriteAllTextAsync(Path.Combine(Local(folder).Path, file), "", TestContext.Current.CancellationToken);

        FetchedSnapshot fetched = await fixture.FetchAsync(Local("snapshots"), Local("journal"));

        Assert.Equal(FetchOutcome.LocalStateExists, fetched.Outcome);
        Assert.Equal(connections, await ConnectionsAsync(fixture));
    }

    [Fact]
    public async Task What_a_killed_download_left_is_replaced()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.StoreAsync(fixture.Make(100));
        await File.WriteAllTextAsync(Path.Combine(Local("snapshots").Path, "fetched.tmp"), "half", TestContext.Current.CancellationToken);

        FetchedSnapshot fetched = await fixture.FetchAsync(Local("snapshots"));

        Assert.Equal(FetchOutcome.Fetched, fetched.Outcome);
        Assert.Equal([fetched.FileName!], Local("snapshots").List());
    }

    public static TheoryData<string> Damages => [.. Damage.Keys];

    /// <summary>What happens to a stored snapshot of five chunks, and what the refusal says.</summary>
    private static readonly Dictionary<string, (Func<IDatabase, Task> Inflict, string Refusal)> Damage = new()
    {
        ["a byte is changed"] = (keys => keys.StringSetRangeAsync(Chunk(2), 500, "x"), "SHA-256"),
        ["a chunk is missing"] = (keys => keys.KeyDeleteAsync(Chunk(3)), "is missing"),
        ["a chunk is cut"] = (keys => keys.StringSetAsync(Chunk(1), "short"), "5 bytes instead of 1000"),
        ["a chunk is longer"] = (keys => keys.StringAppendAsync(Chunk(4), "more"), "instead of 321"),
        ["chunks are swapped"] = (SwapAsync, "SHA-256"),
        ["the manifest names another file"] = (keys => keys.HashSetAsync(Manifest, "sha256", new string('0', 64)), "SHA-256"),
        ["the manifest names another snapshot"] = (keys => keys.HashSetAsync(Manifest, "sequence", "99"), "is missing"),
        ["the manifest has other sizes"] = (keys => keys.HashSetAsync(Manifest, "chunks", "4"), "sizes contradict"),
        ["the manifest has no number"] = (keys => keys.HashSetAsync(Manifest, "length", "much"), "length is missing or no number"),
        ["the manifest lost a field"] = (keys => keys.HashDeleteAsync(Manifest, "chunk_bytes"), "chunk_bytes is missing"),
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task A_damaged_snapshot_stops_the_start_and_leaves_nothing_behind(string damage)
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.StoreAsync(fixture.Make(100));
        await Damage[damage].Inflict(fixture.Keys);

        HostException refusal = await Assert.ThrowsAsync<HostException>(() => fixture.FetchAsync(Local("snapshots")));

        Assert.Equal(ExitCode.RefusesToStart, refusal.ExitCode);
        Assert.Contains(Damage[damage].Refusal, refusal.Message);
        Assert.Contains("delete the key ce:0:snapshot", refusal.Message);
        Assert.DoesNotContain(Local("snapshots").List(), name => name.EndsWith(".snap", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_the_owner_of_the_format_does_not_accept_stops_the_start()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();
        await fixture.StoreAsync(fixture.Make(100));
        IStorage snapshots = Local("snapshots");

        HostException refusal = await Assert.ThrowsAsync<HostException>(() => fixture.FetchAsync(snapshots, verify: name =>
        {
            Assert.True(snapshots.Exists(name));
            throw new InvalidDataException("section 'state' has a wrong checksum");
        }));

        Assert.Equal(ExitCode.RefusesToStart, refusal.ExitCode);
        Assert.Contains("section 'state' has a wrong checksum", refusal.Message);
        Assert.DoesNotContain(snapshots.List(), name => name.EndsWith(".snap", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_engines_own_child_is_not_asked()
    {
        await using SnapshotFixture fixture = await SnapshotFixture.StartAsync();

        (FetchedSnapshot fetched, _) = await fixture.FetchAsync("embedded:7379");

        Assert.Equal(FetchOutcome.NotAsked, fetched.Outcome);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private const string Manifest = "ce:0:snapshot";

    private static string Chunk(int number) => $"ce:0:snapshot:100:{number}";

    private static async Task SwapAsync(IDatabase keys)
    {
        RedisValue first = await keys.StringGetAsync(Chunk(0));
        await keys.StringSetAsync(Chunk(0), await keys.StringGetAsync(Chunk(1)));
        await keys.StringSetAsync(Chunk(1), first);
    }

    private DirectoryStorage Local(string name) => DirectoryStorage.Make(Path.Combine(_folder, name));

    /// <summary>Connections that the server ever had.</summary>
    private static async Task<long> ConnectionsAsync(SnapshotFixture fixture)
    {
        string statistics = (string)(await fixture.Keys.ExecuteAsync("INFO", "stats"))!;
        string line = statistics.Split('\n').Single(line => line.StartsWith("total_connections_received:", StringComparison.Ordinal));
        return long.Parse(line.Split(':')[1]);
    }
}
