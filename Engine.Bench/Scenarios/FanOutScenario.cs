using System.Diagnostics;
using CopyEngine.Commands;

namespace CopyEngine.Bench.Scenarios;

/// <summary>One master order to many followers, each sized on fresh equity, with margin check, holding, books and event.</summary>
internal sealed class FanOutScenario : IScenario
{
    private const int Runs = 7;

    public string Name => "fanout";

    public IEnumerable<Figure> Run()
    {
        foreach (int followers in (int[])[1_000, 10_000, 100_000])
        {
            yield return Measure(followers);
        }
    }

    private static Figure Measure(int followers)
    {
        var world = new BenchWorld(symbols: 3);
        int provider = world.Open(UserType.StrategyProvider, "100000");
        int[] accounts = [.. Enumerable.Range(0, followers).Select(_ => world.Open(UserType.CopyFollower, "100000"))];
        new Random(1).Shuffle(accounts);
        foreach (int account in accounts)
        {
            world.Follow(provider, account);
        }
        world.Buy(provider, 1, "0.01");
        world.Buy(provider, 2, "0.01");
        world.Finish();
        var perCopy = new List<double>();
        var ceilings = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            long before = world.Copied;
            long started = Stopwatch.GetTimestamp();
            world.Buy(provider, run % 3, "0.01");
            world.Finish();
            perCopy.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / followers);
            ceilings.Add(Ceilings.WriteNanoseconds(followers));
            if (world.Copied - before != followers)
            {
                throw new InvalidOperationException($"{world.Copied - before} copies instead of {followers}");
            }
        }
        world.Validate();
        return new Figure(
            "fanout", $"one master order to {followers:N0} followers, per copy", Median.Of(perCopy), "ns",
            Median.Of(ceilings), "writing the same bytes", "single-digit ns for the arithmetic alone");
    }
}
