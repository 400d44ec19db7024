using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Snapshots;
using CopyEngine.State;
using CopyEngine.Storage;

namespace CopyEngine.Bench.Scenarios;

/// <summary>A million accounts with three holdings each: hashed, told, saved to a file, loaded from it.</summary>
internal sealed class StateScenario : IScenario
{
    private const int Accounts = 1_000_000;
    private const int Symbols = 3;
    private const int Runs = 3;
    private const string What = "1,000,000 accounts, 3,000,000 holdings";

    public string Name => "state";

    public IEnumerable<Figure> Run()
    {
        var world = new BenchWorld(Symbols);
        for (int account = 0; account < Accounts; account++)
        {
            world.Open(UserType.Live, "10000");
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                world.Buy(account, symbol, "0.01");
            }
        }
        string folder = Directory.CreateTempSubdirectory("copyengine-bench-").FullName;
        try
        {
            return [.. Measure(world, folder)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Figure> Measure(BenchWorld world, string folder)
    {
        var store = new SnapshotStore(new DirectoryStorage(folder));
        TradingCore core = world.Core;
        StateHash hash = core.ComputeHash();
        var header = new SnapshotHeader(
            SnapshotStore.FormatVersion, core.Sequence, core.Now, hash, 0, default, core.FixedLimits);
        TradingCore? loaded = null;
        double hashing = MedianOf(() => core.ComputeHash());
        double telling = MedianOf(core.Recite);
        double saving = MedianOf(() => store.Write(header, [new Section(core)]));
        string name = store.Newest()[0];
        long bytes = new FileInfo(Path.Combine(folder, name)).Length;
        double reading = Ceilings.ReadMilliseconds(bytes);
        double verifying = MedianOf(() => store.Verify(name));
        long memory = 0;
        double loading = MedianOf(() =>
        {
            loaded = null;
            long before = GC.GetTotalMemory(forceFullCollection: true);
            loaded = new TradingCore(new EngineLimits(), new Nobody());
            store.Read(name, _ => [new Section(loaded)]);
            memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        });
        if (loaded!.ComputeHash() != hash || loaded.Holdings != Accounts * Symbols)
        {
            throw new InvalidOperationException("the loaded state is another one");
        }
        yield return Of("hashed", hashing, reading);
        yield return Of("told as events", telling, reading);
        yield return Of($"saved, synced, read again ({bytes / 1_000_000} MB)", saving, reading);
        yield return Of("checked", verifying, reading);
        yield return Of($"loaded and hashed ({memory / 1_000_000} MB in memory)", loading, reading);
    }

    private static Figure Of(string what, double milliseconds, double ceiling) =>
        new("state", $"{What}: {what}", milliseconds, "ms", ceiling, "reading the same bytes", "load in about 2,000 ms");

    private static double MedianOf(Action action)
    {
        var times = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            long started = Stopwatch.GetTimestamp();
            action();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return Median.Of(times);
    }

    private sealed class Section(TradingCore core) : ISnapshotSection
    {
        public string Name => ISnapshotSection.State;

        public void Transfer(StateTransfer transfer) => core.Transfer(transfer);
    }

    private sealed class Nobody : IEventSink
    {
        private EventSlot _slot;

        public ref EventSlot Claim() => ref _slot;

        public void Publish()
        {
        }
    }
}
