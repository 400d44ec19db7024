using System.Net;
using CopyEngine.Events;
using CopyEngine.Host.Telemetry;
using Microsoft.AspNetCore.Http;

namespace CopyEngine.Host.Api;

/// <summary>
/// <c>GET /internal/state</c>, for this machine only. During a replay it is refused: recorded input has one producer, and
/// a question in between would shift the sequences of two runs against each other.
/// </summary>
internal sealed class StateEndpoint(TradingEngine engine, StateQuery query, bool isReplay)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async Task<IResult> AnswerAsync(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(Unmapped(address)))
        {
            return Results.Json(new { error = "only for callers on this machine" }, statusCode: StatusCodes.Status403Forbidden);
        }
        if (isReplay)
        {
            return Results.Json(new { error = "a replay has one producer; its state is in the summary at its end" }, statusCode: StatusCodes.Status409Conflict);
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            return Results.Json(Shown(await query.AskAsync(engine, engine.NowMicroseconds(), patience.Token)));
        }
        catch (OperationCanceledException)
        {
            return Results.Json(new { error = $"no answer within {Patience.TotalSeconds} s" }, statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static object Shown(EngineState state) => new
    {
        sequence = state.Sequence,
        time = state.Time,
        stateHash = state.Hash,
        accounts = state.Report.Accounts,
        holdings = state.Report.Holdings,
        pendingOrders = state.Report.PendingOrders,
        links = state.Report.Links,
        totals = state.Totals.ToDictionary(totals => totals.Currency, totals => Shown(totals)),
    };

    private static object Shown(CurrencyTotals totals)
    {
        BooksState books = totals.Books;
        return new
        {
            clientBalances = MoneyText.Of(books.ClientBalances),
            brokerProfit = MoneyText.Of(books.BrokerProfit),
            commissions = MoneyText.Of(books.Commissions),
            swaps = MoneyText.Of(books.Swaps),
            negativeBalanceExpense = MoneyText.Of(books.NegativeBalanceExpense),
            rounding = MoneyText.Of(books.Rounding),
            externalFlows = MoneyText.Of(books.ExternalFlows),
            sum = MoneyText.Of(totals.Sum),
        };
    }
}
