using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Tests.Journal;

/// <summary>Journals as the tests need them: small segments, quotes as commands, no thread.</summary>
internal static class TestJournal
{
    public const long Start = 1_700_000_000_000_000;

    public static readonly FixedLimits Limits = new(4_096, 1_024, 64, 3);

    public static readonly JournalLimits Small = new() { SegmentBytes = 8 << 10 };

    public static readonly JournalLimits Medium = new() { SegmentBytes = 64 << 10 };

    public static JournalWriter Writer(IStorage storage, JournalLimits? limits = null, JournalPosition? position = null) =>
        new(storage, limits ?? Medium, Durability.Fsync, position ?? JournalPosition.Beginning, Limits, hasOwnThread: false);

    /// <summary>The writer of a process that starts on what another one left.</summary>
    public static JournalWriter Restart(IStorage storage, JournalLimits? limits = null)
    {
        JournalState state = JournalScan.Check(storage, 0);
        JournalScan.CutTornTail(storage, state);
        JournalScan.MakeDurable(storage, state);
        return Writer(storage, limits, state.Position);
    }

    public static CommandSlot Quote(long sequence)
    {
        CommandSlot slot = default;
        slot.Header = new CommandHeader { Sequence = sequence, Time = Start + sequence, Session = 7, Key = 2, Correlation = sequence * 3 };
        slot.Set(new Quote { Symbol = (int)(sequence % 50), Bid = 110_000_000 + sequence, Ask = 110_010_000 + sequence, SourceTime = Start });
        return slot;
    }

    /// <summary>Appends quotes from the writer's next sequence on and commits them as one batch.</summary>
    public static void Write(this JournalWriter writer, int commands)
    {
        long next = writer.Position.NextSequence;
        for (int command = 0; command < commands; command++)
        {
            CommandSlot slot = Quote(next + command);
            writer.Append(in slot);
        }
        writer.Commit();
    }

    /// <summary>A journal in memory with these batches.</summary>
    public static Simulation.MemoryStorage Of(JournalLimits limits, params int[] batches)
    {
        var storage = new Simulation.MemoryStorage();
        using JournalWriter writer = Writer(storage, limits);
        foreach (int commands in batches)
        {
            writer.Write(commands);
        }
        return storage;
    }

    /// <summary>Sequences of all commands, read from the beginning.</summary>
    public static List<long> Sequences(IStorage storage, long from = 1, long? to = null)
    {
        List<long> sequences = [];
        using JournalReader reader = JournalReader.Open(storage, from, to);
        while (reader.TryRead(out JournalRecord record))
        {
            if (record.Kind == RecordKind.Command)
            {
                sequences.Add(record.Sequence);
            }
        }
        return sequences;
    }

    public static IEnumerable<long> Range(long from, long to) => Enumerable.Range((int)from, (int)(to - from + 1)).Select(number => (long)number);
}
