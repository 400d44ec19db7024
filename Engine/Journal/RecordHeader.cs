using System.Numerics;
using System.Runtime.InteropServices;

namespace CopyEngine.Journal;

/// <summary>
/// The first 48 bytes of a record, little-endian. A record's length is a multiple of 8 and a length of zero is the end
/// of what was written, since segments begin as zeroes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RecordHeader
{
    public const int Size = 48;

    /// <summary>Version of the record format.</summary>
    public const ushort CurrentVersion = 1;

    /// <summary>Bytes of the record, these included.</summary>
    public uint Length;

    /// <summary>A <see cref="Commands.CommandType"/>, or a <see cref="RecordType"/> of the journal's own.</summary>
    public ushort Type;

    public ushort Version;

    public long Sequence;

    public long Time;

    public long Correlation;

    public int Session;

    public int Key;

    public uint Batch;

    /// <summary>CRC-32C over the fields before it and the payload.</summary>
    public uint Checksum;

    /// <summary>What <see cref="Checksum"/> has to be for the bytes of a whole record.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(record);
        uint crc = uint.MaxValue;
        for (int word = 0; word < 5; word++)
        {
            crc = BitOperations.Crc32C(crc, words[word]);
        }
        crc = BitOperations.Crc32C(crc, (uint)(words[5] & uint.MaxValue));
        for (int word = 6; word < words.Length; word++)
        {
            crc = BitOperations.Crc32C(crc, words[word]);
        }
        return ~crc;
    }
}

/// <summary>Records that are not commands. The numbers are part of the format and are never used again.</summary>
internal static class RecordType
{
    /// <summary>Types from here on are the journal's own.</summary>
    public const ushort FirstOwn = 0xFF00;

    /// <summary>The end of a batch: number of records, hash of the chain.</summary>
    public const ushort Commit = 0xFF00;

    /// <summary>The state's hash after a sequence.</summary>
    public const ushort StateHash = 0xFF01;

    /// <summary>An operator took a command out of force.</summary>
    public const ushort Void = 0xFF02;

    /// <summary>An operator gave up everything from a sequence on.</summary>
    public const ushort AcceptedLoss = 0xFF03;
}
