using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Recovery;
using CopyEngine.Storage;

namespace CopyEngine.Bench.Scenarios;

/// <summary>
/// Orders through ring, journal, core and event ring until a listener hears of them, with so many in flight at a time,
/// beside the bare cost of a sync on the same disk in the same run.
/// </summary>
internal sealed class DurabilityScenario : IScenario
{
    private const int Runs = 5;
    private const int SyncsPerRun = 400;
    private const int BlockBytes = 4_096;
    private static readonly int[] InFlight = [1, 8, 64, 512];

    public string Name => "durability";

    public IEnumerable<Figure> Run()
    {
        string directory = Directory.CreateTempSubdirectory("copyengine-bench-").FullName;
        try
        {
            foreach (int window in InFlight)
            {
                foreach (Figure figure in Measure(directory, window))
                {
                    yield return figure;
                }
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<Figure> Measure(string directory, int window)
    {
        var rates = new List<double>();
        var syncRates = new List<double>();
        var latencies = new List<double>();
        var osLatencies = new List<double>();
        var syncs = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            double sync = RawSyncMicroseconds(directory);
            using var fsync = new OrderLoop(Path.Combine(directory, $"fsync-{window}-{run}"), Durability.Fsync, window);
            (double rate, double p50) = fsync.Run(orders: window * SyncsPerRun);
            using var os = new OrderLoop(Path.Combine(directory, $"os-{window}-{run}"), Durability.Os, window);
            (_, double osP50) = os.Run(orders: window * SyncsPerRun);
            syncs.Add(sync);
            rates.Add(rate);
            syncRates.Add(1e6 / sync * window);
            latencies.Add(p50);
            osLatencies.Add(osP50);
        }
        string orders = window == 1 ? "1 order" : $"{window} orders";
        yield return new Figure(
            "durability", $"{orders} in flight, fsync: durable orders per second", Median.Of(rates), "/s", Median.Of(syncRates),
            "bare syncs per second × in flight", window == 64 ? "at least 0.7" : "-");
        yield return new Figure(
            "durability", $"{orders} in flight, fsync: p50 from ring to listener", Median.Of(latencies), "µs", Median.Of(syncs),
            "a bare sync", window == 1 ? "under 2" : "-");
        yield return new Figure(
            "durability", $"{orders} in flight, os: p50 from ring to listener", Median.Of(osLatencies), "µs", Median.Of(syncs), "a bare sync", "-");
    }

    /// <summary>Writing a block in order into a prewritten file and syncing it, median in microseconds.</summary>
    private static double RawSyncMicroseconds(string directory)
    {
        var storage = new DirectoryStorage(directory);
        const string name = "raw-sync";
        var times = new List<double>();
        using (IStorageFile file = storage.Create(name, (long)SyncsPerRun * BlockBytes))
        {
            var block = new byte[BlockBytes];
            for (int i = 0; i < SyncsPerRun; i++)
            {
                Array.Fill(block, (byte)(1 + i % 250));
                long started = Stopwatch.GetTimestamp();
                file.Write((long)i * BlockBytes, block);
                file.Sync();
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            }
        }
        storage.Delete(name);
        return Median.Of(times);
    }
}
