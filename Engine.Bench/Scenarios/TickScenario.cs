using System.Diagnostics;
using CopyEngine.Commands;

namespace CopyEngine.Bench.Scenarios;

/// <summary>A tick over accounts with three exposures each, every symbol quoted anew.</summary>
internal sealed class TickScenario : IScenario
{
    private const int Runs = 7;
    private const int Symbols = 3;
    private const int BytesPerAccount = 64 + 8 + 3 * 56;

    public string Name => "tick";

    public IEnumerable<Figure> Run()
    {
        foreach (int accounts in (int[])[10_000, 100_000, 1_000_000])
        {
            yield return Measure(accounts);
        }
    }

    private static Figure Measure(int accounts)
    {
        var world = new BenchWorld(Symbols);
        for (int account = 0; account < accounts; account++)
        {
            world.Open(UserType.Live, "10000");
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                world.Buy(account, symbol, "0.01");
            }
        }
        var total = new List<double>();
        var ceilings = new List<double>();
        for (int run = 0; run < Runs; run++)
        {
            world.QuoteAll(Symbols, $"1.1{run}000");
            long started = Stopwatch.GetTimestamp();
            world.Apply(new Tick());
            world.Finish();
            total.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            ceilings.Add(Ceilings.ReadMilliseconds((long)accounts * BytesPerAccount));
        }
        if (world.Counts[(int)Events.EventType.PortfolioBatch] < (long)Runs * accounts / Events.Portfolios.Length)
        {
            throw new InvalidOperationException("a tick did not publish every portfolio");
        }
        world.Validate();
        return new Figure(
            "tick", $"{accounts:N0} accounts with 3 exposures, all symbols changed", Median.Of(total), "ms",
            Median.Of(ceilings), "reading the same bytes", "about 5 ms for 1,000,000");
    }
}
