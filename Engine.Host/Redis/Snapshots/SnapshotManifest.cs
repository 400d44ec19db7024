using System.Globalization;
using System.Text;
using CopyEngine.Host.Redis.Connection;

namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>What the hash <c>ce:&lt;shard&gt;:snapshot</c> says of the current snapshot, and of the one before it.</summary>
internal sealed record SnapshotManifest
{
    /// <summary>Last command in the snapshot; part of its chunks' names.</summary>
    public required long Sequence { get; init; }

    /// <summary>Effective time of that command, microseconds since 1970. Shown in milliseconds.</summary>
    public required long Time { get; init; }

    /// <summary>Version of the file's format.</summary>
    public required int Version { get; init; }

    /// <summary>Chunks; they are numbered from 0.</summary>
    public required int Chunks { get; init; }

    /// <summary>Bytes of the file.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes of every chunk but the last.</summary>
    public required int ChunkBytes { get; init; }

    /// <summary>Hash of the state in it.</summary>
    public required string StateHash { get; init; }

    /// <summary>SHA-256 of the file, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Fencing epoch of the engine that wrote it.</summary>
    public required long Epoch { get; init; }

    /// <summary>Instance of the engine that wrote it.</summary>
    public required string Owner { get; init; }

    /// <summary>Sequence of the snapshot that this one replaced; -1: none.</summary>
    public long PreviousSequence { get; init; } = -1;

    /// <summary>Chunks of the snapshot that this one replaced.</summary>
    public int PreviousChunks { get; init; }

    /// <summary>Bytes of a chunk.</summary>
    public int LengthOf(int chunk) => (int)Math.Min(ChunkBytes, Length - ((long)chunk * ChunkBytes));

    /// <summary>Fields and values, in turn.</summary>
    public string[] ToFields() =>
    [
        "sequence", Text(Sequence), "time", Text(Time / 1000), "version", Text(Version), "chunks", Text(Chunks),
        "chunk_bytes", Text(ChunkBytes), "length", Text(Length), "state_hash", StateHash, "sha256", Sha256,
        "epoch", Text(Epoch), "owner", Owner, "previous_sequence", Text(PreviousSequence), "previous_chunks", Text(PreviousChunks),
    ];

    /// <summary>Reads the hash; null when no snapshot was ever stored under it.</summary>
    /// <exception cref="SnapshotRefusedException">It holds something that no engine wrote.</exception>
    public static SnapshotManifest? Parse(string key, RespReply hash)
    {
        Dictionary<string, string> fields = ReadFields(hash);
        if (!fields.ContainsKey("sequence"))
        {
            return null;
        }
        var manifest = new SnapshotManifest
        {
            Sequence = Number("sequence"),
            Time = Number("time") * 1000,
            Version = (int)Number("version"),
            Chunks = (int)Number("chunks"),
            ChunkBytes = (int)Number("chunk_bytes"),
            Length = Number("length"),
            StateHash = fields.GetValueOrDefault("state_hash", ""),
            Sha256 = fields.GetValueOrDefault("sha256", ""),
            Epoch = Number("epoch"),
            Owner = fields.GetValueOrDefault("owner", ""),
            PreviousSequence = Number("previous_sequence"),
            PreviousChunks = (int)Number("previous_chunks"),
        };
        return manifest.HasPlausibleSizes ? manifest : throw Damaged("its sizes contradict each other");

        long Number(string field) =>
            fields.TryGetValue(field, out string? text)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            && number is >= -1 and <= MaxNumber
                ? number
                : throw Damaged($"its field {field} is missing or no number");

        SnapshotRefusedException Damaged(string what) =>
            new($"the snapshot manifest {key} in Redis is damaged: {what}; delete the key {key} to give that snapshot up");
    }

    /// <summary>Where Lua counts exactly; times in milliseconds are far below.</summary>
    private const long MaxNumber = 1L << 53;

    private bool HasPlausibleSizes =>
        Sequence >= 0 && Version is >= 0 and <= ushort.MaxValue && Length > 0 && ChunkBytes is > 0 and <= MaxChunkBytes
        && Chunks == (Length + ChunkBytes - 1) / ChunkBytes && PreviousChunks >= 0;

    /// <summary>Redis itself takes no longer string.</summary>
    private const int MaxChunkBytes = 512 << 20;

    private static Dictionary<string, string> ReadFields(RespReply hash)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        RespReply[] items = hash.Items ?? [];
        for (int i = 0; i + 1 < items.Length; i += 2)
        {
            fields[Encoding.UTF8.GetString(items[i].Bytes ?? [])] = items[i + 1].Text;
        }
        return fields;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
