using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Sessions;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Inbound;

/// <summary>
/// The door of one session to the engine: each message is decoded, authorized, turned into a command with dense ids and put
/// into the ring, or refused by a Reject. Used by the session's reading task.
/// </summary>
internal sealed partial class SessionDoor
{
    private readonly GatewaySession _session;
    private readonly TradingEngine _engine;
    private readonly EngineDirectory _directory;
    private readonly GatewayStatistics _statistics;
    private readonly TokenBucket _rate;
    private readonly QuoteConflation _quotes;
    private readonly Func<bool> _isStorageLow;

    public SessionDoor(
        GatewaySession session, TradingEngine engine, GatewayStatistics statistics, TokenBucket rate, Func<bool> isStorageLow)
    {
        _session = session;
        _engine = engine;
        _directory = engine.Directory;
        _statistics = statistics;
        _rate = rate;
        _quotes = new QuoteConflation(engine, statistics);
        _isStorageLow = isStorageLow;
    }

    /// <summary>Quotes wait for the ring; <see cref="TryPublishWaiting"/> is to be called before long.</summary>
    public bool HasWaitingQuotes => _quotes.HasWaiting;

    public bool TryPublishWaiting() => _quotes.TryPublishWaiting();

    /// <summary>Takes one message.</summary>
    /// <returns>False if it ends the session.</returns>
    public bool Take(scoped ref Envelope envelope)
    {
        if (envelope.Type == MessageType.Logout)
        {
            _session.End(GoodbyeCode.LoggedOut, "");
            return false;
        }
        if (!_rate.TryTake())
        {
            Refuse(envelope.Sequence, default, RejectCode.RateLimited, "the session sends too much; wait and send again");
            return true;
        }
        return TakeOrders(ref envelope);
    }

    private bool TakeOrders(scoped ref Envelope envelope) => envelope.Type switch
    {
        MessageType.PlaceOrder => Place(ref envelope),
        MessageType.CancelOrder => Cancel(ref envelope),
        MessageType.ModifyOrder => Modify(ref envelope),
        MessageType.CloseOrder => Close(ref envelope),
        MessageType.CloseAll => CloseAll(ref envelope),
        MessageType.Quote => Quote(ref envelope),
        MessageType.QueryAccount => Query(ref envelope),
        _ => TakeRequests(ref envelope),
    };

    private bool TakeRequests(scoped ref Envelope envelope) => envelope.Type switch
    {
        MessageType.OpenAccount => OpenAccount(ref envelope),
        MessageType.MoveFunds => MoveFunds(ref envelope),
        MessageType.Follow => Follow(ref envelope),
        MessageType.Unfollow => Unfollow(ref envelope),
        MessageType.SetAccountStatus => SetAccountStatus(ref envelope),
        MessageType.SetLinkStatus => SetLinkStatus(ref envelope),
        _ => TakeRest(ref envelope),
    };

    private bool TakeRest(scoped ref Envelope envelope)
    {
        switch (envelope.Type)
        {
            case MessageType.ClientHeartbeat:
                return envelope.TryRead(out ClientHeartbeatMessage _, out DecodeFailure failure)
                    || Malformed(envelope.Sequence, default, failure);
            case MessageType.Hello or MessageType.Auth:
                return Refuse(envelope.Sequence, default, RejectCode.NotAuthorized, "the session has logged in already");
            default:
                failure = envelope.RefuseAsUnknown();
                return failure.Code == RejectCode.UnknownMessage
                    ? Refuse(envelope.Sequence, default, failure.Code, failure.ToString())
                    : Malformed(envelope.Sequence, default, failure);
        }
    }

    /// <summary>
    /// The dense id of an account with which the session may do this; -1 for one that does not exist, which only those who
    /// may do everything are told by the core.
    /// </summary>
    private bool TryAuthorize(MessageType type, ReadOnlySpan<byte> text, out int account)
    {
        account = -1;
        Access access = Authorization.Of(type, _session.Key.Role);
        if (access == Access.Denied)
        {
            return false;
        }
        AccountEntry? entry = TryParse(text, out AccountName name) ? _directory.FindAccount(name) : null;
        account = entry?.Id ?? -1;
        return access == Access.Everything
            ? entry is not null || _session.Key.Role == Keys.KeyRole.Broker
            : entry is not null && _session.Key.Accounts.Contains(name);
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out AccountName name)
    {
        Span<char> letters = stackalloc char[64];
        name = default;
        return text.Length <= letters.Length
            && AccountName.TryParse(letters[..Encoding.ASCII.GetChars(text, letters)], out name);
    }

    private InstrumentEntry? FindInstrument(ReadOnlySpan<byte> symbol) =>
        symbol.Length <= Numerics.Symbol.Length ? _directory.FindInstrument(Encoding.ASCII.GetString(symbol)) : null;

    private bool Publish<TCommand>(in TCommand command, long sequence, ReadOnlySpan<byte> id) where TCommand : unmanaged, ICommand
    {
        // A quote that waits came first; what came after it must not overtake it.
        if (!_quotes.TryPublishWaiting() || !_engine.TryPublish(in command, SenderOf(sequence)))
        {
            return Refuse(sequence, id, RejectCode.Busy, "the engine has no free slot; nothing was done, send again");
        }
        return true;
    }

    /// <summary>
    /// For what adds risk or moves money: while the disk is nearly full, what room is left is for closing. Asked after the
    /// authorization, so that nobody learns of it who may not do this anyway.
    /// </summary>
    private bool PublishUnlessFull<TCommand>(in TCommand command, long sequence, ReadOnlySpan<byte> id) where TCommand : unmanaged, ICommand =>
        _isStorageLow()
            ? Refuse(
                sequence, id, RejectCode.StorageFull,
                "the engine's disk is nearly full and takes nothing that adds risk; nothing was done, send again later")
            : Publish(in command, sequence, id);

    private Sender SenderOf(long sequence) => new(_session.Id, _session.Key.Number, sequence);

    private bool NotAuthorized(long sequence, ReadOnlySpan<byte> id) =>
        Refuse(sequence, id, RejectCode.NotAuthorized, "the key's role or accounts do not allow this");

    private bool Refuse(long sequence, ReadOnlySpan<byte> id, RejectCode code, string text)
    {
        _session.Refuse(sequence, id, code, text);
        _statistics.CountReject(code);
        return true;
    }

    /// <summary>A frame that cannot be understood ends the session: what follows it cannot be trusted either.</summary>
    private bool Malformed(long sequence, ReadOnlySpan<byte> id, DecodeFailure failure)
    {
        Refuse(sequence, id, RejectCode.Malformed, failure.ToString());
        _session.End(GoodbyeCode.Malformed, failure.ToString());
        return false;
    }
}
