using System.Numerics;
using System.Runtime.InteropServices;
using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// What is known to be durable, from <c>journal.head</c>: written after, never before, the sync it tells of. Damage up
/// to here can never pass for an unfinished write.
/// </summary>
/// <param name="DurableSequence">Last command that may have been acknowledged.</param>
/// <param name="Batch">The batch that it is in.</param>
/// <param name="Chain">Hash of the chain at the end of that batch.</param>
/// <param name="Segment">Number of the segment written last, 0 before there is one.</param>
/// <param name="Generation">Counts the writes of the head; the higher one is the newer.</param>
/// <param name="Durability">What durable meant.</param>
internal readonly record struct JournalHead(
    long DurableSequence, uint Batch, ChainHash Chain, long Segment, long Generation, Durability Durability)
{
    public const string FileName = "journal.head";

    /// <summary>Bytes of one of the two places: a disk writes a sector whole or not at all.</summary>
    public const int SlotLength = 512;

    public const int Slots = 2;

    public const int CurrentVersion = 1;

    private const ulong Magic = 0x4441454845504F43; // "COPEHEAD"
    private const int ChecksumOffset = SlotLength - sizeof(ulong);

    /// <summary>Where it goes: never over the newest one.</summary>
    public long Offset => Generation % Slots * SlotLength;

    /// <summary>The newer of the two places that is whole, or null when there is no file.</summary>
    /// <exception cref="JournalDamagedException">Neither is whole.</exception>
    public static JournalHead? Read(IStorage storage)
    {
        if (!storage.Exists(FileName))
        {
            return null;
        }
        byte[] bytes = new byte[Slots * SlotLength];
        using (IStorageFile file = storage.Open(FileName, isWritable: false))
        {
            file.Read(0, bytes);
        }
        JournalHead? newest = null;
        for (int slot = 0; slot < Slots; slot++)
        {
            if (ReadSlot(storage, bytes.AsSpan(slot * SlotLength, SlotLength)) is { } head
                && (newest is null || head.Generation > newest.Value.Generation))
            {
                newest = head;
            }
        }
        return newest ?? throw JournalDamagedException.At(
            storage.Path, FileName, 0, 1, "neither place is whole, so it is not known what was acknowledged");
    }

    public void Write(Span<byte> slot)
    {
        slot.Clear();
        var fields = new Fields
        {
            Magic = Magic,
            Version = CurrentVersion,
            Batch = Batch,
            DurableSequence = DurableSequence,
            Segment = Segment,
            Generation = Generation,
            Chain = Chain,
            Durability = (long)Durability,
        };
        MemoryMarshal.Write(slot, in fields);
        MemoryMarshal.Write(slot[ChecksumOffset..], ChecksumOf(slot));
    }

    private static JournalHead? ReadSlot(IStorage storage, ReadOnlySpan<byte> slot)
    {
        Fields fields = MemoryMarshal.Read<Fields>(slot);
        if (fields.Magic != Magic || MemoryMarshal.Read<ulong>(slot[ChecksumOffset..]) != ChecksumOf(slot))
        {
            return null;
        }
        if (fields.Version > CurrentVersion)
        {
            throw new NewerFormatException(System.IO.Path.Combine(storage.Path, FileName), fields.Version, CurrentVersion);
        }
        return new JournalHead(
            fields.DurableSequence, fields.Batch, fields.Chain, fields.Segment, fields.Generation, (Durability)fields.Durability);
    }

    private static ulong ChecksumOf(ReadOnlySpan<byte> slot)
    {
        uint crc = uint.MaxValue;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(slot[..ChecksumOffset]))
        {
            crc = BitOperations.Crc32C(crc, word);
        }
        return ~crc;
    }

    private struct Fields
    {
        public ulong Magic;
        public int Version;
        public uint Batch;
        public long DurableSequence;
        public long Segment;
        public long Generation;
        public ChainHash Chain;
        public long Durability;
    }
}
