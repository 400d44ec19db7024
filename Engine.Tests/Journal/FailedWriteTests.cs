using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.Storage;
using CopyEngine.Tests.Simulation;
using Xunit;

namespace CopyEngine.Tests.Journal;

/// <summary>The first failure is the last: nothing of the batch is told of, nothing is tried again (reliability, A10).</summary>
public sealed class FailedWriteTests
{
    private readonly MemoryStorage _storage = new();
    private readonly List<string> _done = [];

    [Theory]
    [InlineData("sync")]
    [InlineData("write")]
    public void A_failed_batch_is_never_acknowledged_and_never_tried_again(string operation)
    {
        using JournalWriter writer = TestJournal.Writer(_storage);
        writer.Write(3);
        string segment = writer.Position.Segment;
        FailOnce(operation, segment);

        StorageException failed = Assert.Throws<StorageException>(() => writer.Write(2));
        Assert.Contains("EIO", failed.Message, StringComparison.Ordinal);
        Assert.Equal(3, writer.DurableSequence);
        Assert.Equal(3, JournalHead.Read(_storage)!.Value.DurableSequence);

        _done.Clear();
        // The disk is well again, but whether it holds what was written cannot be known.
        Assert.Throws<StorageException>(writer.Commit);
        CommandSlot next = TestJournal.Quote(6);
        writer.Append(in next);
        Assert.Throws<StorageException>(writer.Commit);
        writer.Dispose();
        Assert.Equal(3, writer.DurableSequence);
        Assert.Empty(_done);
    }

    [Fact]
    public void A_sync_comes_before_anything_is_told_and_the_head_after_it()
    {
        using JournalWriter writer = TestJournal.Writer(_storage);
        string segment = writer.Position.Segment;
        long toldDuringSync = -1;
        _storage.Before = (kind, name) =>
        {
            _done.Add($"{kind} {name}");
            toldDuringSync = kind == "sync" && name == segment ? writer.DurableSequence : toldDuringSync;
        };

        writer.Write(3);

        Assert.Equal([$"write {segment}", $"sync {segment}", $"write {JournalHead.FileName}"], _done);
        Assert.Equal((0L, 3L), (toldDuringSync, writer.DurableSequence));
    }

    [Fact]
    public void With_durability_os_nothing_is_synced_until_the_end()
    {
        var writer = new JournalWriter(
            _storage, TestJournal.Medium, Durability.Os, JournalPosition.Beginning, TestJournal.Limits, hasOwnThread: false);
        string segment = writer.Position.Segment;
        _storage.Before = (kind, name) => _done.Add($"{kind} {name}");
        writer.Write(3);
        Assert.Equal([$"write {segment}", $"write {JournalHead.FileName}"], _done);
        Assert.Equal(3, writer.DurableSequence);
        _done.Clear();
        writer.Dispose();
        Assert.Equal([$"sync {segment}", $"sync {JournalHead.FileName}"], _done);
    }

    [Fact]
    public void A_failed_sync_of_the_head_stops_the_journal()
    {
        var clock = new ManualClock();
        using var writer = new JournalWriter(
            _storage, TestJournal.Medium, Durability.Fsync, JournalPosition.Beginning, TestJournal.Limits, clock, hasOwnThread: false);
        writer.Upkeep();
        writer.Write(3);
        FailOnce("sync", JournalHead.FileName);
        writer.Upkeep();
        writer.Write(1);
        clock.Advance(TestJournal.Medium.HeadSyncInterval);

        writer.Upkeep();

        Assert.Throws<StorageException>(() => writer.Write(1));
        Assert.Equal(4, writer.DurableSequence);
    }

    [Fact]
    public void A_failed_roll_stops_the_journal_without_losing_what_was_told()
    {
        using JournalWriter writer = TestJournal.Writer(_storage, TestJournal.Small);
        _storage.Before = (kind, _) =>
        {
            if (kind == "rename" && _done.Count > 0)
            {
                throw new StorageException("EIO");
            }
        };
        _done.Add("from here on no name can be changed");
        Assert.Throws<StorageException>(() =>
        {
            for (int batch = 0; batch < 100; batch++)
            {
                writer.Write(5);
            }
        });
        _storage.Before = (_, _) => { };
        JournalState state = JournalScan.Check(_storage, 0);
        Assert.Equal(writer.DurableSequence + 1, state.Position.NextSequence);
    }

    private void FailOnce(string operation, string name)
    {
        bool hasFailed = false;
        _storage.Before = (kind, file) =>
        {
            _done.Add($"{kind} {file}");
            if (kind == operation && file == name && !hasFailed)
            {
                hasFailed = true;
                throw new StorageException($"cannot {operation} {file}: EIO");
            }
        };
    }
}
