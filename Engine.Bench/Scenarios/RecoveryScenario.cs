using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Numerics;
using CopyEngine.Recovery;

namespace CopyEngine.Bench.Scenarios;

/// <summary>
/// A start after a crash: a million accounts with three holdings each from a snapshot, and a million commands from the
/// journal after it, each part timed. The ceiling is a plain read of the same files.
/// </summary>
internal sealed class RecoveryScenario : IScenario
{
    private const int Accounts = 1_000_000;
    private const int Symbols = 3;
    private const int JournaledCommands = 1_000_000;

    public string Name => "recovery";

    public IEnumerable<Figure> Run()
    {
        string directory = Directory.CreateTempSubdirectory("copyengine-bench-").FullName;
        try
        {
            long before = Fill(directory);
            foreach (Figure figure in Measure(directory, before))
            {
                yield return figure;
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <returns>Bytes that the running state takes.</returns>
    private static long Fill(string directory)
    {
        var settings = new StoreSettings { Directory = directory, Durability = Durability.Os };
        TradingEngine engine = new(new EngineLimits(), [], store: settings);
        engine.Start();
        long time = engine.NowMicroseconds();
        for (int symbol = 0; symbol < Symbols; symbol++)
        {
            engine.Publish(BenchWorld.Instrument(symbol), default, time);
        }
        engine.Publish(BenchWorld.Standard, default, time);
        Quote(engine, time, 0);
        for (int account = 0; account < Accounts; account++)
        {
            engine.Publish(new OpenAccount { UserType = UserType.Live, AccountNumber = account + 1, Currency = CurrencyCode.From("USD"), Leverage = 100 }, default, time);
            engine.Publish(new MoveFunds { Account = account, Amount = Fixed8.Parse("10000") }, default, time);
            for (int symbol = 0; symbol < Symbols; symbol++)
            {
                engine.Publish(BenchWorld.MarketOrder(account, symbol, "0.01"), default, time);
            }
        }
        engine.WaitForAsync(engine.Publish(new Tick(), default, time)).GetAwaiter().GetResult();
        Stop(engine);

        // After a stop with its snapshot, a million commands and then a "crash": the second engine is not stopped in order.
        engine = new TradingEngine(new EngineLimits(), [], store: settings);
        engine.Start();
        long last = 0;
        for (int i = 0; i < JournaledCommands; i += Symbols)
        {
            last = Quote(engine, time, i);
        }
        engine.WaitForAsync(last).GetAwaiter().GetResult();
        long bytes = GC.GetTotalMemory(forceFullCollection: true);
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return bytes;
    }

    private static long Quote(TradingEngine engine, long time, int step)
    {
        long sequence = 0;
        for (int symbol = 0; symbol < Symbols; symbol++)
        {
            long bid = Fixed8.Parse("1.10000") + step % 100 * 1_000;
            sequence = engine.Publish(new Quote { Symbol = symbol, Bid = bid, Ask = bid + 2_000, SourceTime = time }, default, time);
        }
        return sequence;
    }

    private static IEnumerable<Figure> Measure(string directory, long runningBytes)
    {
        GC.Collect();
        double readSeconds = ReadFiles(directory);
        long started = Stopwatch.GetTimestamp();
        long peak = 0;
        var engine = new TradingEngine(new EngineLimits(), [], store: new StoreSettings { Directory = directory, Durability = Durability.Os });
        using (var watch = new Timer(_ => peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)), null, 0, 50))
        {
            engine.Start();
        }
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        RecoveryReport report = engine.Recovered!;
        if (report.Replayed < JournaledCommands || engine.Directory.AccountCount != Accounts)
        {
            throw new InvalidOperationException($"{report.Replayed} commands replayed, {engine.Directory.AccountCount} accounts");
        }
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        yield return Part("in all", seconds, readSeconds, "at most 10 s");
        yield return Part("loading the snapshot", report.Load.TotalSeconds, readSeconds, "-");
        yield return Part("checking the journal", report.Check.TotalSeconds, readSeconds, "-");
        yield return Part("telling the listeners", report.Recite.TotalSeconds, readSeconds, "-");
        yield return Part("applying the journal", report.Replay.TotalSeconds, readSeconds, "-");
        yield return new Figure(
            "recovery", "memory at its peak", peak / 1e6, "MB", runningBytes / 1e6, "of the running engine", "at most 1.5");
    }

    private static Figure Part(string part, double seconds, double readSeconds, string limit) => new(
        "recovery", $"1M accounts, 3M holdings, 1M commands: {part}", seconds * 1_000, "ms", readSeconds * 1_000, "reading the same files", limit);

    private static double ReadFiles(string directory)
    {
        long started = Stopwatch.GetTimestamp();
        var buffer = new byte[1 << 20];
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            using FileStream stream = File.OpenRead(file);
            while (stream.Read(buffer) > 0)
            {
            }
        }
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static void Stop(TradingEngine engine)
    {
        if (!engine.StopAsync().GetAwaiter().GetResult())
        {
            throw new InvalidOperationException("the engine did not stop in order");
        }
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
