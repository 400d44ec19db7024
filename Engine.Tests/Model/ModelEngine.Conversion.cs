using CopyEngine.Commands;

namespace CopyEngine.Tests.Model;

/// <summary>Conversion of amounts between currencies (semantics, section 3).</summary>
internal sealed partial class ModelEngine
{
    private const decimal LargestAmount = 10_000_000_000m;

    /// <summary>A rate and whether a pair that it rests on is stale.</summary>
    private sealed record Rate(Exact Value, bool IsStale);

    /// <summary>A converted amount, rounded once, and whether it rests on a stale pair.</summary>
    private sealed record Converted(decimal Amount, bool IsStale);

    /// <summary>Null when a pair is missing or the result is beyond the largest amount.</summary>
    private Converted? Convert(Exact amount, string from, string to, ConversionPrice price, bool isOwed)
    {
        Rate? rate = RateOf(Currency(from), Currency(to), price, isOwed);
        return rate is null ? null : Rounded(amount * rate.Value, rate.IsStale);
    }

    private Converted? ConvertToAccount(Exact amount, string from, ModelAccount account, bool isOwed) =>
        Convert(amount, from, account.Currency, account.Group.Definition.Conversion, isOwed);

    private static Converted? Rounded(Exact amount, bool isStale)
    {
        decimal? rounded = amount.Round(8);
        return rounded is null || Math.Abs(rounded.Value) > LargestAmount ? null : new Converted(rounded.Value, isStale);
    }

    /// <summary>USDT counts as USD.</summary>
    private static string Currency(string code) => code == "USDT" ? "USD" : code;

    private Rate? RateOf(string from, string to, ConversionPrice price, bool isOwed)
    {
        if (from == to)
        {
            return new Rate(1m, false);
        }
        Rate? direct = RateOfOnePair(from, to, price, isOwed);
        if (direct is not null || from == "USD" || to == "USD")
        {
            return direct;
        }
        Rate? toDollar = RateOfOnePair(from, "USD", price, isOwed);
        Rate? fromDollar = RateOfOnePair("USD", to, price, isOwed);
        return toDollar is null || fromDollar is null
            ? null
            : new Rate(toDollar.Value * fromDollar.Value, toDollar.IsStale || fromDollar.IsStale);
    }

    private Rate? RateOfOnePair(string from, string to, ConversionPrice price, bool isOwed)
    {
        ModelInstrument? multiplying = FindQuotedPair(from, to);
        if (multiplying is not null)
        {
            return new Rate(MultiplyingPrice(multiplying.Market!, price, isOwed), IsStale(multiplying));
        }
        ModelInstrument? dividing = FindQuotedPair(to, from);
        return dividing is null
            ? null
            : new Rate((Exact)1m / DividingPrice(dividing.Market!, price, isOwed), IsStale(dividing));
    }

    /// <summary>The lowest-numbered instrument of the pair that has ever been quoted.</summary>
    private ModelInstrument? FindQuotedPair(string baseCurrency, string profitCurrency) =>
        _instruments.Find(instrument => instrument.Market is not null
            && Currency(instrument.BaseCurrency) == baseCurrency
            && Currency(instrument.ProfitCurrency) == profitCurrency);

    private static Exact MultiplyingPrice(ModelQuote market, ConversionPrice price, bool isOwed) => price switch
    {
        ConversionPrice.Mid => ((Exact)market.Bid + market.Ask) / 2m,
        ConversionPrice.Conservative => isOwed ? market.Ask : market.Bid,
        _ => market.Ask,
    };

    private static Exact DividingPrice(ModelQuote market, ConversionPrice price, bool isOwed) => price switch
    {
        ConversionPrice.Mid => ((Exact)market.Bid + market.Ask) / 2m,
        ConversionPrice.Conservative => isOwed ? market.Bid : market.Ask,
        _ => market.Ask,
    };

    /// <summary>Whether an instrument is a pair of the route that is in use now.</summary>
    private bool RouteUses(ModelInstrument pair, string from, string to)
    {
        (string source, string target) = (Currency(from), Currency(to));
        if (source == target)
        {
            return false;
        }
        if (PairInUse(source, target) is { } direct)
        {
            return direct == pair;
        }
        return PairInUse(source, "USD") == pair || PairInUse("USD", target) == pair;
    }

    private ModelInstrument? PairInUse(string from, string to) => FindQuotedPair(from, to) ?? FindQuotedPair(to, from);
}
