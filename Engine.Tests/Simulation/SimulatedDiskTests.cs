using CopyEngine.Storage;
using CopyEngine.Tests.Sessions;
using Xunit;

namespace CopyEngine.Tests.Simulation;

/// <summary>The simulated disk is as bad as real ones, and no worse.</summary>
public sealed class SimulatedDiskTests
{
    private const int Tries = 200;

    [Theory]
    [InlineData(nameof(PowerCut.LosesAll))]
    [InlineData(nameof(PowerCut.KeepsAll))]
    [InlineData(nameof(PowerCut.TearsTail))]
    [InlineData(nameof(PowerCut.Reorders))]
    public void What_is_synced_survives_any_power_cut(string cut)
    {
        for (int seed = 0; seed < Tries; seed++)
        {
            (SimulatedDisk disk, IStorage storage) = Start(seed);
            using (IStorageFile file = storage.Create("a", 4_096))
            {
                file.Write(700, Filled(1, 2_000));
                file.Sync();
                storage.SyncDirectory();
                file.Write(3_000, Filled(2, 1_000));
            }
            disk.CutPower(Enum.Parse<PowerCut>(cut));
            Assert.Equal(Filled(1, 2_000), Read(disk, "a", 700, 2_000));
        }
    }

    [Fact]
    public void What_is_not_synced_is_lost_kept_torn_or_written_out_of_order()
    {
        HashSet<string> outcomes = [];
        for (int seed = 0; seed < Tries; seed++)
        {
            (SimulatedDisk disk, IStorage storage) = Start(seed);
            using (IStorageFile file = storage.Create("a", 4_096))
            {
                storage.SyncDirectory();
                file.Write(0, Filled(1, 3 * SimulatedContent.SectorLength));
            }
            disk.CutPower((PowerCut)(seed % 4));
            byte[] left = Read(disk, "a", 0, 3 * SimulatedContent.SectorLength);
            outcomes.Add(string.Concat(left.Chunk(SimulatedContent.SectorLength).Select(sector => sector[0])));
            Assert.All(left.Chunk(SimulatedContent.SectorLength), sector => Assert.Single(sector.Distinct()));
        }
        Assert.Superset(new HashSet<string> { "000", "111", "100", "110", "001", "011", "101" }, outcomes);
    }

    [Fact]
    public void A_name_that_is_not_synced_may_vanish()
    {
        HashSet<string> outcomes = [];
        for (int seed = 0; seed < Tries; seed++)
        {
            (SimulatedDisk disk, IStorage storage) = Start(seed);
            storage.Create("new", 10).Dispose();
            storage.Rename("new", "final");
            disk.CutPower(PowerCut.TearsTail);
            outcomes.Add(string.Join(' ', disk.Journal.Names));
        }
        Assert.Equal(["", "final", "new"], outcomes.Order());
    }

    [Fact]
    public void After_a_failed_sync_the_next_one_succeeds_without_the_bytes()
    {
        int lost = 0;
        for (int seed = 0; seed < Tries; seed++)
        {
            var content = new SimulatedContent(512);
            content.Write(0, Filled(7, 512));
            content.FailSync(new RandomChoices(seed));
            content.Sync();
            Assert.Equal(7, content.Seen[0]);
            content.CutPower(PowerCut.KeepsAll, new RandomChoices(seed));
            lost += content.Seen[0] == 0 ? 1 : 0;
        }
        Assert.InRange(lost, 1, Tries - 1);
    }

    [Fact]
    public void A_process_that_was_killed_has_no_effect_any_more()
    {
        (SimulatedDisk disk, IStorage storage) = Start(1, out SimulatedProcess process);
        using IStorageFile file = storage.Create("a", 512);
        process.Kill();
        Assert.Throws<SimulatedCrashException>(() => file.Write(0, Filled(1, 10)));
        Assert.Throws<SimulatedCrashException>(() => storage.Rename("a", "b"));
        Assert.Equal(["a"], disk.Journal.Names);
        Assert.Equal(new byte[10], Read(disk, "a", 0, 10));
    }

    [Fact]
    public void A_full_disk_takes_what_fits_and_says_so()
    {
        (SimulatedDisk disk, IStorage storage) = Start(1);
        using IStorageFile file = storage.Create("a", 100);
        disk.Capacity = 150;
        Assert.Throws<StorageFullException>(() => storage.Create("b", 51));
        file.Write(0, Filled(1, 100));
        Assert.Throws<StorageFullException>(() => file.Write(100, Filled(2, 51)));
        file.Write(100, Filled(2, 50));
    }

    private static (SimulatedDisk Disk, IStorage Storage) Start(int seed) => Start(seed, out _);

    private static (SimulatedDisk Disk, IStorage Storage) Start(int seed, out SimulatedProcess process)
    {
        process = new SimulatedProcess();
        var disk = new SimulatedDisk(new RandomChoices(seed), new SimulatedClock(0), new FaultLog());
        return (disk, new SimulatedStorage(disk, disk.Journal, process));
    }

    private static byte[] Filled(byte value, int count)
    {
        byte[] bytes = new byte[count];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static byte[] Read(SimulatedDisk disk, string name, long offset, int count)
    {
        byte[] bytes = new byte[count];
        using IStorageFile file = new SimulatedStorage(disk, disk.Journal, new SimulatedProcess()).Open(name, isWritable: false);
        Assert.Equal(count, file.Read(offset, bytes));
        return bytes;
    }
}
