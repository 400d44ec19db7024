using CopyEngine.Storage;

namespace CopyEngine.Journal;

/// <summary>
/// The check at every start (rules R1 to R4): tells an unfinished write, which is cut, from damage, which stops the
/// start. Reads only.
/// </summary>
internal sealed class JournalScan
{
    private readonly IStorage _storage;
    private readonly JournalHead? _head;
    private readonly HashSet<long> _voided = [];
    private BatchReader _reader;
    private JournalPosition? _behindHead;

    private JournalScan(IStorage storage, JournalHead? head, BatchReader first)
    {
        _storage = storage;
        _head = head;
        _reader = first;
    }

    /// <param name="storage">The journal's directory.</param>
    /// <param name="fromSequence">First command that is needed; older segments are checked by their headers only. 0: check everything there is.</param>
    /// <exception cref="JournalDamagedException">No unfinished write can explain what was found.</exception>
    /// <exception cref="NewerFormatException">A newer version wrote it.</exception>
    public static JournalState Check(IStorage storage, long fromSequence)
    {
        JournalHead? head = JournalHead.Read(storage);
        List<long> segments = SegmentList.Of(storage);
        if (segments.Count == 0)
        {
            return Empty(storage, head, fromSequence);
        }
        if (head is null)
        {
            throw JournalDamagedException.At(
                storage.Path, JournalHead.FileName, 0, segments[0], "the file is missing, so it is not known what was acknowledged");
        }
        int index = fromSequence == 0 ? 0 : SegmentList.IndexOf(segments, fromSequence);
        if (index < 0)
        {
            throw JournalDamagedException.At(storage.Path, SegmentHeader.NameOf(fromSequence), 0, fromSequence,
                $"the segment is missing; the first one begins with sequence {segments[0]}");
        }
        CheckHeaders(storage, segments, index);
        var scan = new JournalScan(storage, head, new BatchReader(storage, SegmentHeader.NameOf(segments[index])));
        try
        {
            return scan.Run(segments, index);
        }
        finally
        {
            scan._reader.Dispose();
        }
    }

    /// <summary>Zeroes an unfinished write, so that it can never be read again.</summary>
    public static void CutTornTail(IStorage storage, JournalState state)
    {
        if (state.Torn is not { } torn)
        {
            return;
        }
        using IStorageFile file = storage.Open(torn.File, isWritable: true);
        byte[] zeroes = new byte[Math.Min(torn.Bytes, 1 << 20)];
        for (long done = 0; done < torn.Bytes; done += zeroes.Length)
        {
            file.Write(torn.Offset + done, zeroes.AsSpan(0, (int)Math.Min(zeroes.Length, torn.Bytes - done)));
        }
        file.Sync();
    }

    /// <summary>
    /// Writes and syncs again what is newer than the head. After a kill between write and sync, or a failed sync, such
    /// batches can be read but need not be on the disk, and a sync alone would not write pages that the kernel takes for
    /// clean. To be called before anybody is told of them.
    /// </summary>
    public static void MakeDurable(IStorage storage, JournalState state)
    {
        if (state.IsEmpty)
        {
            return;
        }
        JournalPosition from = state.BehindHead;
        foreach (long first in SegmentList.Of(storage))
        {
            if (first >= (SegmentHeader.FirstSequenceOf(from.Segment) ?? long.MaxValue))
            {
                string name = SegmentHeader.NameOf(first);
                RewriteFrom(storage, name, name == from.Segment ? from.Offset : 0, name == state.Position.Segment ? state.Position.Offset : long.MaxValue);
            }
        }
        storage.SyncDirectory();
        JournalHead head = JournalHead.Read(storage)!.Value;
        using HeadFile file = HeadFile.OpenOrCreate(storage, state.Position, head.Durability);
        file.Write(state.Position, head.Durability);
        file.SyncWhenWritten();
    }

    private static void RewriteFrom(IStorage storage, string name, long from, long to)
    {
        using IStorageFile file = storage.Open(name, isWritable: true);
        byte[] bytes = new byte[1 << 20];
        for (long offset = from; offset < to;)
        {
            int read = file.Read(offset, bytes.AsSpan(0, (int)Math.Min(bytes.Length, to - offset)));
            if (read == 0)
            {
                break;
            }
            file.Write(offset, bytes.AsSpan(0, read));
            offset += read;
        }
        file.Sync();
    }

    private static JournalState Empty(IStorage storage, JournalHead? head, long fromSequence)
    {
        if (head is { Segment: > 0 } lost)
        {
            throw JournalDamagedException.At(storage.Path, JournalHead.FileName, lost.Offset, fromSequence,
                $"the head tells of {lost.Segment} segments up to sequence {lost.DurableSequence}, but there is none");
        }
        JournalPosition position = head is { } begun
            ? JournalPosition.After(begun.DurableSequence, begun.Batch, begun.Chain)
            : JournalPosition.Beginning;
        return new JournalState
        {
            Position = position,
            BehindHead = position,
            Voided = new HashSet<long>(),
            HeadDurable = head?.DurableSequence ?? 0,
            IsEmpty = true,
        };
    }

    /// <summary>Segments that are not read: each follows the one before it.</summary>
    private static void CheckHeaders(IStorage storage, List<long> segments, int count)
    {
        SegmentHeader? before = null;
        for (int index = 0; index <= count; index++)
        {
            using IStorageFile file = storage.Open(SegmentHeader.NameOf(segments[index]), isWritable: false);
            SegmentHeader header = SegmentHeader.Read(storage, file);
            if (before is { } previous && header.Number != previous.Number + 1)
            {
                throw JournalDamagedException.At(storage.Path, file.Name, 0, previous.FirstSequence,
                    $"this is segment {header.Number}, the one before it is {previous.Number}");
            }
            before = header;
        }
    }

    private JournalState Run(List<long> segments, int index)
    {
        long first = segments[0];
        // A head older than the first batch that is read says nothing of any of them.
        _behindHead = BatchNumber.IsAfter(_reader.NextBatch, _head!.Value.Batch) ? _reader.Position : null;
        NoteHead();
        while (true)
        {
            ReadSegment(isLast: index + 1 == segments.Count, out TornTail? torn);
            if (index + 1 == segments.Count)
            {
                CompareWithHead(torn);
                return new JournalState
                {
                    Position = _reader.Position,
                    Torn = torn,
                    Voided = _voided,
                    First = first,
                    HeadDurable = _head!.Value.DurableSequence,
                    Limits = _reader.Header.Limits,
                    BehindHead = _behindHead ?? _reader.Position,
                };
            }
            index++;
            var next = new BatchReader(_storage, SegmentHeader.NameOf(segments[index]));
            bool fits = SegmentSeam.Fits(_reader, next.Header);
            if (!fits)
            {
                next.Dispose();
                throw Damaged(_reader.Offset, $"the next segment, {next.Header.FileName}, does not continue this one");
            }
            _reader.Dispose();
            _reader = next;
        }
    }

    private void ReadSegment(bool isLast, out TornTail? torn)
    {
        BatchOutcome outcome;
        while ((outcome = _reader.TryRead()) == BatchOutcome.Batch)
        {
            TakeNotes();
            NoteHead();
        }
        if (outcome == BatchOutcome.Misplaced)
        {
            throw Damaged(_reader.FaultOffset, _reader.Fault);
        }
        torn = FindTornTail(outcome);
        if (torn is not null && !isLast)
        {
            throw Damaged(torn.Offset, $"{torn.Fault}, and whole segments follow");
        }
    }

    /// <summary>What is not zero behind the last whole batch, if it may be an unfinished write (R1).</summary>
    private TornTail? FindTornTail(BatchOutcome outcome)
    {
        long end = SegmentTail.Check(_reader, out long later);
        if (later >= 0)
        {
            throw Damaged(outcome == BatchOutcome.Broken ? _reader.FaultOffset : _reader.Offset,
                $"no whole record, but at offset {later} one of another batch follows");
        }
        if (end == _reader.Offset)
        {
            return null;
        }
        string fault = outcome == BatchOutcome.Broken ? $"at offset {_reader.FaultOffset} {_reader.Fault}" : "bytes behind the end";
        return new TornTail(_reader.File.Name, _reader.Offset, end - _reader.Offset, _reader.NextSequence, fault);
    }

    /// <summary>The head's batch must be there, and be the one that it tells of (R2).</summary>
    private void CompareWithHead(TornTail? torn)
    {
        JournalHead head = _head!.Value;
        if (head.Segment > _reader.Header.Number)
        {
            throw Damaged(_reader.Offset, $"the head tells of {head.Segment} segments, this one is the last and is number {_reader.Header.Number}");
        }
        if (!BatchNumber.IsAfter(head.Batch, BatchNumber.Previous(_reader.NextBatch)))
        {
            return;
        }
        string cause = head.Durability == Durability.Os
            ? "with durability os a power cut loses what the system had not yet written"
            : "it was acknowledged and is gone";
        throw Damaged(torn?.Offset ?? _reader.Offset,
            $"{(torn is null ? "the journal ends here" : torn.Fault)}, but the head tells of everything up to sequence {head.DurableSequence}: {cause}");
    }

    private void NoteHead()
    {
        JournalHead head = _head!.Value;
        if (_reader.NextBatch == BatchNumber.Next(head.Batch))
        {
            if (_reader.Chain != head.Chain || _reader.NextSequence != head.DurableSequence + 1)
            {
                throw Damaged(_reader.Offset, "the head tells of another journal");
            }
            _behindHead = _reader.Position;
        }
    }

    private void TakeNotes()
    {
        foreach (JournalRecord record in new RecordEnumerator(_reader.Batch))
        {
            if (record.Kind == RecordKind.Void)
            {
                _voided.Add(record.Sequence);
            }
        }
    }

    private JournalDamagedException Damaged(long offset, string what) =>
        JournalDamagedException.At(_storage.Path, _reader.File.Name, offset, _reader.NextSequence, what);
}
