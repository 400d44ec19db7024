using System.Collections.Concurrent;
using Xunit;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// Engines on a simulated machine whose disk, memory and power fail. A failure prints the line that repeats it. To run
/// more set <c>COPYENGINE_SIMULATIONS</c>; a commit is judged by the same seeds wherever it is judged, so to look
/// for what they miss set <c>COPYENGINE_SIMULATIONS_BASE</c> to <c>random</c>, or to the number that such a run printed.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Lanes = 2;
    private const int SeedsOfAnOrdinaryRun = 250;
    private const int DefaultBase = 40_000;
    private const string BaseVariable = "COPYENGINE_SIMULATIONS_BASE";

    /// <summary>More than these say nothing more.</summary>
    private const int MostFailures = 10;

    /// <summary>From this many seeds on, what none of them reached cannot be reached.</summary>
    private const int SeedsOfACompleteRun = 5_000;

    [Fact]
    public void What_the_engine_told_anybody_it_knows_after_any_crash()
    {
        var coverage = new SimulationCoverage();
        if (Setting("COPYENGINE_SIMULATION_SEED") is { } only)
        {
            Simulation.Run(only, EngineBuild.Sound, coverage);
            output.WriteLine(coverage.ToString());
            return;
        }
        int seeds = Setting("COPYENGINE_SIMULATIONS") ?? SeedsOfAnOrdinaryRun;
        int first = Environment.GetEnvironmentVariable(BaseVariable) == "random"
            ? Random.Shared.Next(1_000_000_000)
            : Setting(BaseVariable) ?? DefaultBase;
        output.WriteLine($"{seeds} seeds, COPYENGINE_SIMULATIONS_BASE={first}");
        var failures = new ConcurrentQueue<SimulationException>();
        Parallel.For(0, seeds, new ParallelOptions { MaxDegreeOfParallelism = Lanes }, (place, loop) =>
        {
            try
            {
                Simulation.Run(first + place, EngineBuild.Sound, coverage);
            }
            catch (SimulationException broken)
            {
                failures.Enqueue(broken);
                if (failures.Count >= MostFailures)
                {
                    loop.Stop();
                }
            }
        });
        output.WriteLine(coverage.ToString());
        Assert.True(failures.IsEmpty, $"{string.Join('\n', failures.Select(failure => failure.Message))}\n{failures.FirstOrDefault()?.InnerException}");
        if (seeds >= SeedsOfACompleteRun)
        {
            coverage.AssertComplete();
        }
    }

    [Fact]
    public void The_same_seed_makes_the_same_run()
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            var (first, second) = (new SimulationCoverage(), new SimulationCoverage());
            Simulation.Run(seed, EngineBuild.Sound, first);
            Simulation.Run(seed, EngineBuild.Sound, second);
            Assert.Equal(first.ToString(), second.ToString());
        }
    }

    private static int? Setting(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int value) ? value : null;
}
