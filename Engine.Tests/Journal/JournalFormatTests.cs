using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.State;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>What is written is what is read, whatever the command.</summary>
public sealed class JournalFormatTests
{
    public static TheoryData<Type> CommandTypes() =>
        [.. typeof(ICommand).Assembly.GetTypes().Where(type => type.IsValueType && typeof(ICommand).IsAssignableFrom(type))];

    [Theory]
    [MemberData(nameof(CommandTypes))]
    public void A_command_comes_back_with_every_byte(Type command) =>
        typeof(JournalFormatTests).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(command).Invoke(null, null);

    [Fact]
    public void A_record_header_has_the_size_that_the_format_says()
    {
        Assert.Equal(RecordHeader.Size, Unsafe.SizeOf<RecordHeader>());
        Assert.Equal(ChainHash.Length, Unsafe.SizeOf<ChainHash>());
    }

    [Fact]
    public void A_checksum_is_the_published_Crc32C()
    {
        byte[] record = new byte[RecordHeader.Size];
        RecordHeader header = new() { Length = RecordHeader.Size };
        MemoryMarshal.Write(record, in header);
        uint crc = uint.MaxValue;
        for (int at = 0; at < RecordHeader.Size - sizeof(uint); at++)
        {
            crc ^= record[at];
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }
        Assert.Equal(~crc, RecordHeader.ChecksumOf(record));
    }

    [Fact]
    public void Records_of_the_journals_own_come_back()
    {
        var storage = new MemoryStorage();
        using (JournalWriter writer = TestJournal.Writer(storage))
        {
            writer.Write(2);
            writer.AppendStateHash(2, new StateHash(0x1122, 0x3344));
            writer.AppendVoid(1, time: 99);
            writer.AppendAcceptedLoss(3, time: 100);
            writer.Commit();
        }
        List<string> read = [];
        using JournalReader reader = JournalReader.Open(storage, 1, null);
        while (reader.TryRead(out JournalRecord record))
        {
            string more = record.Kind == RecordKind.StateHash ? $" {record.StateHash}" : record.Kind == RecordKind.Commit ? $" {record.CommittedRecords}" : "";
            read.Add($"{record.Kind} {record.Sequence} {record.Time}{more}");
        }
        Assert.Equal(
            [
                $"Command 1 {TestJournal.Start + 1}", $"Command 2 {TestJournal.Start + 2}", "Commit 2 0 2",
                "StateHash 2 0 00000000000011220000000000003344", "Void 1 99", "AcceptedLoss 3 100", "Commit 2 0 3",
            ],
            read);
        Assert.Equal([1L], JournalScan.Check(storage, 0).Voided);
    }

    private static void RoundTrip<TCommand>() where TCommand : unmanaged, ICommand
    {
        var random = new Random(TCommand.Type.GetHashCode());
        TCommand[] commands = [default, default, default];
        random.NextBytes(MemoryMarshal.AsBytes(commands.AsSpan(0, 1)));
        // The first half only: zeroes at the end are not written.
        Span<byte> second = MemoryMarshal.AsBytes(commands.AsSpan(1, 1));
        random.NextBytes(second[..(second.Length / 2)]);
        var storage = new MemoryStorage();
        var written = new CommandSlot[commands.Length];
        using (JournalWriter writer = TestJournal.Writer(storage))
        {
            for (int index = 0; index < commands.Length; index++)
            {
                ref CommandSlot slot = ref written[index];
                slot.Header = new CommandHeader
                {
                    Sequence = index + 1,
                    Time = random.NextInt64(),
                    Correlation = random.NextInt64(),
                    Session = random.Next(),
                    Key = random.Next(),
                };
                slot.Set(in commands[index]);
                writer.Append(in slot);
            }
            writer.Commit();
        }
        using JournalReader reader = JournalReader.Open(storage, 1, 3);
        CommandSlot read = default;
        foreach (CommandSlot slot in written)
        {
            Assert.True(reader.TryRead(out JournalRecord record));
            record.CopyTo(ref read);
            Assert.Equal(slot.Header, read.Header);
            Assert.Equal(slot.Payload, read.Payload);
        }
        Assert.True(reader.TryRead(out JournalRecord commit) && commit.Kind == RecordKind.Commit && commit.CommittedRecords == 3);
        Assert.False(reader.TryRead(out _));
    }
}
