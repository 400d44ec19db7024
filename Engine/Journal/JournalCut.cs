using System.Globalization;
using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>The place before a sequence at which a damaged journal is cut, and what is kept of the batch there.</summary>
internal sealed class JournalCut
{
    private const int Window = 1 << 20;
    private const string UnfinishedName = "journal.repair";

    private readonly IStorage _storage;
    private readonly List<long> _segments;
    private readonly long _fromSequence;
    private BatchReader _reader;
    private int _index;
    private JournalPosition _end;

    private JournalCut(IStorage storage, List<long> segments, int index, long fromSequence)
    {
        _storage = storage;
        _segments = segments;
        _index = index;
        _fromSequence = fromSequence;
        _reader = Open(index);
        Position = _reader.Position;
    }

    /// <summary>Behind the last batch that stays whole.</summary>
    public JournalPosition Position { get; private set; }

    /// <summary>Behind the batch that was put there.</summary>
    public JournalPosition End => _end;

    /// <summary>Whole records between <see cref="Position"/> and the cut.</summary>
    public byte[] Kept { get; private set; } = [];

    /// <exception cref="ArgumentException">The journal cannot be cut there.</exception>
    public static JournalCut Find(IStorage storage, long fromSequence)
    {
        List<long> segments = SegmentList.Of(storage);
        int index = SegmentList.IndexOf(segments, fromSequence);
        // Nothing of the segment that begins at the cut stays, so it need not be readable.
        index = index > 0 && segments[index] == fromSequence ? index - 1 : index;
        if (index < 0)
        {
            throw new ArgumentException($"the journal in {storage.Path} has nothing before sequence {fromSequence} that could be kept");
        }
        var cut = new JournalCut(storage, segments, index, fromSequence);
        try
        {
            cut.Search();
            return cut;
        }
        finally
        {
            cut._reader.Dispose();
        }
    }

    /// <summary>
    /// Removes what follows the cut, and puts a batch with what is kept of the one there in its place; copies stay under
    /// names that no reader of journals looks at. Interrupted anywhere, it can be done again.
    /// </summary>
    /// <returns>Whole commands that were given up.</returns>
    public long Make(long time)
    {
        long lost = 0;
        for (int index = _segments.Count - 1; index > _index; index--)
        {
            string name = SegmentHeader.NameOf(_segments[index]);
            lost += CountCommands(name, SegmentHeader.Length);
            _storage.Rename(name, UnusedNameFor(name));
            _storage.SyncDirectory();
        }
        lost += CountCommands(Position.Segment, Position.Offset);
        CopySegment(UnusedNameFor(Position.Segment), long.MaxValue, []);
        if (_storage.Exists(UnfinishedName))
        {
            _storage.Delete(UnfinishedName);
        }
        CopySegment(UnfinishedName, Position.Offset, LastBatch(time));
        _storage.Rename(UnfinishedName, Position.Segment);
        _storage.SyncDirectory();
        return lost;
    }

    private BatchReader Open(int index) => new(_storage, SegmentHeader.NameOf(_segments[index]));

    /// <summary>Reads whole batches up to the one in which the cut lies, or the first that is not whole.</summary>
    private void Search()
    {
        while (_reader.NextSequence < _fromSequence)
        {
            BatchOutcome outcome = _reader.TryRead();
            if (outcome == BatchOutcome.Batch && _reader.NextSequence <= _fromSequence)
            {
                Position = _reader.Position;
            }
            else if (outcome == BatchOutcome.Batch || !TryNextSegment(outcome))
            {
                KeepBeginning();
                return;
            }
        }
    }

    private bool TryNextSegment(BatchOutcome outcome)
    {
        if (outcome != BatchOutcome.End || _index + 1 == _segments.Count || _segments[_index + 1] != _reader.NextSequence)
        {
            return false;
        }
        BatchReader next = Open(_index + 1);
        bool fits = SegmentSeam.Fits(_reader, next.Header);
        _reader.Dispose();
        _reader = next;
        if (!fits)
        {
            throw new ArgumentException(
                $"{next.File.Name} does not continue the segment before it: accept the loss from sequence {next.NextSequence} on");
        }
        _index++;
        Position = next.Position;
        return true;
    }

    /// <summary>Keeps the whole records that stand before the cut in a batch that is cut or broken.</summary>
    private void KeepBeginning()
    {
        using IStorageFile file = _storage.Open(Position.Segment, isWritable: false);
        byte[] bytes = new byte[file.Length - Position.Offset];
        file.Read(Position.Offset, bytes);
        long sequence = Position.NextSequence;
        int length = 0;
        while (sequence < _fromSequence
            && bytes.Length - length >= RecordHeader.Size
            && BatchReader.IsRecord(bytes.AsSpan(length), out RecordHeader header)
            && header.Batch == Position.NextBatch
            && header.Type != RecordType.Commit
            && (header.Type >= RecordType.FirstOwn || header.Sequence == sequence))
        {
            sequence += header.Type < RecordType.FirstOwn ? 1 : 0;
            length += (int)header.Length;
        }
        if (sequence < _fromSequence)
        {
            throw new ArgumentException($"the journal in {_storage.Path} has whole commands up to {sequence - 1} only: "
                + $"accept the loss from sequence {sequence} on, or restore the directory from a backup");
        }
        Kept = bytes[..length];
    }

    private string UnusedNameFor(string name)
    {
        for (int number = 1; ; number++)
        {
            string unused = string.Create(CultureInfo.InvariantCulture, $"lost-{number}-{name}");
            if (!_storage.Exists(unused))
            {
                return unused;
            }
        }
    }

    /// <summary>What is kept, the note of the loss, and their commit; the position moves behind it.</summary>
    private ReadOnlySpan<byte> LastBatch(long time)
    {
        var batch = new BatchBuffer(Kept.Length + JournalRecord.MostBytes + JournalRecord.CommitBytes);
        CommandSlot slot = default;
        foreach (JournalRecord record in new RecordEnumerator(Kept))
        {
            if (record.Kind == RecordKind.Command)
            {
                record.CopyTo(ref slot);
                batch.Add(in slot, Position.NextBatch);
            }
            else
            {
                batch.Add(record.Header.Type, record.Sequence, record.Time, Position.NextBatch, record.Payload);
            }
        }
        batch.Add(RecordType.AcceptedLoss, _fromSequence, time, Position.NextBatch, []);
        ChainHash chain = batch.Seal(Position.Chain, _fromSequence - 1, Position.NextBatch);
        _end = Position with
        {
            NextSequence = _fromSequence,
            NextBatch = BatchNumber.Next(Position.NextBatch),
            Chain = chain,
            Offset = Position.Offset + batch.Length,
        };
        return batch.Bytes;
    }

    /// <summary>A new file with the segment's beginning and then these bytes.</summary>
    private void CopySegment(string name, long beginning, ReadOnlySpan<byte> then)
    {
        using IStorageFile from = _storage.Open(Position.Segment, isWritable: false);
        using IStorageFile to = _storage.Create(name, Math.Max(from.Length, then.IsEmpty ? 0 : beginning + then.Length));
        beginning = Math.Min(beginning, from.Length);
        byte[] bytes = new byte[Window];
        for (long offset = 0; offset < beginning; offset += bytes.Length)
        {
            int read = from.Read(offset, bytes.AsSpan(0, (int)Math.Min(bytes.Length, beginning - offset)));
            to.Write(offset, bytes.AsSpan(0, read));
        }
        to.Write(beginning, then);
        to.Sync();
        _storage.SyncDirectory();
    }

    /// <summary>Commands from the cut on that are whole, wherever they stand.</summary>
    private long CountCommands(string name, long fromOffset)
    {
        using IStorageFile file = _storage.Open(name, isWritable: false);
        byte[] bytes = new byte[Math.Max(0, file.Length - fromOffset)];
        file.Read(fromOffset, bytes);
        long count = 0;
        for (int place = 0; place + RecordHeader.Size <= bytes.Length;)
        {
            bool isRecord = MemoryMarshal.Read<ulong>(bytes.AsSpan(place)) != 0
                & BatchReader.IsRecord(bytes.AsSpan(place), out RecordHeader header);
            count += isRecord && header.Type < RecordType.FirstOwn && header.Sequence >= _fromSequence ? 1 : 0;
            place += isRecord ? (int)header.Length : sizeof(ulong);
        }
        return count;
    }
}
