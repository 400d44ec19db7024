using CopyEngine.Journal;
using CopyEngine.State;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>Damage in the durable part always stops the start (reliability, A8 and A16, rules R1, R2 and R4).</summary>
public sealed class DamageTests
{
    [Fact]
    public void No_flipped_bit_of_the_durable_part_is_missed()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, [.. Enumerable.Repeat(6, 14)]);
        JournalPosition end = JournalScan.Check(storage, 0).Position;
        int flips = 0;
        var missed = new List<string>();
        foreach (long first in SegmentList.Of(storage))
        {
            string name = SegmentHeader.NameOf(first);
            byte[] bytes = storage.BytesOf(name);
            int durable = name == end.Segment ? (int)end.Offset : bytes.Length;
            for (int bit = 0; bit < durable * 8; bit++, flips++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                if (!IsRefused(storage))
                {
                    missed.Add($"{name}, byte {bit / 8}, bit {bit % 8}");
                }
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
        Assert.True(flips >= 100_000, $"{flips} flips only");
        Assert.Empty(missed);
        Assert.Equal(end, JournalScan.Check(storage, 0).Position);
    }

    [Fact]
    public void A_flipped_bit_behind_the_durable_part_is_cut_like_an_unfinished_write()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, 6, 6);
        JournalPosition end = JournalScan.Check(storage, 0).Position;
        byte[] bytes = storage.BytesOf(end.Segment);
        for (int bit = (int)end.Offset * 8; bit < bytes.Length * 8; bit += 61)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            JournalState state = JournalScan.Check(storage, 0);
            Assert.Equal((end, end.Segment, end.Offset), (state.Position, state.Torn?.File, state.Torn?.Offset));
            JournalScan.CutTornTail(storage, state);
            Assert.Equal(0, bytes[bit / 8]);
            Assert.Null(JournalScan.Check(storage, 0).Torn);
        }
    }

    [Fact]
    public void A_flipped_bit_of_the_head_leaves_the_head_before_it()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, 6, 6, 6);
        byte[] bytes = storage.BytesOf(JournalHead.FileName);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            JournalState state = JournalScan.Check(storage, 0);
            Assert.Equal(19, state.Position.NextSequence);
            Assert.True(state.HeadDurable is 18 or 12, $"bit {bit}: the head says {state.HeadDurable}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void The_message_says_where_and_what_to_do()
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, 6, 6, 6);
        string name = SegmentHeader.NameOf(1);
        storage.BytesOf(name)[SegmentHeader.Length + 5] ^= 1;

        JournalDamagedException refused = Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 0));

        Assert.Equal((name, (long)SegmentHeader.Length, 1L), (refused.File, refused.Offset, refused.Sequence));
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--accept-loss-from-seq 1", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-2)]
    [InlineData(-1)]
    public void A_lost_segment_stops_the_start(int place)
    {
        MemoryStorage storage = ManySegments(out List<long> segments);
        storage.Delete(SegmentHeader.NameOf(segments[place < 0 ? segments.Count + place : place]));
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 1));
    }

    [Fact]
    public void A_lost_segment_before_the_snapshot_stops_the_start_as_well()
    {
        MemoryStorage storage = ManySegments(out List<long> segments);
        storage.Delete(SegmentHeader.NameOf(segments[1]));
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, segments[^1]));
    }

    [Fact]
    public void All_segments_lost_stops_the_start()
    {
        MemoryStorage storage = ManySegments(out List<long> segments);
        segments.ForEach(first => storage.Delete(SegmentHeader.NameOf(first)));
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 1));
    }

    [Fact]
    public void A_lost_head_stops_the_start()
    {
        MemoryStorage storage = ManySegments(out _);
        storage.Delete(JournalHead.FileName);
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 1));
    }

    [Fact]
    public void A_repeated_segment_stops_the_start()
    {
        MemoryStorage storage = ManySegments(out List<long> segments);
        storage.Put(SegmentHeader.NameOf(segments[1] + 1), [.. storage.BytesOf(SegmentHeader.NameOf(segments[1]))]);
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 1));
    }

    [Fact]
    public void Two_exchanged_segments_stop_the_start()
    {
        MemoryStorage storage = ManySegments(out List<long> segments);
        string one = SegmentHeader.NameOf(segments[1]);
        string other = SegmentHeader.NameOf(segments[2]);
        byte[] bytes = storage.BytesOf(one);
        storage.Put(one, storage.BytesOf(other));
        storage.Put(other, bytes);
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 1));
    }

    [Fact]
    public void A_segment_of_another_journal_stops_the_start()
    {
        MemoryStorage storage = ManySegments(out List<long> segments);
        // The same commands in other batches: every record is right, and only the chain of hashes knows better.
        var other = new MemoryStorage();
        using (JournalWriter writer = TestJournal.Writer(other, TestJournal.Small))
        {
            writer.AppendStateHash(0, new StateHash(1, 2));
            for (int batch = 0; batch < 41; batch++)
            {
                writer.Write(6);
            }
        }
        string name = SegmentHeader.NameOf(segments[1]);
        Assert.Contains(segments[1], SegmentList.Of(other));
        storage.Put(name, other.BytesOf(name));
        Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 1));
    }

    [Fact]
    public void A_newer_format_is_refused_and_nothing_is_touched()
    {
        // Version 2 with a right checksum, as the next version of this program would write it.
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, 6, 6);
        byte[] block = storage.BytesOf(SegmentHeader.NameOf(1));
        byte[] whole = (byte[])block.Clone();
        block[8] = SegmentHeader.CurrentVersion + 1;
        ulong checksum = SegmentHeader.ChecksumOf(block.AsSpan(0, SegmentHeader.Length));
        BitConverter.TryWriteBytes(block.AsSpan(SegmentHeader.Length - 8), checksum);
        byte[] before = (byte[])block.Clone();

        NewerFormatException refused = Assert.Throws<NewerFormatException>(() => JournalScan.Check(storage, 1));

        Assert.Contains("format version 2", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, storage.BytesOf(SegmentHeader.NameOf(1)));
        Assert.NotEqual(whole, before);
    }

    private static MemoryStorage ManySegments(out List<long> segments)
    {
        MemoryStorage storage = TestJournal.Of(TestJournal.Small, [.. Enumerable.Repeat(6, 41)]);
        segments = SegmentList.Of(storage);
        Assert.True(segments.Count > 4);
        return storage;
    }

    private static bool IsRefused(MemoryStorage storage)
    {
        try
        {
            JournalScan.Check(storage, 0);
            return false;
        }
        catch (JournalDamagedException)
        {
            return true;
        }
    }
}
