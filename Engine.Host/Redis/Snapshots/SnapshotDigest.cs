using System.Security.Cryptography;

namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>
/// Digests of a snapshot's file, made before anything is sent: SHA-256 of the whole, which the manifest carries, and of
/// each chunk the only digest that Redis can compute itself. That one has to find accidents, not forgers.
/// </summary>
internal sealed record SnapshotDigest(long Length, int ChunkBytes, string Sha256, IReadOnlyList<string> Chunks)
{
    /// <summary>Reads the file once.</summary>
    public static SnapshotDigest Of(Stream file, int chunkBytes, CancellationToken cancellation)
    {
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunks = new List<string>();
        byte[] buffer = new byte[chunkBytes];
        long length = 0;
        for (int read = Fill(file, buffer); read > 0; read = Fill(file, buffer))
        {
            cancellation.ThrowIfCancellationRequested();
            whole.AppendData(buffer, 0, read);
            chunks.Add(Convert.ToHexStringLower(SHA1.HashData(buffer.AsSpan(0, read))));
            length += read;
        }
        return new SnapshotDigest(length, chunkBytes, Convert.ToHexStringLower(whole.GetHashAndReset()), chunks);
    }

    /// <summary>Reads as much as fits; less only at the end.</summary>
    public static int Fill(Stream file, byte[] buffer) => file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
}
