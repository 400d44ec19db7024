using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Dashboard;

/// <summary>A price as the live view shows it.</summary>
internal readonly record struct ShownQuote(int Symbol, int BidPoints, int AskPoints, int PreviousBidPoints);

/// <summary>An account close to its warning level.</summary>
/// <param name="Level">Margin level in percent, for display.</param>
internal readonly record struct ShownAccount(AccountEntry Account, Money Equity, Money UsedMargin, decimal Level, decimal WarningLevel);

/// <summary>
/// What the live view shows, folded from events. One thread writes; the view reads figures that may be a few events
/// apart, which is good enough for the eye.
/// </summary>
internal sealed class LiveBoard : IEventListener
{
    private ShownQuote[] _quotes = new ShownQuote[16];
    private Figures[] _accounts = new Figures[1_024];

    public string Name => "board";

    /// <summary>Reports of orders that are no copies.</summary>
    public EventHistory Orders { get; } = new(64);

    /// <summary>What became of the copies of those orders.</summary>
    public EventHistory Copies { get; } = new(64);

    /// <summary>Warnings, liquidations, cascades, alarms.</summary>
    public EventHistory Alerts { get; } = new(256);

    /// <summary>Effective time of the last event, microseconds since the Unix epoch.</summary>
    public long Time { get; private set; }

    public IEnumerable<ShownQuote> Quotes => _quotes.Where(quote => quote.AskPoints > 0);

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        Time = slot.Header.Time;
        switch (slot.Header.Type)
        {
            case EventType.QuoteTaken:
                Take(in slot.As<QuoteTaken>());
                break;
            case EventType.PortfolioBatch:
                Take(in slot.As<PortfolioBatch>());
                break;
            case var _ when slot.Header.IsRecited:
                // The state as it stands: prices and figures are shown, news it is not.
                break;
            case EventType.OrderReport when !slot.As<OrderReport>().IsCopy && slot.As<OrderReport>().Account >= 0:
                Orders.Add(in slot);
                break;
            case EventType.CopyReport:
                Copies.Add(in slot);
                break;
            case EventType.MarginReport when slot.As<MarginReport>().Kind != MarginEventKind.Restored:
            case EventType.CascadeReport:
            case EventType.Alarm:
                Alerts.Add(in slot);
                break;
        }
    }

    /// <summary>The accounts nearest to their warning level, nearest first.</summary>
    public IReadOnlyList<ShownAccount> NearestToWarning(EngineDirectory directory, int count)
    {
        var nearest = new PriorityQueue<int, double>();
        Figures[] accounts = _accounts;
        for (int account = 0; account < Math.Min(accounts.Length, directory.AccountCount); account++)
        {
            if (accounts[account].UsedMargin > 0)
            {
                double warning = Math.Max(1, directory.Group(directory.Account(account).Group).Definition.WarningLevel);
                double distance = (double)accounts[account].Equity / accounts[account].UsedMargin / warning;
                nearest.Enqueue(account, -distance);
                if (nearest.Count > count)
                {
                    nearest.Dequeue();
                }
            }
        }
        return [.. nearest.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => Shown(directory, item.Element, accounts[item.Element]))];
    }

    private static ShownAccount Shown(EngineDirectory directory, int account, Figures figures)
    {
        AccountEntry entry = directory.Account(account);
        decimal level = Math.Round((decimal)figures.Equity / figures.UsedMargin * 100, 2, MidpointRounding.AwayFromZero);
        decimal warningLevel = directory.Group(entry.Group).Definition.WarningLevel / 10_000m;
        return new ShownAccount(entry, new Money(figures.Equity), new Money(figures.UsedMargin), level, warningLevel);
    }

    private void Take(in QuoteTaken quote)
    {
        if (quote.Symbol >= _quotes.Length)
        {
            Array.Resize(ref _quotes, Math.Max(quote.Symbol + 1, _quotes.Length * 2));
        }
        _quotes[quote.Symbol] = new ShownQuote(quote.Symbol, quote.BidPoints, quote.AskPoints, _quotes[quote.Symbol].BidPoints);
    }

    private void Take(in PortfolioBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            Portfolio portfolio = batch.Portfolios[i];
            if (portfolio.Account >= _accounts.Length)
            {
                Array.Resize(ref _accounts, Math.Max(portfolio.Account + 1, _accounts.Length * 2));
            }
            _accounts[portfolio.Account] = new Figures(portfolio.Equity.Units, portfolio.UsedMargin.Units);
        }
    }

    private readonly record struct Figures(long Equity, long UsedMargin);
}
