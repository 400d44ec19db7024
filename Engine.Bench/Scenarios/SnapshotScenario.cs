using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Host;
using CopyEngine.Journal;

namespace CopyEngine.Bench.Scenarios;

/// <summary>
/// Orders, one every millisecond, on an engine with a million accounts: how long the slowest in a thousand takes while a
/// snapshot is taken, beside the same without one.
/// </summary>
internal sealed class SnapshotScenario : IScenario
{
    private const int Accounts = 1_000_000;
    private const int Runs = 5;
    private const int OrdersPerRun = 10_000;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(1);

    public string Name => "snapshot";

    public IEnumerable<Figure> Run()
    {
        string directory = Directory.CreateTempSubdirectory("copyengine-bench-").FullName;
        try
        {
            using var loop = new OrderLoop(directory, Durability.Os, window: 1);
            loop.OpenAccounts(Accounts);
            var without = new List<double>();
            var during = new List<double>();
            var seconds = new List<double>();
            for (int run = 0; run < Runs; run++)
            {
                without.Add(loop.RunPaced(OrdersPerRun, Pace, until: null));
                long started = Stopwatch.GetTimestamp();
                using Process child = Process.Start(SnapshotOf(directory))!;
                during.Add(loop.RunPaced(orders: int.MaxValue, Pace, until: () => child.HasExited));
                seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
                if (child.ExitCode != 0)
                {
                    throw new InvalidOperationException($"the snapshot failed with exit code {child.ExitCode}");
                }
            }
            yield return new Figure(
                "snapshot", $"p99.9 of an order while a snapshot of {Accounts:N0} accounts is taken ({Median.Of(seconds):F1} s)",
                Median.Of(during), "µs", Median.Of(without), "without one", "at most 2");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static ProcessStartInfo SnapshotOf(string directory)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(HostException).Assembly.Location);
        start.ArgumentList.Add("snapshot");
        start.ArgumentList.Add(directory);
        start.ArgumentList.Add("--while-process");
        start.ArgumentList.Add(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        start.Environment["DOTNET_gcServer"] = "0";
        return start;
    }
}
