using CopyEngine.Commands;

namespace CopyEngine.Bench.Scenarios;

/// <summary>A provider falls through its liquidation level: every copy of three orders is closed, exactly once.</summary>
internal sealed class CascadeScenario : IScenario
{
    private const int Runs = 5;
    private const int Copies = 3;

    public string Name => "cascade";

    public IEnumerable<Figure> Run()
    {
        foreach (int followers in (int[])[1_000, 10_000, 100_000])
        {
            foreach (Figure figure in Measure(followers))
            {
                yield return figure;
            }
        }
    }

    private static IEnumerable<Figure> Measure(int followers)
    {
        var totals = new List<double>();
        var longest = new List<double>();
        var ceilings = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            (TimeSpan total, TimeSpan step) = RunOnce(followers);
            totals.Add(total.TotalMilliseconds);
            longest.Add(step.TotalMilliseconds);
            ceilings.Add(Ceilings.WriteNanoseconds(followers * Copies) * followers * Copies / 1e6);
        }
        yield return new Figure(
            "cascade", $"{followers:N0} followers with {Copies} copies each, until the last is closed", Median.Of(totals), "ms",
            Median.Of(ceilings), "writing the same bytes", "100 ms for 100,000");
        yield return new Figure(
            "cascade", $"{followers:N0} followers: longest single step, what others wait", Median.Of(longest), "ms",
            1, "a quota of about", "about 1 ms");
    }

    private static (TimeSpan Total, TimeSpan LongestStep) RunOnce(int followers)
    {
        var world = new BenchWorld(Copies);
        int provider = world.Open(UserType.StrategyProvider, "10000");
        for (int i = 0; i < followers; i++)
        {
            world.Follow(provider, world.Open(UserType.CopyFollower, "20000"));
        }
        for (int symbol = 0; symbol < Copies; symbol++)
        {
            world.Buy(provider, symbol, "1.00");
            world.Finish();
        }
        world.QuoteAll(Copies, "1.06000");
        world.Finish();
        (TimeSpan, TimeSpan) measured = world.Measure(new Tick());
        world.Validate();
        int closed = world.LastCascade.PositionsClosed;
        return closed == followers * Copies && world.LastCascade.TotalFollowers == followers
            ? measured
            : throw new InvalidOperationException($"{closed} copies closed instead of {followers * Copies}");
    }
}
