using System.Globalization;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Api;
using CopyEngine.Host.Telemetry;

namespace CopyEngine.Host.Feeds;

/// <summary>What a replay did, as lines of a name and a value.</summary>
internal sealed class ReplaySummary(EventTotals totals, EngineState state, ReplaySource source, long endTime, TimeSpan elapsed)
{
    public void WriteTo(TextWriter output)
    {
        foreach ((string name, string value) in Lines())
        {
            output.WriteLine($"{name,-22} {value}");
        }
    }

    private IEnumerable<(string Name, string Value)> Lines()
    {
        yield return ("replay", $"{string.Join(", ", source.QuoteFiles)}; {source.Script.Count:N0} scripted commands");
        yield return ("recorded time", $"{Text(source.StartTime)} to {Text(endTime)} UTC");
        yield return ("quotes taken", $"{totals.QuotesTaken:N0}");
        yield return ("quotes refused", QuotesRefused());
        yield return ("ticks, rollovers", $"{totals.Ticks:N0}, {totals.Rollovers:N0}");
        yield return ("orders placed", $"{totals.OrdersPlaced:N0}");
        yield return ("orders filled", $"{totals.OrdersFilled:N0}");
        yield return ("orders refused", totals.OrdersRefused.ToString());
        yield return ("requests refused", totals.RequestsRefused.ToString());
        yield return ("copies", $"{totals.CopiesOpened:N0}");
        yield return ("skips", totals.CopiesSkipped.ToString());
        yield return ("closes", totals.Closes.ToString());
        yield return ("partial closes", $"{totals.PartialCloses:N0}");
        yield return ("swaps charged", $"{totals.SwapsCharged:N0}");
        yield return ("warnings", $"{totals.Warnings:N0}");
        yield return ("liquidations", $"{totals.Liquidations:N0}");
        yield return ("cascades", $"{totals.Cascades:N0} (copies closed {totals.CascadeCopiesClosed:N0}, followers pending {totals.CascadeFollowersFailed:N0})");
        yield return ("alarms", totals.Alarms.ToString());
        yield return ("accounts, links", $"{state.Report.Accounts:N0}, {state.Report.Links:N0}");
        yield return ("holdings, waiting", $"{state.Report.Holdings:N0}, {state.Report.PendingOrders:N0}");
        foreach (CurrencyTotals books in state.Totals)
        {
            yield return ($"books {books.Currency}", Books(books));
        }
        yield return ("sequence", state.Sequence.ToString(CultureInfo.InvariantCulture));
        yield return ("state hash", state.Hash);
        yield return ("elapsed", string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.000} s"));
    }

    private string QuotesRefused()
    {
        long sum = totals.QuotesRefused.Sum + totals.QuotesOfUnknownSymbols;
        return string.Create(CultureInfo.InvariantCulture,
            $"{sum:N0} (INVALID {totals.QuotesRefused[QuoteRefusal.Invalid]:N0}, JUMP {totals.QuotesRefused[QuoteRefusal.Jump]:N0}, "
            + $"OLDER {totals.QuotesRefused[QuoteRefusal.Older]:N0}, UNKNOWN_SYMBOL {totals.QuotesOfUnknownSymbols:N0})");
    }

    private static string Books(CurrencyTotals totals)
    {
        BooksState books = totals.Books;
        return $"clients {MoneyText.Of(books.ClientBalances)}, broker {MoneyText.Of(books.BrokerProfit)}, "
            + $"commissions {MoneyText.Of(books.Commissions)}, swaps {MoneyText.Of(books.Swaps)}, "
            + $"negative balances {MoneyText.Of(books.NegativeBalanceExpense)}, rounding {MoneyText.Of(books.Rounding)}, "
            + $"external {MoneyText.Of(books.ExternalFlows)}, sum {MoneyText.Of(totals.Sum)}";
    }

    private static string Text(long time) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
