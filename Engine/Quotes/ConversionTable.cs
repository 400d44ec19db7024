using CopyEngine.Commands;
using CopyEngine.Instruments;
using CopyEngine.Numerics;
using CopyEngine.State;

namespace CopyEngine.Quotes;

/// <summary>What a conversion rate rests on.</summary>
internal enum RateStatus : byte
{
    /// <summary>Every pair is quoted and fresh.</summary>
    Fresh,

    /// <summary>A pair is older than its stale limit: good for display only.</summary>
    Stale,

    /// <summary>A pair was never quoted, or the amount cannot be held.</summary>
    Missing,
}

/// <summary>One pair of a route: an instrument whose price multiplies or divides.</summary>
/// <param name="Symbol">The instrument, -1: none.</param>
/// <param name="Multiplies">The instrument's base is what is converted.</param>
internal readonly record struct Leg(int Symbol, bool Multiplies)
{
    public static readonly Leg None = new(-1, false);

    public bool Exists => Symbol >= 0;
}

/// <summary>How one currency becomes another: not at all, by one pair, or by two through the dollar.</summary>
/// <param name="First">First pair.</param>
/// <param name="Second">Second pair.</param>
/// <param name="IsKnown">Same currency, or every pair has been quoted.</param>
internal readonly record struct Route(Leg First, Leg Second, bool IsKnown);

/// <summary>
/// Conversion of amounts between currencies (semantics, section 3): by the pair that multiplies, else the pair that
/// divides, else through USD; routes are chosen again when a pair is quoted for the first time.
/// </summary>
internal sealed class ConversionTable
{
    private readonly InstrumentTable _instruments;
    private readonly CurrencyTable _currencies;
    private readonly QuoteTable _quotes;
    private readonly int _capacity;
    private readonly Leg[] _legs;
    private readonly Route[] _routes;

    public ConversionTable(int currencyCapacity, InstrumentTable instruments, CurrencyTable currencies, QuoteTable quotes)
    {
        _instruments = instruments;
        _currencies = currencies;
        _quotes = quotes;
        _capacity = currencyCapacity;
        _legs = new Leg[currencyCapacity * currencyCapacity];
        _routes = new Route[currencyCapacity * currencyCapacity];
        ChooseRoutes();
    }

    public Route RouteOf(int from, int to) => _routes[Place(_currencies.ConversionId(from), _currencies.ConversionId(to))];

    /// <summary>Chooses every route anew, after an instrument was quoted for the first time or a currency is new.</summary>
    public void ChooseRoutes()
    {
        Array.Fill(_legs, Leg.None);
        for (int symbol = _instruments.Count - 1; symbol >= 0; symbol--)
        {
            if (_quotes[symbol].Exists)
            {
                OfferDividing(_instruments[symbol]);
            }
        }
        for (int symbol = _instruments.Count - 1; symbol >= 0; symbol--)
        {
            if (_quotes[symbol].Exists)
            {
                OfferMultiplying(_instruments[symbol]);
            }
        }
        for (int from = 0; from < _capacity; from++)
        {
            for (int to = 0; to < _capacity; to++)
            {
                _routes[Place(from, to)] = Choose(from, to);
            }
        }
    }

    /// <summary>The exact rate between two currencies.</summary>
    /// <param name="from">Currency of the amount.</param>
    /// <param name="to">Currency wanted.</param>
    /// <param name="price">The group's choice of side.</param>
    /// <param name="isOwed">The client owes the amount (a loss, a margin, a cost) rather than receives it.</param>
    /// <param name="now">Effective time, for staleness.</param>
    /// <param name="rate">Amount × rate is the amount in the other currency.</param>
    public RateStatus Rate(int from, int to, ConversionPrice price, bool isOwed, long now, out Ratio rate)
    {
        rate = Ratio.One;
        if (from == to)
        {
            return RateStatus.Fresh;
        }
        Route route = RouteOf(from, to);
        if (!route.IsKnown)
        {
            return RateStatus.Missing;
        }
        RateStatus status = RateStatus.Fresh;
        Apply(route.First, price, isOwed, now, ref rate, ref status);
        Apply(route.Second, price, isOwed, now, ref rate, ref status);
        return status;
    }

    /// <summary>Converts an exact amount, rounded once to 10^-8.</summary>
    public RateStatus Convert(Int128 amount, int from, int to, ConversionPrice price, bool isOwed, long now, out Money converted)
    {
        RateStatus status = Rate(from, to, price, isOwed, now, out Ratio rate);
        if (status == RateStatus.Missing || !Scaling.TryScale(amount, rate, out converted))
        {
            converted = default;
            return RateStatus.Missing;
        }
        return status;
    }

    private int Place(int from, int to) => from * _capacity + to;

    private void OfferMultiplying(Instrument instrument) =>
        _legs[Place(_currencies.ConversionId(instrument.BaseCurrency), _currencies.ConversionId(instrument.ProfitCurrency))]
            = new Leg(instrument.Id, true);

    private void OfferDividing(Instrument instrument) =>
        _legs[Place(_currencies.ConversionId(instrument.ProfitCurrency), _currencies.ConversionId(instrument.BaseCurrency))]
            = new Leg(instrument.Id, false);

    private Route Choose(int from, int to)
    {
        if (from == to)
        {
            return new Route(Leg.None, Leg.None, true);
        }
        Leg direct = _legs[Place(from, to)];
        if (direct.Exists)
        {
            return new Route(direct, Leg.None, true);
        }
        Leg first = _legs[Place(from, CurrencyTable.Usd)];
        Leg second = _legs[Place(CurrencyTable.Usd, to)];
        return first.Exists && second.Exists ? new Route(first, second, true) : new Route(Leg.None, Leg.None, false);
    }

    private void Apply(Leg leg, ConversionPrice price, bool isOwed, long now, ref Ratio rate, ref RateStatus status)
    {
        if (!leg.Exists)
        {
            return;
        }
        ref readonly MarketQuote quote = ref _quotes[leg.Symbol];
        bool takesAsk = price == ConversionPrice.Ask || leg.Multiplies == isOwed;
        long points = price == ConversionPrice.Mid
            ? (long)quote.BidPoints + quote.AskPoints
            : takesAsk ? quote.AskPoints : quote.BidPoints;
        long scale = _instruments[leg.Symbol].PointsPerUnit * (price == ConversionPrice.Mid ? 2 : 1);
        rate = leg.Multiplies
            ? new Ratio(rate.Numerator * points, rate.Denominator * scale)
            : new Ratio(rate.Numerator * scale, rate.Denominator * points);
        if (!_quotes.IsFresh(leg.Symbol, now))
        {
            status = RateStatus.Stale;
        }
    }
}
