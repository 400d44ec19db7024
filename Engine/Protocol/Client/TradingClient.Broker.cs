using CopyEngine.Commands;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol.Client;

/// <content>What only role <c>broker</c> may ask for. Each call takes a request id, so that sending it again does it once.</content>
public sealed partial class TradingClient
{
    /// <summary>Opens an account with nothing on it.</summary>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<Acknowledgement> OpenAccountAsync(
        string account, string group, string currency, int leverage, string? requestId = null,
        CancellationToken cancellationToken = default)
    {
        var pending = new PendingAcknowledgement(requestId ?? NewId());
        var message = new OpenAccountMessage
        {
            RequestId = WireConversion.ToUtf8(pending.Id),
            Account = WireConversion.ToUtf8(account),
            Group = WireConversion.ToUtf8(group),
            Currency = WireConversion.ToUtf8(currency),
            Leverage = leverage,
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Deposits, or withdraws when the amount is negative; in the account's currency.</summary>
    /// <exception cref="ArgumentException">The amount cannot travel.</exception>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<Acknowledgement> MoveFundsAsync(
        string account, decimal amount, string? comment = null, string? requestId = null, CancellationToken cancellationToken = default)
    {
        var pending = new PendingAcknowledgement(requestId ?? NewId());
        var message = new MoveFundsMessage
        {
            RequestId = WireConversion.ToUtf8(pending.Id),
            Account = WireConversion.ToUtf8(account),
            Amount = WireConversion.ToNumber(amount, nameof(amount)),
            Comment = WireConversion.ToUtf8(comment),
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Links a follower to a provider; what the provider holds already is not copied.</summary>
    /// <exception cref="ArgumentException">A number of the settings cannot travel.</exception>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<Acknowledgement> FollowAsync(
        string provider, string follower, LinkOptions? options = null, string? requestId = null,
        CancellationToken cancellationToken = default)
    {
        var pending = new PendingAcknowledgement(requestId ?? NewId());
        var message = new FollowMessage
        {
            RequestId = WireConversion.ToUtf8(pending.Id),
            Provider = WireConversion.ToUtf8(provider),
            Follower = WireConversion.ToUtf8(follower),
            Settings = ToSettings(options ?? new LinkOptions()),
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Ends a link; its open copies are closed at market or become the follower's own.</summary>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<Acknowledgement> UnfollowAsync(
        string provider, string follower, OpenCopies openCopies, string? requestId = null, CancellationToken cancellationToken = default)
    {
        var pending = new PendingAcknowledgement(requestId ?? NewId());
        var message = new UnfollowMessage
        {
            RequestId = WireConversion.ToUtf8(pending.Id),
            Provider = WireConversion.ToUtf8(provider),
            Follower = WireConversion.ToUtf8(follower),
            OpenCopies = openCopies,
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Changes what an account may do.</summary>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<Acknowledgement> SetAccountStatusAsync(
        string account, AccountStatus status, string? requestId = null, CancellationToken cancellationToken = default)
    {
        var pending = new PendingAcknowledgement(requestId ?? NewId());
        var message = new SetAccountStatusMessage
        {
            RequestId = WireConversion.ToUtf8(pending.Id),
            Account = WireConversion.ToUtf8(account),
            Status = status,
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    /// <summary>Pauses or resumes a link.</summary>
    /// <exception cref="TradingRejectedException">Refused.</exception>
    public Task<Acknowledgement> SetLinkStatusAsync(
        string provider, string follower, LinkStatus status, string? requestId = null, CancellationToken cancellationToken = default)
    {
        var pending = new PendingAcknowledgement(requestId ?? NewId());
        var message = new SetLinkStatusMessage
        {
            RequestId = WireConversion.ToUtf8(pending.Id),
            Provider = WireConversion.ToUtf8(provider),
            Follower = WireConversion.ToUtf8(follower),
            Status = status,
        };
        Send(message, pending);
        return AnswerAsync(pending, pending.Task, cancellationToken);
    }

    private static LinkSettings ToSettings(LinkOptions options) => new()
    {
        Mode = options.Mode,
        Ratio = WireConversion.ToNumber(options.Ratio, nameof(options.Ratio)),
        Lots = WireConversion.ToNumber(options.Lots, nameof(options.Lots)),
        Amount = WireConversion.ToNumber(options.Amount, nameof(options.Amount)),
        MinLotPolicy = options.MinLotPolicy,
        MaxLots = WireConversion.ToNumber(options.MaxLots, nameof(options.MaxLots)),
        MaxSlippage = WireConversion.ToNumber(options.MaxSlippage, nameof(options.MaxSlippage)),
        Reverse = options.Reverse,
        CopyStops = options.CopyStops,
    };
}
