using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.World;
using CopyEngine.Numerics;
using CopyEngine.Pipeline;

namespace CopyEngine.Host.Demo;

/// <summary>Runs the demo on one thread: prices, then reports to the traders, then what the traders and the back office do.</summary>
internal sealed class DemoShow : IDisposable
{
    private const int Seed = 20_240_501;

    private readonly TradingEngine _engine;
    private readonly DemoReports _reports;
    private readonly TimeProvider _clock;
    private readonly SimulatedMarket _market = new(Seed);
    private readonly DemoTrader[] _traders;
    private readonly BackOffice _backOffice;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Thread _thread;

    public DemoShow(TradingEngine engine, DemoReports reports, WorldDefinition world, TimeProvider clock)
    {
        _engine = engine;
        _reports = reports;
        _clock = clock;
        ContinuePrices();
        _traders =
        [
            new Scalper(engine, _market, Provider(1)), new SwingTrader(engine, _market, Provider(2)), new Gambler(engine, _market, Provider(3)),
        ];
        reports.Watch(_traders.Select(trader => trader.Account));
        _backOffice = new BackOffice(engine, _market, reports, OpeningBalances(world));
        _thread = new Thread(Run) { Name = "demo", IsBackground = true };
    }

    public void Start()
    {
        foreach (SimulatedQuote quote in _market.Quotes)
        {
            Publish(quote);
        }
        _thread.Start();
    }

    /// <summary>One step of the market and of everybody in it.</summary>
    public void Step()
    {
        foreach (SimulatedQuote quote in _market.Advance())
        {
            Publish(quote);
        }
        while (_reports.TryTakeOrder(out OrderReport report))
        {
            Array.Find(_traders, trader => trader.Account == report.Account)?.Take(in report);
        }
        foreach (DemoTrader trader in _traders)
        {
            trader.Act();
        }
        _backOffice.Act();
    }

    public void Dispose()
    {
        _stopping.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
        _stopping.Dispose();
    }

    private void Run()
    {
        try
        {
            StepUntilStopped();
        }
        catch (PipelineStoppedException)
        {
            // The engine has stopped; whoever watches it says why.
        }
    }

    private void StepUntilStopped()
    {
        long started = _clock.GetTimestamp();
        for (long step = 1; ; step++)
        {
            TimeSpan left = SimulatedMarket.Step * step - _clock.GetElapsedTime(started);
            if (_stopping.Token.WaitHandle.WaitOne(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                return;
            }
            Step();
        }
    }

    private void Publish(SimulatedQuote quote)
    {
        // A quote that finds the ring full is left out: the next one of the symbol follows in a moment.
        var command = new Quote
        {
            Symbol = _engine.Directory.FindInstrument(quote.Symbol)!.Id,
            Bid = quote.Bid,
            Ask = quote.Ask,
            SourceTime = _engine.NowMicroseconds(),
        };
        _engine.TryPublish(in command, HostSenders.Demo);
    }

    private void ContinuePrices()
    {
        for (int symbol = 0; symbol < _engine.Directory.InstrumentCount; symbol++)
        {
            if (_reports.Quote(symbol) is { } last)
            {
                InstrumentEntry instrument = _engine.Directory.Instrument(symbol);
                double points = ((double)last.BidPoints + last.AskPoints) / 2;
                _market.BeginAt(instrument.Symbol, points / Fixed8.PowerOfTen(instrument.Definition.Digits));
            }
        }
    }

    private AccountEntry Provider(long number) => _engine.Directory.FindAccount(new AccountName(UserType.StrategyProvider, number))!;

    private Dictionary<int, long> OpeningBalances(WorldDefinition world) => world.Accounts
        .SelectMany(accounts => accounts.Range.Names.Select(name => (_engine.Directory.FindAccount(name)!.Id, accounts.Balance)))
        .ToDictionary(account => account.Id, account => account.Balance);
}
