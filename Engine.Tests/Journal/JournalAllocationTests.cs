using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>The journal allocates nothing after warm-up: a collection would hold up everybody's answers.</summary>
public sealed class JournalAllocationTests
{
    [Fact]
    public void A_hundred_batches_of_a_thousand_commands_allocate_nothing()
    {
        using JournalWriter writer = TestJournal.Writer(new MemoryStorage(), new JournalLimits { SegmentBytes = 64 << 20 });
        Write(writer, 100);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Write(writer, 100);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(200_000, writer.DurableSequence);
        Assert.Equal(1, writer.Position.SegmentNumber);
    }

    private static void Write(JournalWriter writer, int batches)
    {
        for (int batch = 0; batch < batches; batch++)
        {
            long next = writer.Position.NextSequence;
            for (int command = 0; command < 1_000; command++)
            {
                CommandSlot slot = TestJournal.Quote(next + command);
                writer.Append(in slot);
            }
            writer.Commit();
        }
    }
}
