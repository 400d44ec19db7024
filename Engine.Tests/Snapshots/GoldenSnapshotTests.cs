using CopyEngine.Commands;
using CopyEngine.Journal;
using CopyEngine.Snapshots;
using CopyEngine.Storage;
using CopyEngine.Tests.Architecture;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Snapshots;

/// <summary>
/// Snapshots of every format that was ever released are loaded for ever. A change of the state's layout that breaks this
/// needs a new format version and code that reads the old one; never a new golden file of the old name.
/// </summary>
public sealed class GoldenSnapshotTests
{
    private static readonly string Folder = Path.Combine(CheckoutFiles.Root, "Engine.Tests", "Golden", "v1");

    /// <summary>Written when the format was new, in the middle of long work; the hash was noted then.</summary>
    private const string Name = "snapshot-0000000000000211.snap";
    private const string Hash = "7a631a68940ffd9ce98bf28f28ea3a54";

    [Fact]
    public void A_snapshot_of_format_1_is_loaded_and_goes_on()
    {
        CoreEngine? loaded = null;
        SnapshotHeader header = new SnapshotStore(new DirectoryStorage(Folder)).Read(Name, found =>
        {
            loaded = new CoreEngine(found.Limits.ApplyTo(new EngineLimits()));
            return [new StateSection(loaded.Core)];
        });
        Assert.Equal(1, header.Version);
        Assert.Equal(Hash, loaded!.Core.ComputeHash().ToString());
        loaded.Core.Validate();
        Assert.True(loaded.Core.HasUnfinishedWork && loaded.Core.Holdings > 0);

        loaded.GoOn();
        var tick = new CommandSlot();
        tick.Set(default(Tick));
        loaded.Apply(ref tick, new EventLog());
        loaded.Core.Validate();
        Assert.False(loaded.Core.HasUnfinishedWork);
    }

    [Fact]
    public void The_same_file_of_a_newer_format_is_refused_and_left_as_it_is()
    {
        var storage = new WatchedStorage { [Name] = File.ReadAllBytes(Path.Combine(Folder, Name)) };
        NewerVersion.Of(storage[Name]);
        byte[] before = [.. storage[Name]];
        Assert.Throws<NewerFormatException>(() => new SnapshotStore(storage).Verify(Name));
        Assert.True(before.AsSpan().SequenceEqual(storage[Name]));
    }
}
