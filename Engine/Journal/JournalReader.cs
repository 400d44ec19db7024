using System.Runtime.InteropServices;
using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// Reads a journal forward, from any thread or process, also while it is being written: what lies at or before the
/// head's durable sequence does not change. Every batch is checked before its first record is handed out.
/// </summary>
internal sealed class JournalReader : IDisposable
{
    private readonly IStorage _storage;
    private readonly List<long> _segments;
    private readonly long _fromSequence;
    private readonly long _toSequence;
    private readonly bool _hasEnd;
    private readonly uint? _lastBatch;
    private int _index;
    private BatchReader _reader;
    private int _distance;

    private JournalReader(IStorage storage, List<long> segments, int index, long fromSequence, long? toSequence, uint? lastBatch)
    {
        _lastBatch = lastBatch;
        _storage = storage;
        _segments = segments;
        _index = index;
        _fromSequence = fromSequence;
        _toSequence = toSequence ?? long.MaxValue;
        _hasEnd = toSequence is not null;
        _reader = new BatchReader(storage, SegmentHeader.NameOf(segments[index]));
    }

    /// <summary>
    /// Behind the batch in hand: right after opening the one before the first command wanted, where a journal goes on when
    /// everything of it was read.
    /// </summary>
    public JournalPosition Position => _reader.Position;

    /// <summary>The header of the segment in hand.</summary>
    public SegmentHeader Segment => _reader.Header;

    /// <param name="storage">The journal's directory.</param>
    /// <param name="fromSequence">First command wanted; records of the journal's own come from the same batch on.</param>
    /// <param name="toSequence">Last command wanted, which must exist; null: until nothing more follows.</param>
    /// <param name="lastBatch">Last batch to read, which must exist: the head's while somebody writes; null: until nothing more follows.</param>
    /// <exception cref="JournalDamagedException">The journal begins behind <paramref name="fromSequence"/>, or is empty.</exception>
    public static JournalReader Open(IStorage storage, long fromSequence, long? toSequence, uint? lastBatch = null)
    {
        List<long> segments = SegmentList.Of(storage);
        int index = SegmentList.IndexOf(segments, fromSequence);
        if (index < 0)
        {
            string what = segments.Count == 0 ? "there is no segment" : $"the first segment begins with sequence {segments[0]}";
            throw JournalDamagedException.At(storage.Path, SegmentHeader.NameOf(fromSequence), 0, fromSequence, what);
        }
        var reader = new JournalReader(storage, segments, index, fromSequence, toSequence, lastBatch);
        reader.PassOverBatchesBefore(fromSequence);
        return reader;
    }

    /// <summary>
    /// Hash of the chain at the end of a batch after which a command was the last one; null when there is no such batch.
    /// Several may end with the same command: batches of the journal's own records have none.
    /// </summary>
    public static ChainHash? ChainAt(IStorage storage, long sequence, uint batch)
    {
        bool isKept = SegmentList.Of(storage) is [long oldest, ..] && oldest <= sequence;
        using JournalReader reader = Open(storage, isKept ? sequence : sequence + 1, toSequence: null);
        while (reader.Position.NextSequence <= sequence + 1)
        {
            if (reader.Position.NextSequence == sequence + 1 && BatchNumber.Previous(reader.Position.NextBatch) == batch)
            {
                return reader.Position.Chain;
            }
            if (!reader.TryNextBatch())
            {
                return null;
            }
        }
        return null;
    }

    /// <summary>The next record, or false at the end.</summary>
    /// <exception cref="JournalDamagedException">What follows is not whole, or the last command wanted does not exist.</exception>
    public bool TryRead(out JournalRecord record)
    {
        while (true)
        {
            ReadOnlySpan<byte> batch = _reader.Batch;
            while (_distance < batch.Length)
            {
                int length = (int)MemoryMarshal.Read<uint>(batch[_distance..]);
                record = new JournalRecord(batch.Slice(_distance, length));
                _distance += length;
                if (IsWanted(in record))
                {
                    return true;
                }
            }
            if (_reader.NextSequence > _toSequence || IsLastBatch || !TryNextBatch())
            {
                record = default;
                return false;
            }
            _distance = 0;
        }
    }

    public void Dispose() => _reader.Dispose();

    private bool IsLastBatch => _lastBatch is { } last && !BatchNumber.IsAfter(last, BatchNumber.Previous(Position.NextBatch));

    /// <summary>So that <see cref="Position"/> tells at once what stands before the first command wanted.</summary>
    private void PassOverBatchesBefore(long sequence)
    {
        while (_reader.NextSequence < sequence && TryNextBatch())
        {
        }
    }

    private bool IsWanted(in JournalRecord record) =>
        _reader.NextSequence > _fromSequence
        && (record.Kind != RecordKind.Command || (record.Sequence >= _fromSequence && record.Sequence <= _toSequence));

    private bool TryNextBatch()
    {
        while (true)
        {
            switch (_reader.TryRead())
            {
                case BatchOutcome.Batch:
                    return true;
                case BatchOutcome.End when TryNextSegment():
                    continue;
                case BatchOutcome.End when !_hasEnd || _reader.NextSequence > _toSequence:
                    return false;
                case BatchOutcome.End:
                    throw Damaged(_reader.Offset, $"the journal ends here, before command {_toSequence}");
                default:
                    throw Damaged(_reader.FaultOffset, _reader.Fault);
            }
        }
    }

    private bool TryNextSegment()
    {
        if (_index + 1 == _segments.Count && !HasGrown())
        {
            return false;
        }
        var next = new BatchReader(_storage, SegmentHeader.NameOf(_segments[_index + 1]));
        if (!SegmentSeam.Fits(_reader, next.Header))
        {
            next.Dispose();
            throw Damaged(_reader.Offset, $"the next segment, {next.Header.FileName}, does not continue this one");
        }
        _reader.Dispose();
        _reader = next;
        _index++;
        return true;
    }

    /// <summary>Whether the writer has begun a segment since.</summary>
    private bool HasGrown()
    {
        string name = SegmentHeader.NameOf(_reader.NextSequence);
        bool exists = _reader.NextSequence > _segments[^1] && _storage.Exists(name);
        if (exists)
        {
            _segments.Add(_reader.NextSequence);
        }
        return exists;
    }

    private JournalDamagedException Damaged(long offset, string what) =>
        JournalDamagedException.At(_storage.Path, _reader.File.Name, offset, _reader.NextSequence, what);
}
