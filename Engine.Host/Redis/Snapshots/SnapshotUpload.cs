using System.Diagnostics;
using System.Globalization;
using CopyEngine.Host.Redis.Connection;
using CopyEngine.Host.Redis.Ownership;
using CopyEngine.Storage;

namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>
/// Brings a snapshot's file to Redis. Chunks first, each with an expiry, so that nothing remains of an upload that is
/// killed; then what arrived is compared with what was sent; then one step at the server puts the new manifest in the old
/// one's place; then the old chunks get an expiry. Until that step the old snapshot is the current one, after it the new.
/// Chunks are named by sequence and never change, so that repeating any of it does no harm.
/// </summary>
internal sealed class SnapshotUpload(IRedisConnection connection, SnapshotKeys keys, RedisOwnership ownership, SnapshotLimits limits)
{
    private readonly CommandBatch _command = new();

    /// <summary>The manifest as it stands, null when there is none.</summary>
    /// <exception cref="SnapshotRefusedException">It holds something that no engine wrote.</exception>
    public SnapshotManifest? ReadManifest()
    {
        _command.Clear();
        _command.Command("HGETALL"u8).Add(keys.Manifest);
        return SnapshotManifest.Parse(keys.Manifest, RedisScript.Execute(connection, _command));
    }

    /// <summary>
    /// Finishes what a killed engine may have left undone behind the manifest: its chunks are to stay, those of the
    /// snapshot before it are to go. False when a chunk is missing or has another length.
    /// </summary>
    public bool Adopt(SnapshotManifest manifest, CancellationToken stopping)
    {
        bool isWhole = true;
        for (int chunk = 0; chunk < manifest.Chunks; chunk++)
        {
            stopping.ThrowIfCancellationRequested();
            string length = RedisScript.Run(connection, SnapshotScripts.Keep, keys.Chunk(manifest.Sequence, chunk));
            isWhole &= length == Text(manifest.LengthOf(chunk));
        }
        for (int chunk = 0; manifest.PreviousSequence >= 0 && chunk < manifest.PreviousChunks; chunk++)
        {
            stopping.ThrowIfCancellationRequested();
            RedisScript.Run(
                connection, SnapshotScripts.Retire, keys.Chunk(manifest.PreviousSequence, chunk), Milliseconds(limits.RetiredLife));
        }
        return isWhole;
    }

    /// <summary>Makes the file the current snapshot, unless it is already.</summary>
    /// <exception cref="SnapshotRefusedException">Redis holds a newer one, evicts keys, or did not keep what was sent.</exception>
    /// <exception cref="OwnershipLostException">The shard belongs to another engine.</exception>
    /// <exception cref="RedisReplyException">The server refused a command.</exception>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public void Run(SnapshotFile snapshot, CancellationToken stopping)
    {
        long started = Stopwatch.GetTimestamp();
        ThrowIfEvicting();
        SnapshotManifest? stored = ReadManifest();
        if (stored is not null && stored.Sequence > snapshot.Sequence)
        {
            throw IsOlder(snapshot, stored.Sequence);
        }
        if (stored is not null && stored.Sequence == snapshot.Sequence && Adopt(stored, stopping))
        {
            return;
        }
        using FileStream file = File.OpenRead(snapshot.Path);
        SnapshotDigest digest = SnapshotDigest.Of(file, limits.ChunkBytes, stopping);
        SnapshotManifest manifest = Describe(snapshot, digest, stored);
        WriteChunks(file, manifest, started, stopping);
        VerifyChunks(manifest, digest, started, stopping);
        Failpoints.Hit("afterRedisChunksBeforeManifest");
        Switch(manifest, stored);
        Failpoints.Hit("afterRedisManifest");
        Adopt(manifest, stopping);
    }

    private void ThrowIfEvicting()
    {
        if (connection.FindEvictionPolicy() is { } policy)
        {
            throw new SnapshotRefusedException(
                $"{connection.Description} would drop snapshots when its memory is full (maxmemory-policy {policy}); " +
                "set maxmemory-policy noeviction and enough maxmemory");
        }
    }

    private SnapshotManifest Describe(SnapshotFile snapshot, SnapshotDigest digest, SnapshotManifest? stored)
    {
        // A broken snapshot of the same sequence is mended in place; what stood before it has still to go.
        bool isMended = stored?.Sequence == snapshot.Sequence;
        return new SnapshotManifest
        {
            Sequence = snapshot.Sequence,
            Time = snapshot.Time,
            Version = snapshot.Version,
            StateHash = snapshot.StateHash,
            Chunks = digest.Chunks.Count,
            ChunkBytes = digest.ChunkBytes,
            Length = digest.Length,
            Sha256 = digest.Sha256,
            Epoch = ownership.Epoch,
            Owner = ownership.Instance,
            PreviousSequence = (isMended ? stored?.PreviousSequence : stored?.Sequence) ?? -1,
            PreviousChunks = (isMended ? stored?.PreviousChunks : stored?.Chunks) ?? 0,
        };
    }

    private void WriteChunks(FileStream file, SnapshotManifest manifest, long started, CancellationToken stopping)
    {
        file.Position = 0;
        byte[] buffer = new byte[manifest.ChunkBytes];
        for (int chunk = 0; chunk < manifest.Chunks; chunk++)
        {
            ThrowIfNoLongerWanted(started, stopping);
            Failpoints.Hit("beforeRedisChunk", chunk);
            int read = SnapshotDigest.Fill(file, buffer);
            _command.Clear();
            _command.Command("SET"u8).Add(keys.Chunk(manifest.Sequence, chunk)).Add(buffer.AsSpan(0, read))
                .Add("PX"u8).Add(Milliseconds(limits.OrphanLife));
            RedisScript.Execute(connection, _command);
        }
    }

    private void VerifyChunks(SnapshotManifest manifest, SnapshotDigest digest, long started, CancellationToken stopping)
    {
        for (int chunk = 0; chunk < manifest.Chunks; chunk++)
        {
            ThrowIfNoLongerWanted(started, stopping);
            string key = keys.Chunk(manifest.Sequence, chunk);
            string there = RedisScript.Run(connection, SnapshotScripts.Verify, key, Milliseconds(limits.VerifiedLife));
            if (there != digest.Chunks[chunk])
            {
                throw new SnapshotRefusedException(
                    $"{connection.Description} did not keep the chunk {key} as it was sent ({(there == "missing" ? there : "other bytes")})");
            }
        }
    }

    private void Switch(SnapshotManifest manifest, SnapshotManifest? stored)
    {
        List<string> touched = [keys.Manifest];
        if (!connection.IsCluster)
        {
            touched.AddRange(Enumerable.Range(0, manifest.Chunks).Select(chunk => keys.Chunk(manifest.Sequence, chunk)));
        }
        string answer = RedisScript.Run(
            connection, SnapshotScripts.Switch, touched,
            [Text(manifest.Epoch), Text(manifest.Sequence), Text(stored?.Sequence ?? -1), .. manifest.ToFields()]);
        if (answer == "switched")
        {
            return;
        }
        if (answer.StartsWith("fenced", StringComparison.Ordinal))
        {
            ownership.Lose($"a later engine wrote or may write the snapshots there (it is {answer}, this one's epoch is {manifest.Epoch})");
            ownership.ThrowIfLost();
        }
        throw new SnapshotRefusedException(
            $"{connection.Description} does not take snapshot {manifest.Sequence} ({answer}): {(answer.StartsWith("older", StringComparison.Ordinal)
                ? "it holds a newer one" : "something changed there during the upload")}");
    }

    private SnapshotRefusedException IsOlder(SnapshotFile snapshot, long stored) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{connection.Description} holds a newer snapshot (sequence {stored}) than this engine's {snapshot.Sequence}; it is not replaced. " +
        $"If this engine's data is the right one, delete the key {keys.Manifest}"));

    private void ThrowIfNoLongerWanted(long started, CancellationToken stopping)
    {
        stopping.ThrowIfCancellationRequested();
        ownership.ThrowIfLost();
        if (Stopwatch.GetElapsedTime(started) > limits.UploadTimeout)
        {
            throw new TimeoutException($"the upload took longer than {limits.UploadTimeout}; {connection.Description} is too slow for it");
        }
    }

    private static string Milliseconds(TimeSpan life) => Text((long)life.TotalMilliseconds);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
