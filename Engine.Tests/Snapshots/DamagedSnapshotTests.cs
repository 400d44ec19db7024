using CopyEngine.Core;
using CopyEngine.Journal;
using CopyEngine.Snapshots;
using CopyEngine.State;
using Xunit;

namespace CopyEngine.Tests.Snapshots;

/// <summary>Case A17 and rule R5: no damage goes unnoticed, and the one before takes the place of a damaged one.</summary>
public sealed class DamagedSnapshotTests
{
    [Fact]
    public void Every_flipped_bit_is_found()
    {
        var world = new SnapshotWorld();
        string name = world.Snapshot(120);
        long bits = world.Storage[name].Length * 8L;
        var random = new Random(1);
        // Every bit of the first chunks' heads, then some bits everywhere.
        long[] chosen = [.. Enumerable.Range(0, 2_000).Select(bit => (long)bit), .. Enumerable.Range(0, 3_000).Select(_ => random.NextInt64(bits))];
        foreach (long bit in chosen)
        {
            world.Storage.Flip(name, bit);
            Assert.Throws<SnapshotDamagedException>(() => world.Store.Verify(name));
            world.Storage.Flip(name, bit);
        }
        world.Store.Verify(name);
    }

    [Fact]
    public void A_file_that_is_too_short_or_too_long_is_found()
    {
        var world = new SnapshotWorld();
        string name = world.Snapshot();
        byte[] whole = world.Storage[name];
        for (int length = 0; length < whole.Length; length += 61)
        {
            world.Storage[name] = whole[..length];
            Assert.Throws<SnapshotDamagedException>(() => world.Load(name));
        }
        world.Storage[name] = [.. whole, 0];
        Assert.Throws<SnapshotDamagedException>(() => world.Load(name));
        world.Storage[name] = whole;
        world.Load(name);
    }

    [Fact]
    public void Two_chunks_that_changed_places_are_found()
    {
        var world = new SnapshotWorld();
        byte[] large = new byte[3 * SnapshotFormat.ContentSize];
        world.Store.Write(world.HeaderOfNow, [new BytesSection("large", large)]);
        string name = world.Store.Newest()[0];
        byte[] file = world.Storage[name];
        int first = file.Length - 64 - 3 * SnapshotFormat.ChunkSize;
        byte[] chunk = file[first..(first + SnapshotFormat.ChunkSize)];
        file.AsSpan(first + SnapshotFormat.ChunkSize, SnapshotFormat.ChunkSize).CopyTo(file.AsSpan(first));
        chunk.CopyTo(file.AsSpan(first + SnapshotFormat.ChunkSize));
        Assert.Throws<SnapshotDamagedException>(() => world.Store.Verify(name));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_newest_good_one_is_used_and_the_damaged_ones_are_kept(int damaged)
    {
        var world = new SnapshotWorld();
        string older = world.Snapshot();
        string newer = world.Snapshot();
        string[] names = [newer, older];
        foreach (string name in names[..damaged])
        {
            world.Storage.Flip(name, 8 * 3_000);
        }
        (TradingCore Core, SnapshotHeader Header)? recovered = world.Recover();
        Assert.Equal(damaged == 2 ? null : SnapshotStore.SequenceOf(names[damaged]), recovered?.Header.Sequence);
        Assert.Equal(names, world.Store.Newest());
    }

    [Fact]
    public void A_state_that_is_not_the_one_of_the_header_is_found()
    {
        var world = new SnapshotWorld();
        world.Snapshot(50);
        SnapshotHeader wrong = world.HeaderOfNow with { Hash = new StateHash(1, 2), Sequence = 51 };
        world.Store.Write(wrong, [new StateSection(world.Engine.Core)]);
        Assert.Contains("hash", Assert.Throws<SnapshotDamagedException>(() => world.Load(SnapshotFormat.NameOf(51))).Message, StringComparison.Ordinal);
        Assert.Equal(50, world.Recover()!.Value.Header.Sequence);
    }

    [Fact]
    public void A_section_is_read_to_its_end_and_no_further()
    {
        var world = new SnapshotWorld();
        SnapshotHeader header = world.HeaderOfNow;
        world.Store.Write(header, [new BytesSection("a", [1, 2, 3]), new BytesSection("b", [4, 5])]);
        string name = world.Store.Newest()[0];
        Assert.Throws<SnapshotDamagedException>(() => world.Store.Read(name, _ => [new BytesSection("a", new byte[2])]));
        Assert.Throws<SnapshotDamagedException>(() => world.Store.Read(name, _ => [new BytesSection("a", new byte[4])]));
        Assert.Throws<SnapshotDamagedException>(() => world.Store.Read(name, _ => [new BytesSection("b", new byte[3])]));
        var last = new BytesSection("b", new byte[2]);
        world.Store.Read(name, _ => [last, new BytesSection("c", new byte[1])]);
        Assert.Equal([4, 5], last.Bytes);
    }

    [Fact]
    public void A_snapshot_without_a_state_is_none()
    {
        var world = new SnapshotWorld();
        world.Store.Write(world.HeaderOfNow, [new BytesSection("a", [1])]);
        Assert.Throws<SnapshotDamagedException>(() => world.Load(world.Store.Newest()[0]));
    }

    [Fact]
    public void Sections_of_many_chunks_come_back_byte_for_byte()
    {
        var world = new SnapshotWorld();
        byte[] bytes = new byte[5_000_001];
        new Random(3).NextBytes(bytes);
        world.Store.Write(world.HeaderOfNow, [new BytesSection("large", bytes), new BytesSection("empty", [])]);
        var loaded = new BytesSection("large", new byte[bytes.Length]);
        world.Store.Read(world.Store.Newest()[0], _ => [loaded, new BytesSection("empty", [])]);
        Assert.True(bytes.AsSpan().SequenceEqual(loaded.Bytes));
    }

    [Fact]
    public void A_newer_format_is_refused_and_left_as_it_is()
    {
        var world = new SnapshotWorld();
        string name = world.Snapshot();
        NewerVersion.Of(world.Storage[name]);
        byte[] before = [.. world.Storage[name]];
        NewerFormatException refusal = Assert.Throws<NewerFormatException>(() => world.Load(name));
        Assert.Throws<NewerFormatException>(() => world.Store.Verify(name));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        Assert.True(before.AsSpan().SequenceEqual(world.Storage[name]));
    }
}
