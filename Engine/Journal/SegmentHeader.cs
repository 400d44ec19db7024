using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>The first block of a segment file: which segment it is and what came before it.</summary>
/// <param name="FirstSequence">Sequence of the first command that is written into it.</param>
/// <param name="Number">Number of the segment, from 1, without gaps.</param>
/// <param name="Chain">Hash of the chain before its first batch.</param>
/// <param name="FirstBatch">Number of its first batch.</param>
/// <param name="Limits">The limits that the state was laid out by.</param>
internal readonly record struct SegmentHeader(long FirstSequence, long Number, ChainHash Chain, uint FirstBatch, FixedLimits Limits)
{
    /// <summary>Bytes of the block: one page, so that batches never share a page with it.</summary>
    public const int Length = 4096;

    public const int CurrentVersion = 1;

    private const ulong Magic = 0x4C4E524A45504F43; // "COPEJRNL"
    private const int ChecksumOffset = Length - sizeof(ulong);
    private const string Prefix = "journal-";
    private const string Suffix = ".seg";
    private const int NameDigits = 16;

    public string FileName => NameOf(FirstSequence);

    public static string NameOf(long firstSequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{firstSequence:D16}{Suffix}");

    /// <summary>The first sequence that a file's name tells, or null when it is not a segment's name.</summary>
    public static long? FirstSequenceOf(string name) =>
        name.Length == Prefix.Length + NameDigits + Suffix.Length
        && name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.EndsWith(Suffix, StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(Prefix.Length, NameDigits), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            ? sequence
            : null;

    /// <summary>Fills a block of <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> block)
    {
        block.Clear();
        var fields = new Fields
        {
            Magic = Magic,
            Version = CurrentVersion,
            FirstBatch = FirstBatch,
            FirstSequence = FirstSequence,
            Number = Number,
            Chain = Chain,
            Instruments = Limits.Instruments,
            Groups = Limits.Groups,
            Currencies = Limits.Currencies,
            Shard = Limits.Shard,
        };
        MemoryMarshal.Write(block, in fields);
        MemoryMarshal.Write<ulong>(block[ChecksumOffset..], ChecksumOf(block));
    }

    /// <summary>Reads the header of a segment file and compares it with the file's name.</summary>
    /// <exception cref="JournalDamagedException">It is not one, or not whole.</exception>
    /// <exception cref="NewerFormatException">A newer version wrote it.</exception>
    public static SegmentHeader Read(IStorage storage, IStorageFile file)
    {
        byte[] block = new byte[Length];
        long named = FirstSequenceOf(file.Name) ?? 0;
        if (file.Read(0, block) < Length)
        {
            throw Damaged("the file ends within its header block");
        }
        Fields fields = MemoryMarshal.Read<Fields>(block);
        bool isWhole = MemoryMarshal.Read<ulong>(block.AsSpan(ChecksumOffset)) == ChecksumOf(block);
        if (fields.Magic != Magic || !isWhole)
        {
            throw Damaged("the header block is not that of a journal segment");
        }
        if (fields.Version > CurrentVersion)
        {
            throw new NewerFormatException(System.IO.Path.Combine(storage.Path, file.Name), fields.Version, CurrentVersion);
        }
        if (fields.FirstSequence != named)
        {
            throw Damaged($"the file is the segment that begins with sequence {fields.FirstSequence}");
        }
        var limits = new FixedLimits(fields.Instruments, fields.Groups, fields.Currencies, fields.Shard);
        return new SegmentHeader(fields.FirstSequence, fields.Number, fields.Chain, fields.FirstBatch, limits);

        JournalDamagedException Damaged(string what) => JournalDamagedException.At(storage.Path, file.Name, 0, named, what);
    }

    /// <summary>What the last word of a header block has to be.</summary>
    internal static ulong ChecksumOf(ReadOnlySpan<byte> block)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(block[..ChecksumOffset]))
        {
            crc = BitOperations.Crc32C(crc, word);
        }
        return ~crc;
    }

    private struct Fields
    {
        public ulong Magic;
        public int Version;
        public uint FirstBatch;
        public long FirstSequence;
        public long Number;
        public ChainHash Chain;
        public int Instruments;
        public int Groups;
        public int Currencies;
        public int Shard;
    }
}
