using System.Globalization;
using System.Security.Cryptography;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Storage;

namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>How a search for a snapshot in Redis ended.</summary>
internal enum FetchOutcome
{
    /// <summary>There is a journal or a snapshot here already; Redis was not asked.</summary>
    LocalStateExists,

    /// <summary>Redis is off, or is the engine's own child, which knows nothing from before.</summary>
    NotAsked,

    /// <summary>Redis could not be asked.</summary>
    Unreachable,

    /// <summary>Redis holds no snapshot of this shard.</summary>
    NothingStored,

    /// <summary>A verified snapshot is among the local ones now.</summary>
    Fetched,
}

/// <summary>The end of a search for a snapshot in Redis.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="FileName">The local file when one was fetched, else null.</param>
/// <param name="Sequence">Last command in it.</param>
/// <param name="Reason">Why Redis could not be asked, else null.</param>
internal readonly record struct FetchedSnapshot(FetchOutcome Outcome, string? FileName = null, long Sequence = 0, string? Reason = null);

/// <summary>
/// Fetches the snapshot that Redis holds when nothing at all is left locally. Every byte is checked before the file gets
/// the name of a snapshot; one that cannot be trusted stops the start, because an engine that began empty would forget
/// what it had told.
/// </summary>
/// <param name="options">Where Redis is.</param>
/// <param name="shard">The engine's shard, part of the keys.</param>
/// <param name="logger">Told what was found.</param>
/// <param name="limits">Sizes and intervals.</param>
internal sealed class SnapshotDownload(RedisOptions options, int shard, ILogger logger, SnapshotLimits? limits = null)
{
    private const string TemporaryName = "fetched.tmp";
    private const int Attempts = 5;
    private readonly SnapshotLimits _limits = limits ?? new SnapshotLimits();
    private readonly SnapshotKeys _keys = new(shard);

    /// <summary>Fetches the snapshot when there is neither a journal nor a snapshot here.</summary>
    /// <param name="journal">The directory of the journal.</param>
    /// <param name="snapshots">The directory of the snapshots, where the file is put.</param>
    /// <param name="verify">The owner of the format: throws when the file of that name in <paramref name="snapshots"/> is not a whole snapshot.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="HostException">The snapshot is damaged (78), or is there but cannot be fetched (74).</exception>
    /// <exception cref="StorageException">The local disk failed.</exception>
    public Task<FetchedSnapshot> TryFetchAsync(IStorage journal, IStorage snapshots, Action<string> verify, CancellationToken cancellation)
    {
        if (HasState(journal) || HasState(snapshots))
        {
            return Task.FromResult(new FetchedSnapshot(FetchOutcome.LocalStateExists));
        }
        return options.Mode == RedisMode.Remote
            ? Task.Run(() => Fetch(snapshots, verify, cancellation), cancellation)
            : Task.FromResult(new FetchedSnapshot(FetchOutcome.NotAsked));
    }

    /// <summary>Anything but a file that this class or a killed snapshot left half-written counts as state.</summary>
    private static bool HasState(IStorage storage) => storage.List().Any(name => !name.EndsWith(".tmp", StringComparison.Ordinal));

    private FetchedSnapshot Fetch(IStorage snapshots, Action<string> verify, CancellationToken cancellation)
    {
        SnapshotManifest? manifest = null;
        TimeSpan delay = _limits.FirstRetryDelay;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                using IRedisConnection connection =
                    new RedisConnector(options, _limits.Connection, shard, logger, ConnectionPurpose.Snapshots).Open(cancellation);
                manifest = ReadManifest(connection);
                return manifest is null
                    ? new FetchedSnapshot(FetchOutcome.NothingStored)
                    : Fetch(connection, manifest, snapshots, verify, cancellation);
            }
            catch (Exception failure) when (failure is RedisConnectionException or RedisReplyException)
            {
                if (manifest is null)
                {
                    return new FetchedSnapshot(FetchOutcome.Unreachable, Reason: failure.Message);
                }
                if (attempt == Attempts)
                {
                    throw IsThereButUnreachable(manifest, failure);
                }
            }
            catch (SnapshotRefusedException damaged)
            {
                throw new HostException(ExitCode.RefusesToStart, damaged.Message, damaged);
            }
            cancellation.WaitHandle.WaitOne(delay);
            cancellation.ThrowIfCancellationRequested();
            delay *= 2;
        }
    }

    private SnapshotManifest? ReadManifest(IRedisConnection connection)
    {
        var command = new CommandBatch();
        command.Command("HGETALL"u8).Add(_keys.Manifest);
        return SnapshotManifest.Parse(_keys.Manifest, RedisScript.Execute(connection, command));
    }

    private FetchedSnapshot Fetch(
        IRedisConnection connection, SnapshotManifest manifest, IStorage snapshots, Action<string> verify, CancellationToken cancellation)
    {
        logger.LogWarning(
            "There is no journal and no snapshot here; fetching snapshot {Sequence} of {Time:O} ({Length} bytes) from Redis at {Redis}. " +
            "What happened after it is lost unless the journal is found",
            manifest.Sequence, DateTime.UnixEpoch.AddMicroseconds(manifest.Time), manifest.Length, connection.Description);
        DeleteIfThere(snapshots, TemporaryName);
        using (IStorageFile file = snapshots.Create(TemporaryName, length: 0))
        {
            CopyChunks(connection, manifest, file, cancellation);
            file.Sync();
        }
        Check(manifest, verify);
        string name = string.Create(CultureInfo.InvariantCulture, $"snapshot-{manifest.Sequence:D16}.snap");
        snapshots.Rename(TemporaryName, name);
        snapshots.SyncDirectory();
        return new FetchedSnapshot(FetchOutcome.Fetched, name, manifest.Sequence);
    }

    private void CopyChunks(IRedisConnection connection, SnapshotManifest manifest, IStorageFile file, CancellationToken cancellation)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var command = new CommandBatch();
        for (int chunk = 0; chunk < manifest.Chunks; chunk++)
        {
            cancellation.ThrowIfCancellationRequested();
            string key = _keys.Chunk(manifest.Sequence, chunk);
            command.Clear();
            command.Command("GET"u8).Add(key);
            byte[] bytes = RedisScript.Execute(connection, command).Bytes ?? throw Damaged(manifest, $"its chunk {key} is missing");
            if (bytes.Length != manifest.LengthOf(chunk))
            {
                throw Damaged(manifest, $"its chunk {key} has {bytes.Length} bytes instead of {manifest.LengthOf(chunk)}");
            }
            whole.AppendData(bytes);
            file.Write((long)chunk * manifest.ChunkBytes, bytes);
        }
        if (Convert.ToHexStringLower(whole.GetHashAndReset()) != manifest.Sha256)
        {
            throw Damaged(manifest, "its bytes have not the SHA-256 of the manifest");
        }
    }

    private void Check(SnapshotManifest manifest, Action<string> verify)
    {
        try
        {
            verify(TemporaryName);
        }
        catch (Exception fault) when (fault is not StorageException)
        {
            throw Damaged(manifest, fault.Message);
        }
    }

    private SnapshotRefusedException Damaged(SnapshotManifest manifest, string what) => new(
        $"the data directory is empty and snapshot {manifest.Sequence} in Redis at {options} cannot be used: {what}. Restore the data directory " +
        $"from a backup; or, to begin with nothing, delete the key {_keys.Manifest}");

    private HostException IsThereButUnreachable(SnapshotManifest manifest, Exception failure) => new(
        ExitCode.InputOutputFailed,
        $"the data directory is empty and snapshot {manifest.Sequence} is in Redis at {options}, but it could not be fetched: {failure.Message}. " +
        "Start again when Redis works", failure);

    private static void DeleteIfThere(IStorage storage, string name)
    {
        if (storage.Exists(name))
        {
            storage.Delete(name);
        }
    }
}
