using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;
using CopyEngine.Quotes;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>
/// The open profit of a single order, which the core does not tell: from the last quotes, for orders whose profit needs no
/// conversion. Of others it is not given; the account's own open profit always is. Used under the gateway's lock.
/// </summary>
internal sealed class OpenProfit(EngineDirectory directory)
{
    private QuoteTaken[] _quotes = new QuoteTaken[16];

    public void Take(in QuoteTaken quote)
    {
        if (quote.Symbol >= _quotes.Length)
        {
            Array.Resize(ref _quotes, Math.Max(quote.Symbol + 1, 2 * _quotes.Length));
        }
        _quotes[quote.Symbol] = quote;
    }

    /// <summary>Price difference × lots × contract size, plus swap, minus the entry commission (semantics, section 3).</summary>
    public WireNumber Of(in OrderReport order)
    {
        AccountEntry account = directory.Account(order.Account);
        InstrumentEntry instrument = directory.Instrument(order.Symbol);
        RegisterInstrument definition = instrument.Definition;
        bool isKnown = order.Status != OrderStatus.New && order.Symbol < _quotes.Length && _quotes[order.Symbol].AskPoints > 0;
        if (!isKnown || !AreEqual(definition.ProfitCurrency.ToString(), account.Currency))
        {
            return WireNumber.NotGiven;
        }
        int halfSpread = directory.GroupInstrument(account.Group, order.Symbol)?.HalfSpreadPoints ?? 0;
        var quote = new RawQuote(_quotes[order.Symbol].BidPoints, _quotes[order.Symbol].AskPoints);
        long close = quote.ClosePrice(order.Side, halfSpread);
        long points = order.Side == Side.Buy ? close - order.AveragePricePoints : order.AveragePricePoints - close;
        // One point of one lot step in 10^-8 of the profit currency: exact, or the instrument would not have been registered.
        Int128 pointValue = (Int128)instrument.PointUnits * definition.LotStep * definition.ContractSize / Fixed8.One / Fixed8.One;
        return Scaling.TryMultiply((Int128)points * order.RemainingSteps, pointValue, out Int128 exact) && Scaling.TryRound(exact, 1, out Money profit)
            ? MoneyFormat.Amount(profit + order.Swap - order.Commission, account.MinorDecimals)
            : WireNumber.NotGiven;
    }

    private static bool AreEqual(string profitCurrency, string currency) => CountsAs(profitCurrency) == CountsAs(currency);

    private static string CountsAs(string currency) => currency == "USDT" ? "USD" : currency;
}
