using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Journal;
using CopyEngine.Numerics;
using CopyEngine.Recovery;

namespace CopyEngine.Bench;

/// <summary>
/// A whole engine with a journal on disk and one account that opens and closes an order in turn, so many commands in
/// flight at a time; an answer counts when a listener has it.
/// </summary>
internal sealed class OrderLoop : IEventListener, IDisposable
{
    private readonly TradingEngine _engine;
    private readonly int _window;
    private readonly List<double> _latencies = [];
    private readonly SemaphoreSlim _free;
    private long _answered;
    private long _filled;
    private long _wanted = long.MaxValue;
    private readonly ManualResetEventSlim _done = new();

    public OrderLoop(string directory, Durability durability, int window)
    {
        _window = window;
        _free = new SemaphoreSlim(window);
        Directory.CreateDirectory(directory);
        _engine = new TradingEngine(new EngineLimits(), [this], store: new StoreSettings { Directory = directory, Durability = durability });
        _engine.Start();
        long time = _engine.NowMicroseconds();
        _engine.Publish(BenchWorld.Instrument(0), default, time);
        _engine.Publish(BenchWorld.Standard, default, time);
        _engine.Publish(new OpenAccount { UserType = UserType.Live, AccountNumber = 1, Currency = CurrencyCode.From("USD"), Leverage = 100 }, default, time);
        _engine.Publish(new MoveFunds { Amount = Fixed8.Parse("1000000000") }, default, time);
        long last = _engine.Publish(new Quote { Bid = Fixed8.Parse("1.10000"), Ask = Fixed8.Parse("1.10002"), SourceTime = time }, default, time);
        _engine.WaitForAsync(last).GetAwaiter().GetResult();
    }

    public string Name => "order-loop";

    /// <summary>Places so many orders and waits for the last answer.</summary>
    /// <returns>Orders per second, and the median microseconds from publishing to hearing.</returns>
    public (double Rate, double P50) Run(int orders)
    {
        _wanted = orders;
        PlaceOrder order = BenchWorld.MarketOrder(account: 0, symbol: 0, "0.01");
        var close = new CloseAll { Account = 0, Symbol = CloseAll.EverySymbol };
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < orders; i++)
        {
            _free.Wait();
            // The correlation carries the moment of publishing, so that the listener needs no table.
            var sender = new Sender(1, 0, Stopwatch.GetTimestamp());
            if (i % 2 == 0)
            {
                _engine.Publish(in order, sender, _engine.NowMicroseconds());
            }
            else
            {
                _engine.Publish(in close, sender, _engine.NowMicroseconds());
            }
        }
        _done.Wait();
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (_filled != (orders + 1) / 2 || _answered != orders)
        {
            throw new InvalidOperationException($"{_answered} answers, {_filled} fills for {orders} orders");
        }
        return (orders / seconds, Median.Of(_latencies));
    }

    /// <summary>Opens so many more accounts, each with money and no holdings.</summary>
    public void OpenAccounts(int accounts)
    {
        long time = _engine.NowMicroseconds();
        long last = 0;
        for (int account = 2; account <= accounts; account++)
        {
            _engine.Publish(
                new OpenAccount { UserType = UserType.Live, AccountNumber = account, Currency = CurrencyCode.From("USD"), Leverage = 100 }, default, time);
            last = _engine.Publish(new MoveFunds { Account = account - 1, Amount = Fixed8.Parse("10000") }, default, time);
        }
        _engine.WaitForAsync(last).GetAwaiter().GetResult();
    }

    /// <summary>Places orders at a fixed pace; one that is late counts from when it was due.</summary>
    /// <param name="orders">The most orders.</param>
    /// <param name="pace">Time between two.</param>
    /// <param name="until">Ends earlier; null: it does not.</param>
    /// <returns>The 99.9th percentile of microseconds from when an order was due to hearing of it.</returns>
    public double RunPaced(int orders, TimeSpan pace, Func<bool>? until)
    {
        PlaceOrder order = BenchWorld.MarketOrder(account: 0, symbol: 0, "0.01");
        var close = new CloseAll { Account = 0, Symbol = CloseAll.EverySymbol };
        long answered = Volatile.Read(ref _answered);
        _latencies.Clear();
        long due = Stopwatch.GetTimestamp();
        int sent = 0;
        for (; sent < orders && until?.Invoke() != true; sent++)
        {
            due += pace.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond;
            while (Stopwatch.GetTimestamp() < due)
            {
                Thread.Sleep(0);
            }
            var sender = new Sender(1, 0, due);
            if (sent % 2 == 0)
            {
                _engine.Publish(in order, sender, _engine.NowMicroseconds());
            }
            else
            {
                _engine.Publish(in close, sender, _engine.NowMicroseconds());
            }
        }
        SpinWait.SpinUntil(() => Volatile.Read(ref _answered) == answered + sent);
        double[] sorted = [.. _latencies.Order()];
        return sorted[(int)(sorted.Length * 0.999)];
    }

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        bool isFill = slot.Header.Type == EventType.OrderReport && slot.As<OrderReport>().Status == OrderStatus.Filled;
        if (slot.Header.Session != 1 || (!isFill && slot.Header.Type != EventType.RequestDone))
        {
            return;
        }
        _latencies.Add(Stopwatch.GetElapsedTime(slot.Header.Correlation).TotalMicroseconds);
        _filled += isFill ? 1 : 0;
        _free.Release();
        Volatile.Write(ref _answered, _answered + 1);
        if (_answered == _wanted)
        {
            _done.Set();
        }
    }

    public void Dispose()
    {
        _engine.StopAsync().GetAwaiter().GetResult();
        _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _free.Dispose();
        _done.Dispose();
    }
}
