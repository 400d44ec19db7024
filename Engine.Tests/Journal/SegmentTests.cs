using CopyEngine.Journal;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>Segments follow each other without a gap, and go when nobody needs them.</summary>
public sealed class SegmentTests
{
    [Fact]
    public void A_journal_goes_on_in_the_next_segment()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, [.. Enumerable.Repeat(5, 40)]);

        List<long> segments = SegmentList.Of(storage);
        Assert.True(segments.Count >= 4, $"{segments.Count} segments");
        Assert.Equal(TestJournal.Range(1, 200), TestJournal.Sequences(storage));
        JournalState state = JournalScan.Check(storage, 0);
        Assert.Equal((201L, 41u, segments.Count), (state.Position.NextSequence, state.Position.NextBatch, (int)state.Position.SegmentNumber));
        Assert.Null(state.Torn);
    }

    [Fact]
    public void A_restart_goes_on_where_the_journal_ended()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, 3, 4);
        for (int start = 0; start < 20; start++)
        {
            using JournalWriter writer = TestJournal.Restart(storage, TestJournal.Small);
            writer.Write(7);
        }
        Assert.Equal(TestJournal.Range(1, 147), TestJournal.Sequences(storage));
        Assert.Equal(148, JournalScan.Check(storage, 0).Position.NextSequence);
    }

    [Fact]
    public void A_batch_larger_than_half_a_segment_becomes_several()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, 300);

        Assert.Equal(TestJournal.Range(1, 300), TestJournal.Sequences(storage));
        Assert.True(JournalScan.Check(storage, 0).Position.NextBatch > 10);
    }

    [Fact]
    public void Trimming_deletes_whole_segments_before_a_sequence_only()
    {
        var storage = new MemoryStorage();
        using JournalWriter writer = TestJournal.Writer(storage, TestJournal.Small);
        for (int batch = 0; batch < 40; batch++)
        {
            writer.Write(5);
        }
        List<long> before = SegmentList.Of(storage);

        writer.TrimBefore(before[2] - 1);
        Assert.Equal(before[1..], SegmentList.Of(storage));

        writer.TrimBefore(before[2]);
        Assert.Equal(before[2..], SegmentList.Of(storage));

        writer.TrimBefore(long.MaxValue);
        Assert.Equal(before[^1..], SegmentList.Of(storage));
        writer.Write(5);
        Assert.Equal(TestJournal.Range(before[^1], 205), TestJournal.Sequences(storage, before[^1]));
        Assert.Equal(before[^1], JournalScan.Check(storage, before[^1]).First);
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, before[^1] - 1));
    }

    [Fact]
    public void A_reader_follows_a_writer_up_to_the_durable_sequence()
    {
        var storage = new MemoryStorage();
        using JournalWriter writer = TestJournal.Writer(storage, TestJournal.Small);
        writer.Write(2);
        List<long> read = [];
        for (int batch = 0; batch < 40; batch++)
        {
            writer.Write(5);
            read.AddRange(TestJournal.Sequences(storage, read.Count + 1, JournalHead.Read(storage)!.Value.DurableSequence));
        }
        Assert.Equal(TestJournal.Range(1, 202), read);
        Assert.Throws<JournalDamagedException>(() => TestJournal.Sequences(storage, 1, 203));
    }

    [Fact]
    public void Reading_may_begin_and_end_in_the_middle_of_a_batch()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, [.. Enumerable.Repeat(7, 30)]);
        Assert.Equal(TestJournal.Range(100, 123), TestJournal.Sequences(storage, 100, 123));
        Assert.Empty(TestJournal.Sequences(storage, 211));
    }

    [Fact]
    public void A_journal_may_begin_behind_a_snapshot()
    {
        var storage = new MemoryStorage();
        var chain = new ChainHash(1, 2, 3, 4);
        using (JournalWriter writer = TestJournal.Writer(storage, position: JournalPosition.After(500, 77, chain)))
        {
            Assert.Equal(500, writer.DurableSequence);
            writer.Write(5);
        }
        Assert.Equal(TestJournal.Range(501, 505), TestJournal.Sequences(storage, 501));
        JournalState state = JournalScan.Check(storage, 501);
        Assert.Equal((501L, 506L, 79u), (state.First, state.Position.NextSequence, state.Position.NextBatch));
    }

    [Fact]
    public void Batch_numbers_may_wrap()
    {
        var storage = new MemoryStorage();
        using (JournalWriter writer = TestJournal.Writer(storage, TestJournal.Small, JournalPosition.After(0, uint.MaxValue - 20, default)))
        {
            for (int batch = 0; batch < 40; batch++)
            {
                writer.Write(5);
            }
        }
        Assert.Equal(20u, JournalScan.Check(storage, 1).Position.NextBatch);
        Assert.Equal(TestJournal.Range(1, 200), TestJournal.Sequences(storage));
    }
}
