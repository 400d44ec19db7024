using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol.Client;

public sealed partial class TradingClient
{
    /// <summary>Places an order; completes with its first report: filled, or waiting in the market.</summary>
    /// <exception cref="ArgumentException">A price or the lots cannot travel: more than eight decimals, or too large.</exception>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<ExecutionReport> PlaceOrderAsync(NewOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        var pending = new PendingReport(order.ClientOrderId ?? NewId(), order.Account);
        var message = new PlaceOrderMessage
        {
            ClientOrderId = WireConversion.ToUtf8(pending.Id),
            Account = WireConversion.ToUtf8(order.Account),
            Symbol = WireConversion.ToUtf8(order.Symbol),
            Side = order.Side,
            OrderType = order.OrderType,
            Lots = WireConversion.ToNumber(order.Lots, nameof(order.Lots)),
            Price = WireConversion.ToNumber(order.Price, nameof(order.Price)),
            StopPrice = WireConversion.ToNumber(order.StopPrice, nameof(order.StopPrice)),
            StopLoss = WireConversion.ToNumber(order.StopLoss, nameof(order.StopLoss)),
            TakeProfit = WireConversion.ToNumber(order.TakeProfit, nameof(order.TakeProfit)),
            TimeInForce = order.TimeInForce,
            ExpiresAt = order.ExpiresAt is { } expiry ? WireConversion.ToMicroseconds(expiry) : 0,
            MaxSlippage = WireConversion.ToNumber(order.MaxSlippage, nameof(order.MaxSlippage)),
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Changes a waiting order, or the stops of an open one.</summary>
    /// <exception cref="ArgumentException">A number cannot travel, or a level is both set and removed.</exception>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<ExecutionReport> ModifyOrderAsync(
        string account, long orderId, OrderChange change, string? clientOrderId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var pending = new PendingReport(clientOrderId ?? NewId(), account);
        var message = new ModifyOrderMessage
        {
            ClientOrderId = WireConversion.ToUtf8(pending.Id),
            Account = WireConversion.ToUtf8(account),
            OrderId = orderId,
            Lots = WireConversion.ToNumber(change.Lots, nameof(change.Lots)),
            Price = WireConversion.ToNumber(change.Price, nameof(change.Price)),
            StopPrice = WireConversion.ToNumber(change.StopPrice, nameof(change.StopPrice)),
            StopLoss = WireConversion.ToChange(change.StopLoss, change.RemoveStopLoss, nameof(change.StopLoss)),
            TakeProfit = WireConversion.ToChange(change.TakeProfit, change.RemoveTakeProfit, nameof(change.TakeProfit)),
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Takes a waiting order out of the market.</summary>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<ExecutionReport> CancelOrderAsync(
        string account, long orderId, string? clientOrderId = null, CancellationToken cancellationToken = default)
    {
        var pending = new PendingReport(clientOrderId ?? NewId(), account);
        var message = new CancelOrderMessage
        {
            ClientOrderId = WireConversion.ToUtf8(pending.Id),
            Account = WireConversion.ToUtf8(account),
            OrderId = orderId,
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Closes an open order, whole or the given lots of it.</summary>
    /// <exception cref="ArgumentException">The lots cannot travel.</exception>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<ExecutionReport> CloseOrderAsync(
        string account, long orderId, decimal? lots = null, string? clientOrderId = null, CancellationToken cancellationToken = default)
    {
        var pending = new PendingReport(clientOrderId ?? NewId(), account);
        var message = new CloseOrderMessage
        {
            ClientOrderId = WireConversion.ToUtf8(pending.Id),
            Account = WireConversion.ToUtf8(account),
            OrderId = orderId,
            Lots = WireConversion.ToNumber(lots, nameof(lots)),
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Closes every open order of an account, or those of one symbol; waiting orders stay.</summary>
    /// <exception cref="TradingRejectedException">Refused as a whole; one order that cannot be closed has a report of its own.</exception>
    public async Task<CloseAllResult> CloseAllAsync(
        string account, string? symbol = null, string? clientOrderId = null, CancellationToken cancellationToken = default)
    {
        var pending = new PendingAcknowledgement(clientOrderId ?? NewId());
        Send(
            new CloseAllMessage
            {
                ClientOrderId = WireConversion.ToUtf8(pending.Id),
                Account = WireConversion.ToUtf8(account),
                Symbol = WireConversion.ToUtf8(symbol),
            },
            pending);
        var acknowledgement = await AnswerAsync(pending, pending.Task, cancellationToken).ConfigureAwait(false);
        return new CloseAllResult(acknowledgement, pending.Reports);
    }

    /// <summary>The account with its open and waiting orders, all of one moment.</summary>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<AccountSnapshot> QueryAccountAsync(string account, CancellationToken cancellationToken = default)
    {
        var pending = new PendingQuery(account);
        Send(new QueryAccountMessage { Account = WireConversion.ToUtf8(account) }, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>
    /// Sends a price; role <c>feed</c>. Quotes are not answered: one that is refused comes through <see cref="Refusals"/>. Waits
    /// while the server is slow to take what was sent before.
    /// </summary>
    /// <param name="symbol">The instrument.</param>
    /// <param name="bid">Bid, in the profit currency.</param>
    /// <param name="ask">Ask, in the profit currency.</param>
    /// <param name="time">Time at the source.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ArgumentException">A price cannot travel.</exception>
    /// <exception cref="TradingConnectionException">The connection has ended.</exception>
    public async ValueTask SendQuoteAsync(
        string symbol, decimal bid, decimal ask, DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        await _connection.Sender.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        if (Completion.IsCompleted)
            throw new TradingConnectionException("the connection has ended");
        _connection.Sender.Send(new QuoteMessage
        {
            Symbol = WireConversion.ToUtf8(symbol),
            Bid = WireConversion.ToNumber(bid, nameof(bid)),
            Ask = WireConversion.ToNumber(ask, nameof(ask)),
            Time = WireConversion.ToMicroseconds(time),
        });
    }
}
