using CopyEngine.Commands;

namespace CopyEngine.Host.Gateway.Inbound;

/// <summary>
/// Quotes of one session that found the ring full. A newer one of the same symbol takes the place of the older one, at
/// the end: what reaches the ring is what was sent, in order, with some left out. Used by the session's reading task.
/// </summary>
internal sealed class QuoteConflation(TradingEngine engine, GatewayStatistics statistics)
{
    private readonly Dictionary<int, LinkedListNode<(Quote Quote, Sender Sender)>> _bySymbol = [];
    private readonly LinkedList<(Quote Quote, Sender Sender)> _waiting = new();

    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Publishes a quote now, or keeps it until there is a free slot.</summary>
    public void Publish(in Quote quote, Sender sender)
    {
        if (TryPublishWaiting() && engine.TryPublish(in quote, sender))
        {
            return;
        }
        if (_bySymbol.Remove(quote.Symbol, out LinkedListNode<(Quote, Sender)>? older))
        {
            _waiting.Remove(older);
            statistics.CountConflatedQuote();
        }
        _bySymbol.Add(quote.Symbol, _waiting.AddLast((quote, sender)));
    }

    /// <summary>Publishes what waits, as far as there are free slots.</summary>
    /// <returns>True if nothing waits any more.</returns>
    public bool TryPublishWaiting()
    {
        while (_waiting.First is { } first)
        {
            (Quote quote, Sender sender) = first.Value;
            if (!engine.TryPublish(in quote, sender))
            {
                return false;
            }
            _waiting.RemoveFirst();
            _bySymbol.Remove(quote.Symbol);
        }
        return true;
    }
}
