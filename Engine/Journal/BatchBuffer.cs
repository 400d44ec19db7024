using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CopyEngine.Commands;

namespace CopyEngine.Journal;

/// <summary>
/// The records of the batch in hand, in the bytes in which they are written. The hash of the chain so far stands before
/// them, so that the batch's own hash is one pass over one stretch of memory.
/// </summary>
internal sealed class BatchBuffer(int mostBytes)
{
    private const int FirstBytes = 64 << 10;

    private byte[] _bytes = new byte[Math.Min(FirstBytes, ChainHash.Length + mostBytes)];
    private int _end = ChainHash.Length;

    /// <summary>Records in the batch, its commit not counted.</summary>
    public uint Records { get; private set; }

    /// <summary>Bytes of the batch so far, or of all of it once it is sealed.</summary>
    public int Length => _end - ChainHash.Length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(ChainHash.Length, Length);

    /// <summary>Whether a record of any length still fits, and the commit behind it.</summary>
    public bool HasRoom => Length + JournalRecord.MostBytes + JournalRecord.CommitBytes <= mostBytes;

    public void Clear()
    {
        _end = ChainHash.Length;
        Records = 0;
    }

    public void Add(in CommandSlot slot, uint batch)
    {
        ReadOnlySpan<ulong> payload = MemoryMarshal.Cast<byte, ulong>(slot.Payload);
        int words = payload.Length;
        while (words > 0 && payload[words - 1] == 0)
        {
            words--;
        }
        Span<byte> record = Claim(RecordHeader.Size + words * sizeof(ulong));
        ref RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(record);
        header.Length = (uint)record.Length;
        header.Type = (ushort)slot.Header.Type;
        header.Version = RecordHeader.CurrentVersion;
        header.Sequence = slot.Header.Sequence;
        header.Time = slot.Header.Time;
        header.Correlation = slot.Header.Correlation;
        header.Session = slot.Header.Session;
        header.Key = slot.Header.Key;
        header.Batch = batch;
        MemoryMarshal.AsBytes(payload[..words]).CopyTo(record[RecordHeader.Size..]);
        header.Checksum = RecordHeader.ChecksumOf(record);
        Records++;
    }

    /// <summary>Adds a record of the journal's own.</summary>
    public void Add(ushort type, long sequence, long time, uint batch, ReadOnlySpan<byte> payload)
    {
        Span<byte> record = Claim(RecordHeader.Size + payload.Length);
        ref RecordHeader header = ref MemoryMarshal.AsRef<RecordHeader>(record);
        header = new RecordHeader
        {
            Length = (uint)record.Length,
            Type = type,
            Version = RecordHeader.CurrentVersion,
            Sequence = sequence,
            Time = time,
            Batch = batch,
        };
        payload.CopyTo(record[RecordHeader.Size..]);
        header.Checksum = RecordHeader.ChecksumOf(record);
        Records++;
    }

    /// <summary>Ends the batch with its commit record.</summary>
    /// <returns>The hash of the chain with this batch.</returns>
    public ChainHash Seal(in ChainHash previous, long lastSequence, uint batch)
    {
        previous.Write(_bytes);
        Span<byte> payload = stackalloc byte[JournalRecord.CommitChainOffset + ChainHash.Length];
        payload.Clear();
        uint records = Records;
        MemoryMarshal.Write(payload, in records);
        SHA256.HashData(_bytes.AsSpan(0, _end), payload[JournalRecord.CommitChainOffset..]);
        Add(RecordType.Commit, lastSequence, time: 0, batch, payload);
        return ChainHash.Read(payload[JournalRecord.CommitChainOffset..]);
    }

    private Span<byte> Claim(int length)
    {
        if (_end + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Min(_bytes.Length * 2, ChainHash.Length + mostBytes));
        }
        Span<byte> record = _bytes.AsSpan(_end, length);
        _end += length;
        return record;
    }
}
