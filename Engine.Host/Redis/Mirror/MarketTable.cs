using CopyEngine.Events;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>The last price of an instrument in points; all zero before the first.</summary>
internal readonly record struct ProjectedQuote(int BidPoints, int AskPoints, long Time)
{
    public bool IsGiven => AskPoints != 0;
}

/// <summary>The last price of every instrument, the newest wins.</summary>
internal sealed class MarketTable
{
    private readonly List<ProjectedQuote> _quotes = [];
    private readonly List<bool> _isChanged = [];
    private readonly Queue<int> _changed = new();

    /// <summary>Prices that have still to be written.</summary>
    public int ChangedCount => _changed.Count;

    /// <summary>The last price; not given for an instrument that has none.</summary>
    public ProjectedQuote this[int symbol] => symbol < _quotes.Count ? _quotes[symbol] : default;

    public void Take(in QuoteTaken quote, long time)
    {
        while (_quotes.Count <= quote.Symbol)
        {
            _quotes.Add(default);
            _isChanged.Add(false);
        }
        _quotes[quote.Symbol] = new ProjectedQuote(quote.BidPoints, quote.AskPoints, time);
        MarkChanged(quote.Symbol);
    }

    public void MarkAll()
    {
        for (int symbol = 0; symbol < _quotes.Count; symbol++)
        {
            if (_quotes[symbol].IsGiven)
            {
                MarkChanged(symbol);
            }
        }
    }

    public bool TryTakeChanged(out int symbol)
    {
        if (!_changed.TryDequeue(out symbol))
        {
            return false;
        }
        _isChanged[symbol] = false;
        return true;
    }

    private void MarkChanged(int symbol)
    {
        if (!_isChanged[symbol])
        {
            _isChanged[symbol] = true;
            _changed.Enqueue(symbol);
        }
    }
}
