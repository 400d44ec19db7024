using CopyEngine.Journal;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>An unfinished write is cut, and nothing that may have been acknowledged ever is (reliability, A6 and A7, rules R1 to R3).</summary>
public sealed class TornTailTests
{
    private const int Commands = 20;
    private const int Batches = 5;
    private const int Sector = 512;

    /// <summary>The journal after each batch, from none on.</summary>
    private readonly List<MemoryStorage> _after = [];

    private readonly List<JournalPosition> _ends = [];

    public TornTailTests()
    {
        var storage = new MemoryStorage();
        using JournalWriter writer = TestJournal.Writer(storage);
        for (int batch = 0; batch <= Batches; batch++)
        {
            _after.Add(MemoryStorage.CopyOf(storage));
            _ends.Add(writer.Position);
            writer.Write(Commands);
        }
    }

    private string Segment => _ends[0].Segment;

    [Fact]
    public void Whatever_byte_the_last_batch_ends_at_it_is_cut_when_the_head_does_not_know_it()
    {
        JournalPosition last = _ends[Batches - 1];
        for (long length = last.Offset; length < _ends[Batches].Offset; length++)
        {
            MemoryStorage storage = WithHead(_after[Batches], Batches - 1);
            storage.Put(Segment, storage.BytesOf(Segment)[..(int)length]);

            AssertCut(storage, last, isTorn: length > last.Offset);
        }
    }

    [Fact]
    public void Whatever_byte_the_last_batch_ends_at_the_start_is_refused_when_the_head_knows_it()
    {
        for (long length = _ends[Batches - 1].Offset; length < _ends[Batches].Offset; length++)
        {
            MemoryStorage storage = WithHead(_after[Batches], Batches);
            storage.Put(Segment, storage.BytesOf(Segment)[..(int)length]);

            Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 0));
        }
    }

    [Theory]
    [InlineData(Batches, "zeroes")]
    [InlineData(Batches, "ones")]
    [InlineData(Batches, "old")]
    [InlineData(Batches - 1, "zeroes")]
    [InlineData(Batches - 1, "ones")]
    [InlineData(Batches - 1, "old")]
    [InlineData(Batches - 2, "zeroes")]
    [InlineData(Batches - 2, "ones")]
    [InlineData(Batches - 2, "old")]
    public void A_sector_of_the_last_three_batches_never_gives_a_wrong_state(int headBatch, string content)
    {
        int cut = 0;
        int refused = 0;
        for (long sector = _ends[Batches - 3].Offset / Sector * Sector; sector < _ends[Batches].Offset; sector += Sector)
        {
            MemoryStorage storage = WithHead(_after[Batches], headBatch);
            int damaged = FirstDamagedBatch(storage, (int)sector, content);
            if (damaged == Batches && headBatch < Batches)
            {
                AssertCut(storage, _ends[Batches - 1], isTorn: true);
                cut++;
            }
            else if (damaged <= Batches)
            {
                Assert.Throws<JournalDamagedException>(() => JournalScan.Check(storage, 0));
                refused++;
            }
        }
        Assert.True(refused >= (content == "old" && headBatch < Batches ? 0 : 4), $"{refused} refused");
        Assert.Equal(headBatch < Batches, cut > 0);
    }

    [Fact]
    public void Whole_records_behind_a_lost_sector_of_the_same_batch_are_cut_with_it()
    {
        // Disks write the sectors of one write in any order: the batch's end may be there without its beginning.
        MemoryStorage storage = WithHead(_after[Batches], Batches - 1);
        JournalPosition last = _ends[Batches - 1];
        storage.BytesOf(Segment).AsSpan((int)last.Offset, Sector).Clear();
        AssertCut(storage, last, isTorn: true);
    }

    [Fact]
    public void A_batch_that_the_head_does_not_know_yet_is_kept_when_it_is_whole()
    {
        MemoryStorage storage = WithHead(_after[Batches], Batches - 2);
        JournalState state = JournalScan.Check(storage, 0);
        Assert.Equal((_ends[Batches], _ends[Batches - 2]), (state.Position, state.BehindHead));
        Assert.Null(state.Torn);
    }

    [Fact]
    public void What_the_head_does_not_know_is_written_and_synced_again_before_the_head_tells_of_it()
    {
        MemoryStorage storage = WithHead(_after[Batches], Batches - 2);
        List<string> done = [];
        JournalState state = JournalScan.Check(storage, 0);
        storage.Before = (kind, name) => done.Add($"{kind} {name}".TrimEnd());

        JournalScan.MakeDurable(storage, state);

        Assert.Equal(
            [
                $"open {Segment}", $"write {Segment}", $"sync {Segment}", "sync",
                "open journal.head", "open journal.head", "open journal.head", "write journal.head", "sync journal.head",
            ],
            done);
        Assert.Equal(Batches * Commands, JournalHead.Read(storage)!.Value.DurableSequence);
        Assert.Equal(_after[Batches].BytesOf(Segment), storage.BytesOf(Segment));
    }

    private static void AssertCut(MemoryStorage storage, JournalPosition end, bool isTorn)
    {
        JournalState state = JournalScan.Check(storage, 0);
        Assert.Equal(end, state.Position);
        Assert.Equal(isTorn, state.Torn is not null);
        if (isTorn)
        {
            Assert.Equal((end.Segment, end.Offset, end.NextSequence), (state.Torn!.File, state.Torn.Offset, state.Torn.FirstSequence));
        }
        using (JournalWriter writer = TestJournal.Restart(storage))
        {
            writer.Write(2);
        }
        JournalState after = JournalScan.Check(storage, 0);
        Assert.Equal((end.NextSequence + 2, true), (after.Position.NextSequence, after.Torn is null));
        Assert.Equal(TestJournal.Range(1, end.NextSequence + 1), TestJournal.Sequences(storage));
    }

    private MemoryStorage WithHead(MemoryStorage journal, int headBatch)
    {
        MemoryStorage storage = MemoryStorage.CopyOf(journal);
        storage.Put(JournalHead.FileName, (byte[])_after[headBatch].BytesOf(JournalHead.FileName).Clone());
        return storage;
    }

    /// <summary>Puts other content into a sector and tells the first batch that is not what it was; one more than there are when none is.</summary>
    private int FirstDamagedBatch(MemoryStorage storage, int sector, string content)
    {
        byte[] bytes = storage.BytesOf(Segment);
        byte[] whole = (byte[])bytes.Clone();
        Span<byte> target = bytes.AsSpan(sector, Sector);
        switch (content)
        {
            case "zeroes":
                target.Clear();
                break;
            case "ones":
                target.Fill(0xFF);
                break;
            default:
                _after[Batches - 1].BytesOf(Segment).AsSpan(sector, Sector).CopyTo(target);
                break;
        }
        int first = whole.AsSpan().CommonPrefixLength(bytes);
        return first == whole.Length ? Batches + 1 : _ends.FindIndex(end => first < end.Offset);
    }
}
