using System.Diagnostics;
using CopyEngine.Journal;
using CopyEngine.Storage;
using CopyEngine.Tests.Host;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>A full disk is told a whole segment ahead, and ends without a restart (reliability, A13).</summary>
public sealed class StorageLowTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_full_disk_is_told_while_a_segment_is_left_and_ends_when_there_is_room()
    {
        var storage = new MemoryStorage();
        using JournalWriter writer = Writer(storage);
        writer.Upkeep();
        Assert.False(writer.IsStorageLow);
        bool isFull = true;
        int attempts = 0;
        storage.Before = (kind, name) =>
        {
            if (kind == "create" && name == SpareSegment.UnfinishedName && ++attempts > 0 && isFull)
            {
                throw new StorageFullException("ENOSPC");
            }
        };
        string first = writer.Position.Segment;
        WriteUntilRolled(writer, first);
        writer.Upkeep();
        Assert.True(writer.IsStorageLow);
        Assert.DoesNotContain(storage.List(), name => name.StartsWith(SpareSegment.FileName, StringComparison.Ordinal));

        // The reserve: closing goes on.
        writer.Write(10);
        writer.Upkeep();
        Assert.Equal(1, attempts);
        _clock.Advance(TestJournal.Small.SpareRetryInterval);
        writer.Upkeep();
        Assert.Equal((2, true), (attempts, writer.IsStorageLow));

        isFull = false;
        _clock.Advance(TestJournal.Small.SpareRetryInterval);
        writer.Upkeep();
        Assert.False(writer.IsStorageLow);
        WriteUntilRolled(writer, writer.Position.Segment);
        Assert.Equal(writer.DurableSequence + 1, JournalScan.Check(storage, 0).Position.NextSequence);
    }

    [Fact]
    public void When_the_reserve_is_used_up_the_journal_stops()
    {
        var storage = new MemoryStorage();
        using JournalWriter writer = Writer(storage);
        storage.Before = (kind, _) =>
        {
            if (kind == "create")
            {
                throw new StorageFullException("ENOSPC");
            }
        };
        string first = writer.Position.Segment;
        Assert.Throws<StorageFullException>(() => WriteUntilRolled(writer, first));
        Assert.Throws<StorageException>(writer.Commit);
        Assert.Equal(writer.DurableSequence + 1, JournalScan.Check(storage, 0).Position.NextSequence);
    }

    [Fact]
    public void A_spare_segment_of_another_length_or_an_unfinished_one_is_replaced()
    {
        var storage = new MemoryStorage();
        storage.Put(SpareSegment.FileName, new byte[100]);
        storage.Put(SpareSegment.UnfinishedName, new byte[100]);
        using JournalWriter writer = Writer(storage);
        Assert.Equal(TestJournal.Small.SegmentBytes, storage.BytesOf(writer.Position.Segment).Length);
        writer.Upkeep();
        Assert.Equal(TestJournal.Small.SegmentBytes, storage.BytesOf(SpareSegment.FileName).Length);
        Assert.False(storage.Exists(SpareSegment.UnfinishedName));
    }

    [Fact]
    public void On_a_full_file_system_no_torn_file_is_left()
    {
        using var folder = new TemporaryFolder();
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", folder.Path), "needs the right to mount a tmpfs");
        try
        {
            var storage = new DirectoryStorage(folder.Path);
            using (storage.Create("ballast", 100 << 10))
            {
            }
            using JournalWriter writer = Writer(storage, TestJournal.Medium);
            writer.Upkeep();
            Assert.True(writer.IsStorageLow);
            writer.Write(100);
            Assert.Equal(["ballast", writer.Position.Segment, JournalHead.FileName], storage.List());

            storage.Delete("ballast");
            _clock.Advance(TestJournal.Medium.SpareRetryInterval);
            writer.Upkeep();
            Assert.False(writer.IsStorageLow);
            WriteUntilRolled(writer, writer.Position.Segment);
            Assert.Equal(writer.DurableSequence + 1, JournalScan.Check(storage, 0).Position.NextSequence);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static void WriteUntilRolled(JournalWriter writer, string segment)
    {
        while (writer.Position.Segment == segment)
        {
            writer.Write(5);
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private JournalWriter Writer(IStorage storage, JournalLimits? limits = null) => new(
        storage, limits ?? TestJournal.Small, Durability.Fsync, JournalPosition.Beginning, TestJournal.Limits, _clock, hasOwnThread: false);
}
