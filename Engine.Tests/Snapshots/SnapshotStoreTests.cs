using CopyEngine.Core;
using CopyEngine.Snapshots;
using CopyEngine.Storage;
using Xunit;

namespace CopyEngine.Tests.Snapshots;

/// <summary>What is kept, in which order it is made to last, and what a failure leaves.</summary>
public sealed class SnapshotStoreTests
{
    [Fact]
    public void A_snapshot_is_loaded_as_it_was_written()
    {
        var world = new SnapshotWorld();
        string name = world.Snapshot(200);
        SnapshotHeader expected = world.HeaderOfNow;

        (TradingCore core, SnapshotHeader header) = world.Load(name);

        Assert.Equal(expected, header);
        Assert.Equal(expected, world.Store.Verify(name));
        Assert.Equal(expected.Hash, core.ComputeHash());
        Assert.Equal($"snapshot-{expected.Sequence:D16}.snap", name);
    }

    [Fact]
    public void It_is_on_the_disk_and_found_good_before_it_gets_its_name_and_before_an_older_one_goes()
    {
        var world = new SnapshotWorld();
        string first = world.Snapshot();
        string second = world.Snapshot();
        world.Storage.Done.Clear();
        string third = world.Snapshot();
        Assert.Equal(
            [
                $"create {third}.tmp", $"write {third}.tmp", $"sync {third}.tmp", $"open {third}.tmp", $"rename {third}.tmp {third}",
                "sync directory", $"delete {first}",
            ],
            world.Storage.Done);
        Assert.Equal([third, second], world.Store.Newest());
    }

    [Fact]
    public void The_journal_may_be_trimmed_up_to_the_older_of_two_good_ones()
    {
        var world = new SnapshotWorld();
        Assert.Null(world.Store.TrimPoint);
        string first = world.Snapshot();
        Assert.Null(world.Store.TrimPoint);
        string second = world.Snapshot();
        Assert.Equal(SnapshotStore.SequenceOf(first), world.Store.TrimPoint);
        world.Snapshot();
        Assert.Equal(SnapshotStore.SequenceOf(second), world.Store.TrimPoint);
    }

    [Fact]
    public void A_damaged_one_allows_no_trimming_and_lets_no_older_one_go()
    {
        var world = new SnapshotWorld();
        string first = world.Snapshot();
        string second = world.Snapshot();
        world.Storage.Flip(second, 8 * 5_000 + 3);
        var store = new SnapshotStore(world.Storage);
        Assert.Null(store.TrimPoint);

        string third = SnapshotFormat.NameOf(Write(store, world).Sequence);

        Assert.Equal([third, second, first], store.Newest());
        Assert.Equal(SnapshotStore.SequenceOf(first), store.TrimPoint);
    }

    [Fact]
    public void A_disk_that_is_full_costs_the_new_one_only()
    {
        var world = new SnapshotWorld();
        string first = world.Snapshot();
        for (int writes = 0; writes < 4; writes++)
        {
            world.Storage.WritesLeft = writes;
            Assert.Throws<StorageFullException>(() => world.Snapshot(1));
            Assert.Equal([first], world.Storage.List());
        }
        world.Storage.WritesLeft = -1;
        string second = world.Snapshot(1);
        Assert.Equal([second, first], world.Store.Newest());
    }

    [Fact]
    public void What_a_killed_process_left_counts_for_nothing_and_goes_with_the_next_one()
    {
        var world = new SnapshotWorld();
        string first = world.Snapshot();
        string left = SnapshotFormat.NameOf(99_999) + ".tmp";
        world.Storage[left] = [1, 2, 3];
        Assert.Equal([first], world.Store.Newest());
        string second = world.Snapshot();
        Assert.Equal([first, second], world.Storage.List());
    }

    [Fact]
    public void Going_on_from_before_a_snapshot_needs_it_to_be_set_aside()
    {
        var world = new SnapshotWorld();
        string first = world.Snapshot();
        var later = new SnapshotWorld();
        later.Snapshot(39);
        string abandoned = world.Snapshot();
        SnapshotHeader earlier = later.HeaderOfNow;
        Assert.Throws<InvalidOperationException>(() => world.Store.Write(earlier, [new StateSection(later.Engine.Core)]));

        Assert.Equal([abandoned], world.Store.SetAside(SnapshotStore.SequenceOf(first)));

        Assert.Equal([first], world.Store.Newest());
        Assert.Equal([first, abandoned + ".abandoned"], world.Storage.List());
    }

    [Fact]
    public void Files_of_others_are_left_alone()
    {
        var world = new SnapshotWorld();
        world.Storage["snapshot-1.snap"] = [];
        world.Storage["snapshot-000000000000000x.snap"] = [];
        world.Storage["notes.tmp"] = [];
        world.Snapshot();
        world.Snapshot();
        world.Snapshot();
        Assert.Equal(5, world.Storage.List().Count);
    }

    private static SnapshotHeader Write(SnapshotStore store, SnapshotWorld world)
    {
        var ignored = new Model.EventLog();
        var tick = new Commands.CommandSlot();
        tick.Set(default(Commands.Tick));
        world.Engine.Step(tick, ignored);
        return store.Write(world.HeaderOfNow, [new StateSection(world.Engine.Core)]);
    }
}
