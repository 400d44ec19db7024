using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Snapshots;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Recovery;

/// <summary>
/// Brings an engine back: the newest good snapshot, then every command of the journal after it, applied by the same core
/// that applied it the first time (rules R1 to R8 of the journal and the snapshots; here R4 to R6). Either the state is
/// exactly what it was, or the start is refused with the reason.
/// </summary>
internal sealed class EngineRecovery(EngineStore store, EngineLimits limits, IEventSink sink, EventHistory history)
{
    private readonly List<string> _notes = [];
    private readonly Dictionary<long, StateHash> _tickHashes = [];

    /// <summary>Commands passed over whose void has not been met yet: hashes in between were taken with them in force.</summary>
    private readonly HashSet<long> _passedOver = [];
    private long _replayed;
    private long _compared;

    /// <summary>The start of an engine: the journal is checked whole, a torn tail is cut, listeners are told of the state.</summary>
    /// <exception cref="RecoveryRefusedException">Going on would lose or invent something.</exception>
    /// <exception cref="JournalDamagedException">The journal is damaged.</exception>
    /// <exception cref="NewerFormatException">A newer engine wrote it.</exception>
    /// <exception cref="PoisonedCommandException">A command cannot be applied.</exception>
    public RecoveredEngine Start()
    {
        long started = Stopwatch.GetTimestamp();
        (TradingCore? core, SnapshotHeader? snapshot) = LoadNewest(upTo: null);
        TimeSpan load = Stopwatch.GetElapsedTime(started);

        started = Stopwatch.GetTimestamp();
        JournalState journal = JournalScan.Check(store.Journal, snapshot is null ? 0 : snapshot.Sequence + 1);
        Judge(journal, snapshot);
        if (journal.Torn is { } torn)
        {
            JournalScan.CutTornTail(store.Journal, journal);
            _notes.Add($"{torn.File}, offset {torn.Offset}: an unfinished write of {torn.Bytes} bytes was cut ({torn.Fault}); nobody was ever told of it");
        }
        if (!journal.IsEmpty)
        {
            // What a crash left readable may still be on its way to the disk, and is told to listeners from here on.
            JournalScan.MakeDurable(store.Journal, journal);
            store.ForgetRestored();
        }
        TimeSpan check = Stopwatch.GetElapsedTime(started);

        core ??= new TradingCore(LimitsOf(journal.Limits), sink);
        if (core.FixedLimits != FixedLimits.Of(limits))
        {
            _notes.Add($"the engine keeps the limits of its first start, {core.FixedLimits}; the configured ones need a new data directory");
        }
        started = Stopwatch.GetTimestamp();
        core.Recite();
        TimeSpan recite = Stopwatch.GetElapsedTime(started);

        started = Stopwatch.GetTimestamp();
        JournalPosition position = journal.IsEmpty && snapshot is not null
            ? JournalPosition.After(snapshot.Sequence, snapshot.Batch, snapshot.Chain)
            : journal.Position;
        if (!journal.IsEmpty)
        {
            CheckLink(snapshot);
            using JournalReader reader = JournalReader.Open(store.Journal, core.Sequence + 1, toSequence: null);
            Replay(core, reader, journal.Voided);
            position = reader.Position;
        }
        return new RecoveredEngine(core, position, Report(core, snapshot) with
        {
            Load = load,
            Check = check,
            Recite = recite,
            Replay = Stopwatch.GetElapsedTime(started),
        });
    }

    /// <summary>
    /// The state as of a sequence, or of the last durable one; reads only, also while an engine writes to the directory.
    /// </summary>
    public RecoveredEngine Follow(long? toSequence)
    {
        long started = Stopwatch.GetTimestamp();
        (TradingCore? core, SnapshotHeader? snapshot) = LoadNewest(toSequence);
        TimeSpan load = Stopwatch.GetElapsedTime(started);
        if (JournalHead.Read(store.Journal) is not { } head)
        {
            throw new RecoveryRefusedException($"{store.Path}: there is no journal to read; give the directory that serve was given as --data");
        }
        long from = (snapshot?.Sequence ?? 0) + 1;
        long end = Math.Min(toSequence ?? long.MaxValue, head.DurableSequence);
        started = Stopwatch.GetTimestamp();
        HashSet<long> voided = FindVoided(from, head.Batch);
        TimeSpan check = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        CheckLink(snapshot);
        using JournalReader reader = JournalReader.Open(store.Journal, from, end);
        core ??= new TradingCore(LimitsOf(reader.Segment.Limits), sink);
        Replay(core, reader, voided);
        return new RecoveredEngine(core, reader.Position, Report(core, snapshot) with
        {
            Load = load,
            Check = check,
            Recite = TimeSpan.Zero,
            Replay = Stopwatch.GetElapsedTime(started),
        });
    }

    /// <summary>A void stands behind the command that it takes out of force, so it is looked for first.</summary>
    private HashSet<long> FindVoided(long from, uint lastBatch)
    {
        var voided = new HashSet<long>();
        using JournalReader reader = JournalReader.Open(store.Journal, from, toSequence: null, lastBatch);
        while (reader.TryRead(out JournalRecord record))
        {
            if (record.Kind == RecordKind.Void)
            {
                voided.Add(record.Sequence);
            }
        }
        return voided;
    }

    /// <summary>R5: a damaged snapshot is left where it is and the one before is tried.</summary>
    private (TradingCore?, SnapshotHeader?) LoadNewest(long? upTo)
    {
        foreach (string name in store.Snapshots.Newest())
        {
            if (SnapshotStore.SequenceOf(name) > upTo)
            {
                continue;
            }
            TradingCore? core = null;
            try
            {
                SnapshotHeader header = store.Snapshots.Read(name, found =>
                {
                    core = new TradingCore(LimitsOf(found.Limits), sink);
                    history.BeginAfter(0);
                    return [new CoreSection(core), new HistorySection(history)];
                });
                return (core, header);
            }
            catch (SnapshotDamagedException damage)
            {
                history.BeginAfter(0);
                _notes.Add($"{damage.Message}; an older snapshot and more of the journal are used instead");
            }
        }
        return (null, null);
    }

    /// <summary>R4 and R5: never start empty or with a hole.</summary>
    private void Judge(JournalState journal, SnapshotHeader? snapshot)
    {
        if (snapshot is null && journal.IsEmpty && store.Snapshots.Newest().Count > 0)
        {
            throw Refused("every snapshot is damaged and there is no journal");
        }
        if (journal.IsEmpty && snapshot is not null && !store.IsRestored)
        {
            throw Refused($"there is a snapshot of sequence {snapshot.Sequence} but no journal");
        }
        if (!journal.IsEmpty && journal.First > (snapshot?.Sequence ?? 0) + 1)
        {
            throw Refused($"the journal begins at sequence {journal.First}, and no good snapshot reaches up to there");
        }
        if (snapshot is not null && journal.Position.NextSequence <= snapshot.Sequence)
        {
            throw Refused($"the journal ends at sequence {journal.Position.NextSequence - 1}, before the snapshot of {snapshot.Sequence}");
        }
    }

    private RecoveryRefusedException Refused(string finding) => new(
        $"{store.Path}: {finding}; nothing was changed. Put back the missing files from a backup, or start with an empty data directory to restore from Redis");

    /// <summary>The snapshot was taken of this journal and no other.</summary>
    private void CheckLink(SnapshotHeader? snapshot)
    {
        if (snapshot is not null && JournalReader.ChainAt(store.Journal, snapshot.Sequence, snapshot.Batch) != snapshot.Chain)
        {
            throw new RecoveryRefusedException(
                $"{store.Path}: the snapshot of sequence {snapshot.Sequence} was not taken of this journal: their hash chains differ. Do not mix the files of two engines");
        }
    }

    private void Replay(TradingCore core, JournalReader reader, IReadOnlySet<long> voided)
    {
        var slot = new CommandSlot();
        while (reader.TryRead(out JournalRecord record))
        {
            if (record.Kind == RecordKind.Command)
            {
                record.CopyTo(ref slot);
                Apply(core, ref slot, voided);
            }
            else if (record.Kind == RecordKind.Void)
            {
                _passedOver.Remove(record.Sequence);
            }
            else if (record.Kind == RecordKind.StateHash && _passedOver.Count == 0)
            {
                Compare(record.Sequence, record.StateHash);
            }
        }
    }

    private void Apply(TradingCore core, ref CommandSlot slot, IReadOnlySet<long> voided)
    {
        Failpoints.Hit("midReplay");
        if (voided.Contains(slot.Header.Sequence))
        {
            core.Skip(slot.Header.Sequence);
            _passedOver.Add(slot.Header.Sequence);
            _notes.Add($"command {slot.Header.Sequence} is void by an operator's decision and was not applied");
            return;
        }
        try
        {
            core.Apply(in slot);
        }
        catch (Exception fault) when (fault is not StorageException)
        {
            throw new PoisonedCommandException(slot.Header.Sequence, fault);
        }
        _replayed++;
        if (core.TickHashSequence == slot.Header.Sequence)
        {
            _tickHashes[core.TickHashSequence] = core.TickHash;
        }
    }

    /// <summary>R6: the same commands must give the same state.</summary>
    private void Compare(long sequence, StateHash journaled)
    {
        // The tick may lie before the snapshot: its hash was compared when that part was replayed for the snapshot.
        if (!_tickHashes.Remove(sequence, out StateHash computed))
        {
            return;
        }
        if (computed != journaled)
        {
            throw new RecoveryRefusedException(
                $"{store.Path}: replay differs from what was journaled at sequence {sequence}: state {computed}, journal {journaled}. This program is not the one that wrote the journal, or a bug; start the version that wrote it");
        }
        _compared++;
    }

    private EngineLimits LimitsOf(FixedLimits? found) => found is { } known ? known.ApplyTo(limits) : limits;

    private RecoveryReport Report(TradingCore core, SnapshotHeader? snapshot) => new()
    {
        SnapshotSequence = snapshot?.Sequence,
        Sequence = core.Sequence,
        Replayed = _replayed,
        HashesCompared = _compared,
        Notes = _notes,
        Load = TimeSpan.Zero,
        Check = TimeSpan.Zero,
        Recite = TimeSpan.Zero,
        Replay = TimeSpan.Zero,
    };
}

/// <summary>A core as it was, and where its journal goes on.</summary>
internal sealed record RecoveredEngine(TradingCore Core, JournalPosition Position, RecoveryReport Report);
