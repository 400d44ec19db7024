using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>What stands at a place of a segment.</summary>
internal enum BatchOutcome
{
    /// <summary>A whole batch that continues the chain.</summary>
    Batch,

    /// <summary>Zero, or no room for another record: nothing was written there, or it is gone.</summary>
    End,

    /// <summary>The beginning of a batch and then bytes that are no record: an unfinished write, or damage.</summary>
    Broken,

    /// <summary>Whole records that cannot stand there: nothing unfinished looks like this.</summary>
    Misplaced,
}

/// <summary>
/// Reads one batch after another of one segment and checks each as a whole before anything of it is handed out:
/// checksums, batch number, sequences without gap, number of records, hash of the chain.
/// </summary>
internal sealed class BatchReader : IDisposable
{
    private const int ReadAhead = 512 << 10;

    private readonly IStorageFile _file;
    private byte[] _bytes = [];

    // The window _bytes[_start.._end] holds the file from Offset on; ChainHash.Length bytes before it stay free.
    private int _start = ChainHash.Length;
    private int _end = ChainHash.Length;
    private int _batchLength;

    public BatchReader(IStorage storage, string name)
    {
        _file = storage.Open(name, isWritable: false);
        try
        {
            Header = SegmentHeader.Read(storage, _file);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
        _bytes = new byte[(int)Math.Min(ReadAhead, ChainHash.Length + _file.Length)];
        Offset = SegmentHeader.Length;
        NextSequence = Header.FirstSequence;
        NextBatch = Header.FirstBatch;
        Chain = Header.Chain;
    }

    public SegmentHeader Header { get; }

    public IStorageFile File => _file;

    /// <summary>Where the next batch begins.</summary>
    public long Offset { get; private set; }

    public long NextSequence { get; private set; }

    public uint NextBatch { get; private set; }

    public ChainHash Chain { get; private set; }

    /// <summary>The records of the batch just read, its commit included.</summary>
    public ReadOnlySpan<byte> Batch => _bytes.AsSpan(_start, _batchLength);

    /// <summary>Where the reading of a broken or misplaced batch failed.</summary>
    public long FaultOffset { get; private set; }

    /// <summary>What is wrong there.</summary>
    public string Fault { get; private set; } = string.Empty;

    public JournalPosition Position => new(NextSequence, NextBatch, Chain, _file.Name, Offset, Header.Number);

    /// <summary>Reads the batch at <see cref="Offset"/> and moves behind it if it is whole.</summary>
    public BatchOutcome TryRead()
    {
        _start += _batchLength;
        _batchLength = 0;
        int length = 0;
        uint records = 0;
        long sequence = NextSequence;
        while (true)
        {
            if (!TryFindRecord(length, out RecordHeader header))
            {
                return length == 0 && header.Length == 0 ? BatchOutcome.End : Fail(BatchOutcome.Broken, length, "no whole record");
            }
            string? misplaced = header.Batch != NextBatch ? $"a record of batch {header.Batch} where batch {NextBatch} belongs"
                : header.Type < RecordType.FirstOwn && header.Sequence != sequence ? $"command {header.Sequence} where {sequence} belongs"
                : null;
            if (misplaced is not null)
            {
                return Fail(BatchOutcome.Misplaced, length, misplaced);
            }
            if (header.Type == RecordType.Commit)
            {
                return End(length, (int)header.Length, records, sequence);
            }
            sequence += header.Type < RecordType.FirstOwn ? 1 : 0;
            records++;
            length += (int)header.Length;
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Whether bytes could be a record, and are one: length in range and checksum right.</summary>
    public static bool IsRecord(ReadOnlySpan<byte> bytes, out RecordHeader header)
    {
        header = MemoryMarshal.Read<RecordHeader>(bytes);
        return header.Length is >= RecordHeader.Size and <= JournalRecord.MostBytes
            && header.Length % sizeof(ulong) == 0
            && header.Length <= bytes.Length
            && header.Checksum == RecordHeader.ChecksumOf(bytes[..(int)header.Length]);
    }

    /// <summary>The record at a distance from the batch's beginning. False: zero length, the file's end, or no record.</summary>
    private bool TryFindRecord(int distance, out RecordHeader header)
    {
        Fetch(distance + JournalRecord.MostBytes);
        ReadOnlySpan<byte> bytes = _bytes.AsSpan(_start + distance, Math.Min(JournalRecord.MostBytes, _end - _start - distance));
        if (bytes.Length < RecordHeader.Size)
        {
            header = default;
            return false;
        }
        if (!IsRecord(bytes, out header))
        {
            return false;
        }
        if (header.Version > RecordHeader.CurrentVersion)
        {
            throw new NewerFormatException(_file.Name, header.Version, RecordHeader.CurrentVersion);
        }
        return true;
    }

    /// <summary>Judges the commit record that ends the batch.</summary>
    private BatchOutcome End(int length, int commitLength, uint records, long sequence)
    {
        var commit = new JournalRecord(_bytes.AsSpan(_start + length, commitLength));
        if (commitLength != JournalRecord.CommitBytes || commit.CommittedRecords != records || commit.Sequence != sequence - 1)
        {
            return Fail(BatchOutcome.Misplaced, length, $"a commit that does not belong to the {records} records before it");
        }
        ChainHash chain = ChainOf(length);
        if (chain != commit.CommittedChain)
        {
            return Fail(BatchOutcome.Misplaced, length, "the chain of hashes is broken");
        }
        _batchLength = length + commitLength;
        Offset += _batchLength;
        NextSequence = sequence;
        NextBatch = BatchNumber.Next(NextBatch);
        Chain = chain;
        return BatchOutcome.Batch;
    }

    /// <summary>The hash covers the chain before the batch and the batch, which are laid side by side for it.</summary>
    private ChainHash ChainOf(int length)
    {
        Span<byte> before = _bytes.AsSpan(_start - ChainHash.Length, ChainHash.Length);
        Chain.Write(before);
        Span<byte> hash = stackalloc byte[ChainHash.Length];
        SHA256.HashData(_bytes.AsSpan(_start - ChainHash.Length, ChainHash.Length + length), hash);
        return ChainHash.Read(hash);
    }

    private BatchOutcome Fail(BatchOutcome outcome, int distance, string fault)
    {
        FaultOffset = Offset + distance;
        Fault = fault;
        return outcome;
    }

    /// <summary>Makes the window that long, unless the file ends before.</summary>
    private void Fetch(int length)
    {
        if (_end - _start >= length)
        {
            return;
        }
        if (_start + length > _bytes.Length)
        {
            int held = _end - _start;
            byte[] target = ChainHash.Length + length > _bytes.Length ? new byte[2 * (ChainHash.Length + length)] : _bytes;
            _bytes.AsSpan(_start, held).CopyTo(target.AsSpan(ChainHash.Length));
            _start = ChainHash.Length;
            _end = _start + held;
            _bytes = target;
        }
        _end += _file.Read(Offset + _end - _start, _bytes.AsSpan(_end));
    }
}
