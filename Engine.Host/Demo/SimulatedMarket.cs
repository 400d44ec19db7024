using CopyEngine.Numerics;

namespace CopyEngine.Host.Demo;

/// <summary>How one instrument moves.</summary>
/// <param name="Symbol">Symbol.</param>
/// <param name="Digits">Decimals of a price.</param>
/// <param name="Anchor">Price around which it moves.</param>
/// <param name="SpreadPoints">Ask minus bid.</param>
/// <param name="Volatility">Standard deviation of the relative change in a quiet second.</param>
/// <param name="Shock">Relative size of the run in violent hours.</param>
internal sealed record SimulatedInstrument(string Symbol, int Digits, double Anchor, int SpreadPoints, double Volatility, double Shock);

/// <summary>A simulated price, on the instrument's grid.</summary>
internal readonly record struct SimulatedQuote(string Symbol, long Bid, long Ask);

/// <summary>
/// Prices as random walks that are drawn back to an anchor; in violent hours the anchor itself jumps, up or down, and
/// the price runs after it. The same seed and the same number of steps give the same prices.
/// </summary>
internal sealed class SimulatedMarket
{
    /// <summary>Simulated time of one step.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private const double QuietPull = 0.05;
    private const double ViolentPull = 0.3;

    /// <summary>Part of the steps in which an instrument is quoted: about eight quotes a second.</summary>
    private const double QuotedShare = 0.4;

    private static readonly SimulatedInstrument[] Instruments =
    [
        new("EURUSD", 5, 1.08500, 8, 0.00005, 0.008),
        new("GBPUSD", 5, 1.27000, 10, 0.00005, 0.009),
        new("USDJPY", 3, 151.500, 9, 0.00005, 0.009),
        new("XAUUSD", 2, 2350.00, 18, 0.00009, 0.022),
        new("US500", 1, 5250.0, 5, 0.00010, 0.018),
        new("DE40", 1, 18300.0, 12, 0.00010, 0.020),
        new("BTCUSD", 2, 64500.00, 1_200, 0.00018, 0.035),
    ];

    private readonly Random _random;
    private readonly double[] _deviations = new double[Instruments.Length];
    private readonly SimulatedQuote[] _quotes = new SimulatedQuote[Instruments.Length];
    private long _steps;
    private int _shockSign = 1;
    private int _shockDay = -1;

    public SimulatedMarket(int seed)
    {
        _random = new Random(seed);
        for (int i = 0; i < Instruments.Length; i++)
        {
            _quotes[i] = OnGrid(Instruments[i], Instruments[i].Anchor);
        }
    }

    /// <summary>Begins where a price stood when the demo last ran, so that a restart is no jump.</summary>
    public void BeginAt(string symbol, double middle)
    {
        int index = Array.FindIndex(Instruments, instrument => instrument.Symbol == symbol);
        if (index >= 0)
        {
            SimulatedInstrument instrument = Instruments[index];
            double halfSpread = instrument.SpreadPoints / 2.0 / Fixed8.PowerOfTen(instrument.Digits);
            _deviations[index] = Math.Log((middle - halfSpread) / instrument.Anchor);
            _quotes[index] = OnGrid(instrument, middle - halfSpread);
        }
    }

    /// <summary>Simulated seconds since the beginning.</summary>
    public double Seconds => _steps * Step.TotalSeconds;

    /// <summary>The last quote of every instrument.</summary>
    public IReadOnlyList<SimulatedQuote> Quotes => _quotes;

    public SimulatedQuote Quote(string symbol) => Array.Find(_quotes, quote => quote.Symbol == symbol);

    /// <summary>Moves every price by one step and gives those that are quoted in it.</summary>
    public IEnumerable<SimulatedQuote> Advance()
    {
        _steps++;
        (MarketMood mood, int day) = MarketHours.At(Seconds);
        if (mood == MarketMood.Violent && day != _shockDay)
        {
            _shockDay = day;
            _shockSign = _random.Next(2) == 0 ? 1 : -1;
        }
        for (int i = 0; i < Instruments.Length; i++)
        {
            SimulatedInstrument instrument = Instruments[i];
            Move(ref _deviations[i], instrument, mood);
            if (_random.NextDouble() < QuotedShare)
            {
                _quotes[i] = OnGrid(instrument, instrument.Anchor * Math.Exp(_deviations[i]));
                yield return _quotes[i];
            }
        }
    }

    private void Move(ref double deviation, SimulatedInstrument instrument, MarketMood mood)
    {
        double seconds = Step.TotalSeconds;
        bool isViolent = mood == MarketMood.Violent;
        double target = isViolent ? _shockSign * instrument.Shock : 0;
        double liveliness = mood switch { MarketMood.Quiet => 1, MarketMood.Brisk => 2, _ => 5 };
        deviation += (target - deviation) * (isViolent ? ViolentPull : QuietPull) * seconds
            + instrument.Volatility * liveliness * Math.Sqrt(seconds) * Gaussian();
    }

    /// <summary>Box-Muller.</summary>
    private double Gaussian() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private static SimulatedQuote OnGrid(SimulatedInstrument instrument, double price)
    {
        long point = Fixed8.PowerOfTen(Fixed8.Decimals - instrument.Digits);
        long bid = (long)Math.Round(price * Fixed8.PowerOfTen(instrument.Digits)) * point;
        return new SimulatedQuote(instrument.Symbol, bid, bid + instrument.SpreadPoints * point);
    }
}
