using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyEngine.Numerics;

namespace CopyEngine.Snapshots;

/// <summary>What a chunk is.</summary>
internal enum ChunkKind
{
    /// <summary>First of the file: the header.</summary>
    Header = 1,

    /// <summary>Begins a section: its name.</summary>
    Section = 2,

    /// <summary>Bytes of the section begun last.</summary>
    Content = 3,

    /// <summary>Last of the file: how many chunks there were, and their digest.</summary>
    Footer = 4,
}

/// <summary>
/// What stands before the bytes of each chunk. A file is nothing but chunks, each with its own checksum, so that a chunk
/// can travel and be checked by itself: 16 bytes of prefix, the bytes, zeroes up to a multiple of eight.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ChunkPrefix
{
    public const int Size = 16;

    public ChunkKind Kind;

    /// <summary>Place in the file, from 0.</summary>
    public int Number;

    /// <summary>Bytes after the prefix.</summary>
    public int Length;

    /// <summary>CRC-32C of the prefix without this field, and of the bytes.</summary>
    public uint Checksum;
}

/// <summary>The first chunk.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct HeaderChunk
{
    /// <summary>The first eight bytes of every snapshot.</summary>
    public static readonly ulong MagicNumber = MemoryMarshal.Read<ulong>("CESNAPSH"u8);

    public ulong Magic;

    /// <summary>Stays at this place in every version.</summary>
    public int Version;
    private readonly int _padding1;
    public long Sequence;
    public long Time;
    public ulong HashHigh;
    public ulong HashLow;
    public Journal.ChainHash Chain;
    public uint Batch;
    public int Instruments;
    public int Groups;
    public int Currencies;
    public int Shard;
    private readonly int _padding2;
}

/// <summary>The last chunk.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FooterChunk
{
    /// <summary>Chunks before this one.</summary>
    public int Chunks;
    private readonly int _padding;

    /// <summary>SHA-256 over everything before this chunk.</summary>
    public Sha256Digest Digest;
}

/// <summary>Thirty-two bytes.</summary>
[InlineArray(Length)]
internal struct Sha256Digest
{
    public const int Length = 32;
    private byte _first;
}

/// <summary>The format of snapshot files.</summary>
internal static class SnapshotFormat
{
    /// <summary>The version that is written. Older ones are read, newer ones refused.</summary>
    public const int Version = 1;

    /// <summary>
    /// Most bytes of a chunk, prefix included: small enough for a value in Redis, large enough that nothing but copying
    /// takes time.
    /// </summary>
    public const int ChunkSize = 1 << 20;

    /// <summary>Most bytes of a chunk without its prefix.</summary>
    public const int ContentSize = ChunkSize - ChunkPrefix.Size;

    /// <summary>Longest name of a section.</summary>
    public const int NameLength = 32;

    private const string Prefix = "snapshot-";
    private const string Suffix = ".snap";
    private const int Digits = 16;

    /// <summary>Name of the file of a sequence; names in ordinal order are in order of their sequences.</summary>
    public static string NameOf(long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{sequence:D16}{Suffix}");

    /// <summary>The sequence in a snapshot's name; false for other files.</summary>
    public static bool TrySequence(string name, out long sequence)
    {
        sequence = 0;
        return name.Length == Prefix.Length + Digits + Suffix.Length
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out sequence);
    }

    /// <summary>Bytes that a chunk takes in the file.</summary>
    public static int Padded(int length) => (length + 7) & ~7;

    /// <summary>CRC-32C of a chunk.</summary>
    public static uint ChecksumOf(in ChunkPrefix prefix, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> header = AsciiText.ReadOnlyBytes(in prefix);
        return Crc(Crc(uint.MaxValue, header[..(ChunkPrefix.Size - sizeof(uint))]), bytes);
    }

    private static uint Crc(uint checksum, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
        {
            checksum = BitOperations.Crc32C(checksum, word);
        }
        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            checksum = BitOperations.Crc32C(checksum, rest);
        }
        return checksum;
    }
}
