using CopyEngine.Journal;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>What an operator may do to a journal that refuses to start, or that stops the engine again and again (R8, A19).</summary>
public sealed class RepairTests
{
    private readonly MemoryStorage _storage = TestJournal.Of(TestJournal.Small, [.. Enumerable.Repeat(6, 30)]);
    private readonly List<long> _segments;

    public RepairTests() => _segments = SegmentList.Of(_storage);

    [Fact]
    public void An_accepted_loss_keeps_everything_before_it_and_is_recorded()
    {
        // In the middle of a batch, three segments before the end.
        long from = _segments[1] + 9;
        MemoryStorage before = MemoryStorage.CopyOf(_storage);
        Damage(from);
        JournalDamagedException refused = Assert.Throws<JournalDamagedException>(() => JournalScan.Check(_storage, 0));
        // The batch is named by its first command; the whole records of it before the damage can be kept.
        Assert.Equal(_segments[1] + 6, refused.Sequence);

        long lost = JournalRepair.AcceptLoss(_storage, from);

        Assert.Equal(180 - from, lost);
        Assert.Equal(TestJournal.Range(1, from - 1), TestJournal.Sequences(_storage));
        JournalState state = JournalScan.Check(_storage, 0);
        Assert.Equal((from, from - 1), (state.Position.NextSequence, state.HeadDurable));
        Assert.Equal([from], AcceptedLosses());
        Assert.Equal(before.BytesOf(SegmentHeader.NameOf(_segments[^1])), _storage.BytesOf($"lost-1-{SegmentHeader.NameOf(_segments[^1])}"));
        Assert.Contains($"lost-1-{SegmentHeader.NameOf(_segments[1])}", _storage.List());
        using JournalWriter writer = TestJournal.Restart(_storage, TestJournal.Small);
        writer.Write(50);
        Assert.Equal(TestJournal.Range(1, from + 49), TestJournal.Sequences(_storage));
    }

    [Fact]
    public void A_loss_that_begins_too_late_is_refused_with_the_sequence_from_which_it_can_be_accepted()
    {
        long damaged = _segments[1] + 9;
        Damage(damaged);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => JournalRepair.AcceptLoss(_storage, damaged + 20));
        Assert.Contains($"accept the loss from sequence {damaged} on", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_storage.List(), name => name.StartsWith("lost", StringComparison.Ordinal));
    }

    [Fact]
    public void A_segment_whose_header_is_gone_can_be_given_up()
    {
        _storage.BytesOf(SegmentHeader.NameOf(_segments[2])).AsSpan(0, SegmentHeader.Length).Clear();
        JournalDamagedException refused = Assert.Throws<JournalDamagedException>(() => JournalScan.Check(_storage, 0));
        Assert.Equal(_segments[2], refused.Sequence);

        JournalRepair.AcceptLoss(_storage, refused.Sequence);

        Assert.Equal(TestJournal.Range(1, _segments[2] - 1), TestJournal.Sequences(_storage));
        Assert.Equal(_segments[2], JournalScan.Check(_storage, 0).Position.NextSequence);
    }

    [Fact]
    public void A_lost_head_can_be_given_up_without_losing_a_command()
    {
        _storage.Delete(JournalHead.FileName);
        Assert.Equal(0, JournalRepair.AcceptLoss(_storage, 181));
        Assert.Equal(181, JournalScan.Check(_storage, 0).Position.NextSequence);
    }

    [Fact]
    public void A_repair_that_was_interrupted_can_be_made_again()
    {
        long from = _segments[1] + 9;
        for (int fatal = 1; ; fatal++)
        {
            MemoryStorage storage = MemoryStorage.CopyOf(_storage);
            int operations = 0;
            storage.Before = (_, _) =>
            {
                if (++operations == fatal)
                {
                    throw new IOException("interrupted");
                }
            };
            bool isDone = Record.Exception(() => JournalRepair.AcceptLoss(storage, from)) is null;
            storage.Before = (_, _) => { };
            JournalRepair.AcceptLoss(storage, from);
            Assert.Equal(TestJournal.Range(1, from - 1), TestJournal.Sequences(storage));
            Assert.Equal(from, JournalScan.Check(storage, 0).Position.NextSequence);
            if (isDone)
            {
                Assert.True(fatal > 10);
                return;
            }
        }
    }

    [Fact]
    public void A_command_is_taken_out_of_force_by_a_record_and_stays_where_it_is()
    {
        JournalRepair.Void(_storage, TestJournal.Small, 77);
        JournalState state = JournalScan.Check(_storage, 0);
        Assert.Equal([77L], state.Voided);
        Assert.Equal(181, state.Position.NextSequence);
        Assert.Equal(TestJournal.Range(1, 180), TestJournal.Sequences(_storage));
        Assert.Throws<ArgumentException>(() => JournalRepair.Void(_storage, TestJournal.Small, 181));
    }

    /// <summary>One bit of a command's record.</summary>
    private void Damage(long sequence)
    {
        long segment = _segments[SegmentList.IndexOf(_segments, sequence)];
        byte[] bytes = _storage.BytesOf(SegmentHeader.NameOf(segment));
        for (int place = SegmentHeader.Length; ; place += (int)BitConverter.ToUInt32(bytes, place))
        {
            if (BitConverter.ToUInt16(bytes, place + 4) < RecordType.FirstOwn && BitConverter.ToInt64(bytes, place + 8) == sequence)
            {
                bytes[place + 20] ^= 4;
                return;
            }
        }
    }

    private List<long> AcceptedLosses()
    {
        List<long> losses = [];
        using JournalReader reader = JournalReader.Open(_storage, 1, null);
        while (reader.TryRead(out JournalRecord record))
        {
            if (record.Kind == RecordKind.AcceptedLoss)
            {
                losses.Add(record.Sequence);
            }
        }
        return losses;
    }
}
