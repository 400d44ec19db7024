using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// Writes commands in batches: records are gathered in memory, then written with one call, synced, and only then
/// counted as durable. One thread appends and commits; what is marked so may be read by any. The first failure is the
/// last: nothing is tried again, since the kernel may report success for bytes that it has dropped.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly IStorage _storage;
    private readonly Durability _durability;
    private readonly FixedLimits _fixedLimits;
    private readonly TimeProvider _clock;
    private readonly BatchBuffer _batch;
    private readonly SpareSegment _spare;
    private readonly HeadFile _head;
    private readonly JournalUpkeep _upkeep;
    private readonly Lock _trimming = new();
    private readonly List<long> _segments;
    private IStorageFile _segment;
    private long _segmentLength;
    private JournalPosition _position;
    private long _nextSequence;
    private long _durableSequence;
    private long _lastSync;
    private long _longestSync;
    private long _syncStarted;
    private long _commits;
    private long _records;
    private long _bytesWritten;
    private Exception? _failure;
    private bool _isDisposed;

    /// <param name="storage">The journal's directory; the caller has its lock.</param>
    /// <param name="limits">Sizes and intervals.</param>
    /// <param name="durability">When a batch counts as written.</param>
    /// <param name="position">Where to go on, from <see cref="JournalScan"/>, or the beginning of a new journal.</param>
    /// <param name="fixedLimits">The limits that the state is laid out by, for the headers of new segments.</param>
    /// <param name="clock">Measures syncs; the system's when not given.</param>
    /// <param name="hasOwnThread">Whether a thread does the upkeep; if not, the owner calls <see cref="Upkeep"/>.</param>
    public JournalWriter(
        IStorage storage,
        JournalLimits limits,
        Durability durability,
        in JournalPosition position,
        FixedLimits fixedLimits,
        TimeProvider? clock = null,
        bool hasOwnThread = true)
    {
        limits.Checked();
        _storage = storage;
        _durability = durability;
        _fixedLimits = fixedLimits;
        _clock = clock ?? TimeProvider.System;
        _batch = new BatchBuffer(limits.BatchBytesIn(limits.SegmentBytes));
        _position = position;
        _nextSequence = position.NextSequence;
        _durableSequence = position.NextSequence - 1;
        _segments = SegmentList.Of(storage);
        _spare = new SpareSegment(storage, limits.SegmentBytes);
        _spare.Find();
        _head = HeadFile.OpenOrCreate(storage, in position, durability);
        _segment = OpenSegment();
        _segmentLength = _segment.Length;
        _upkeep = new JournalUpkeep(_spare, durability == Durability.Fsync ? _head : null, limits, _clock, hasOwnThread);
    }

    /// <summary>Last command that may be told of. Any thread.</summary>
    public long DurableSequence => Volatile.Read(ref _durableSequence);

    /// <summary>How long the sync that runs now has been running; zero when none does. Any thread.</summary>
    public TimeSpan SyncInProgress => Volatile.Read(ref _syncStarted) is var started and not 0 ? _clock.GetElapsedTime(started) : TimeSpan.Zero;

    /// <summary>Whether no spare segment can be prepared, so that new risk is refused. Ends by itself. Any thread.</summary>
    public bool IsStorageLow => _spare.IsLow;

    /// <summary>How the journal is doing. Any thread.</summary>
    public JournalStatistics Statistics => new(
        DurableSequence,
        Volatile.Read(ref _commits),
        Volatile.Read(ref _records),
        Volatile.Read(ref _bytesWritten),
        _clock.GetElapsedTime(0, Volatile.Read(ref _lastSync)),
        _clock.GetElapsedTime(0, Volatile.Read(ref _longestSync)),
        IsStorageLow);

    /// <summary>Behind the last durable batch. The writer's thread only.</summary>
    public JournalPosition Position => _position;

    /// <summary>Adds a command to the batch.</summary>
    public void Append(in CommandSlot slot)
    {
        Invariant.Holds(slot.Header.Sequence == _nextSequence, "a journal takes commands in order, without a gap");
        MakeRoom();
        _batch.Add(in slot, _position.NextBatch);
        _nextSequence++;
    }

    /// <summary>
    /// Adds the state's hash after a command, which replay compares. A batch that is full goes without: in one of its own
    /// the hash would end with the sequence of the batch before it, and the next tick's hash says as much.
    /// </summary>
    public void AppendStateHash(long sequence, StateHash hash)
    {
        if (_batch.HasRoom)
        {
            _batch.Add(RecordType.StateHash, sequence, time: 0, _position.NextBatch, MemoryMarshal.AsBytes(new ReadOnlySpan<StateHash>(in hash)));
        }
    }

    /// <summary>Takes a command out of force: replay skips it. For an operator's tool.</summary>
    public void AppendVoid(long sequence, long time) => AppendNote(RecordType.Void, sequence, time);

    /// <summary>Records that everything from a sequence on was given up. For an operator's tool.</summary>
    public void AppendAcceptedLoss(long fromSequence, long time) => AppendNote(RecordType.AcceptedLoss, fromSequence, time);

    /// <summary>All appended records are durable when it returns.</summary>
    /// <exception cref="StorageException">They may or may not be; every later call fails as well.</exception>
    public void Commit()
    {
        ThrowIfFailed();
        if (_batch.Records == 0)
        {
            return;
        }
        try
        {
            WriteBatch();
        }
        catch (Exception failure)
        {
            _failure = failure;
            throw;
        }
    }

    /// <summary>Deletes whole segments all of whose commands lie before a sequence. Any thread.</summary>
    public void TrimBefore(long sequence)
    {
        lock (_trimming)
        {
            while (OldestBefore(sequence) is { } first)
            {
                Failpoints.Hit("beforeOldSegmentDelete");
                _storage.Delete(SegmentHeader.NameOf(first));
                // One by one: a later segment gone while an earlier one came back would look like a lost segment.
                _storage.SyncDirectory();
                lock (_segments)
                {
                    _segments.Remove(first);
                }
            }
        }
    }

    /// <summary>Prepares the spare segment and syncs the head when it is time, for a writer without a thread of its own.</summary>
    public void Upkeep() => _upkeep.Run();

    /// <summary>Ends the upkeep. Records that were not committed are dropped; what was handed to the system is synced.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        _upkeep.Dispose();
        try
        {
            if (_failure is null && _upkeep.Failure is null)
            {
                _segment.Sync();
                _head.SyncWhenWritten();
            }
        }
        finally
        {
            _segment.Dispose();
            _head.Dispose();
        }
    }

    private void AppendNote(ushort type, long sequence, long time)
    {
        MakeRoom();
        _batch.Add(type, sequence, time, _position.NextBatch, []);
    }

    private void MakeRoom()
    {
        if (!_batch.HasRoom)
        {
            Commit();
        }
    }

    private void WriteBatch()
    {
        ChainHash chain = _batch.Seal(_position.Chain, _nextSequence - 1, _position.NextBatch);
        if (_position.Offset + _batch.Length > _segmentLength)
        {
            Roll();
        }
        Failpoints.Hit("beforeJournalWrite");
        CutShortWhenAsked();
        _segment.Write(_position.Offset, _batch.Bytes);
        Failpoints.Hit("afterWriteBeforeSync");
        SyncSegment();
        _position = _position with
        {
            NextSequence = _nextSequence,
            NextBatch = BatchNumber.Next(_position.NextBatch),
            Chain = chain,
            Offset = _position.Offset + _batch.Length,
        };
        _head.Write(in _position, _durability);
        _upkeep.SyncHeadWhenLate();
        Failpoints.Hit("afterSyncBeforePublish");
        Volatile.Write(ref _commits, _commits + 1);
        Volatile.Write(ref _records, _records + _batch.Records);
        Volatile.Write(ref _bytesWritten, _bytesWritten + _batch.Length);
        _batch.Clear();
        Volatile.Write(ref _durableSequence, _position.NextSequence - 1);
    }

    private void SyncSegment()
    {
        if (_durability == Durability.Os)
        {
            return;
        }
        long started = _clock.GetTimestamp();
        Volatile.Write(ref _syncStarted, started);
        _segment.Sync();
        Volatile.Write(ref _syncStarted, 0);
        long taken = _clock.GetTimestamp() - started;
        Volatile.Write(ref _lastSync, taken);
        if (taken > _longestSync)
        {
            Volatile.Write(ref _longestSync, taken);
        }
    }

    /// <summary>Goes on in the spare segment; everything before is durable.</summary>
    private void Roll()
    {
        Failpoints.Hit("beforeSegmentRoll");
        _segment.Dispose();
        Begin();
        _upkeep.Request();
    }

    private IStorageFile OpenSegment()
    {
        if (_position.SegmentNumber == 0)
        {
            Invariant.Holds(_segments.Count == 0, "a journal begins in a directory without segments");
            Begin();
            return _segment!;
        }
        return _storage.Open(_position.Segment, isWritable: true);
    }

    private void Begin()
    {
        var header = new SegmentHeader(
            _position.NextSequence, _position.SegmentNumber + 1, _position.Chain, _position.NextBatch, _fixedLimits);
        Invariant.Holds(!_storage.Exists(header.FileName), "a segment has at least one command");
        _segment = _spare.Take(in header);
        _segmentLength = _segment.Length;
        _position = _position with
        {
            Segment = header.FileName,
            SegmentNumber = header.Number,
            Offset = SegmentHeader.Length,
        };
        lock (_segments)
        {
            _segments.Add(header.FirstSequence);
        }
    }

    /// <summary>The oldest segment, if the one after it begins at or before the sequence.</summary>
    private long? OldestBefore(long sequence)
    {
        lock (_segments)
        {
            return _segments.Count > 1 && _segments[1] <= sequence ? _segments[0] : null;
        }
    }

    private void CutShortWhenAsked()
    {
        int bytes = Failpoints.ShortWrite("midBatchWrite", _batch.Length);
        if (bytes >= 0)
        {
            _segment.Write(_position.Offset, _batch.Bytes[..bytes]);
            Failpoints.Kill();
        }
    }

    private void ThrowIfFailed()
    {
        Exception? failure = _failure ?? _upkeep.Failure;
        if (failure is not null)
        {
            throw new StorageException($"the journal in {_storage.Path} failed before and takes nothing more: {failure.Message}", failure);
        }
    }
}
