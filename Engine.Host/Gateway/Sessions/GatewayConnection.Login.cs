using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Inbound;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace CopyEngine.Host.Gateway.Sessions;

internal sealed partial class GatewayConnection
{
    /// <summary>Hello, then Auth; anything else before the Welcome ends the connection.</summary>
    private void TakeLogin(scoped ref Envelope envelope)
    {
        switch (envelope.Type)
        {
            case MessageType.Hello when !_login.IsChallenged:
                TakeHello(ref envelope);
                break;
            case MessageType.Auth when _login.IsChallenged:
                TakeAuth(ref envelope);
                break;
            default:
                RefuseLogin(envelope.Sequence, "log in first: Hello, then Auth");
                break;
        }
    }

    private void TakeHello(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out HelloMessage hello, out DecodeFailure failure))
        {
            Malformed(envelope.Sequence, failure.ToString());
        }
        else if (hello.Protocol != Login.ProtocolVersion)
        {
            Malformed(envelope.Sequence, $"protocol: this gateway speaks {Login.ProtocolVersion}");
        }
        else
        {
            _login.Take(in hello);
            Output.Send(new ChallengeMessage { ServerNonce = _login.ServerNonce, ServerVersion = OrderGateway.Version });
        }
    }

    private void TakeAuth(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out AuthMessage auth, out DecodeFailure failure))
        {
            Malformed(envelope.Sequence, failure.ToString());
        }
        else if (_login.Verify(in auth) is { } key)
        {
            Open(key);
        }
        else
        {
            gateway.Statistics.CountLoginFailure();
            gateway.Logger.LogWarning("A login from {Address} failed: the key or the proof is wrong", Address);
            RefuseLogin(envelope.Sequence, "the key id or the proof is wrong");
        }
    }

    private void Open(ApiKeyEntry key)
    {
        bool isWide = KeyRoles.HearsEverything(key.Role) || key.Role == KeyRole.Follower;
        bool isFeed = key.Role == KeyRole.Feed;
        Output.SetLimit(isWide ? _limits.OutboundBytesOfWideKeys : _limits.OutboundBytes);
        GatewaySession session = gateway.Sessions.Open(key, this);
        var rate = new TokenBucket(
            isFeed ? _limits.QuotesPerSecond : _limits.MessagesPerSecond, isFeed ? _limits.QuoteBurst : _limits.MessageBurst, _clock);
        _door = new SessionDoor(session, gateway.Engine, gateway.Statistics, rate, gateway.IsStorageLow);
        _session = session;
        gateway.Admission.LogIn(Address);
        gateway.Logger.LogInformation("Session {Session} of {Key} ({Role}) opened from {Address}", session.Id, key.KeyId, key.Role, Address);
        switch (gateway.Relay.Enter(session, _login.ResumeFrom, out _resumeAt))
        {
            case HistorySearch.TooOld:
                End(GoodbyeCode.ResumeUnavailable, "events after that position are not kept; log in without resumeFrom and query your accounts");
                break;
            case HistorySearch.Unknown:
                EndAhead(key, _login.ResumeFrom!.Value);
                break;
        }
    }

    /// <summary>The client was told of something that is not there any more. That must never happen, so somebody has to look.</summary>
    private void EndAhead(ApiKeyEntry key, EventPosition seen)
    {
        gateway.Logger.LogCritical(
            "ALARM: {Key} has seen event {Sequence}/{Index}, but the newest that this engine knows is of {Known}: what it was told is "
            + "lost, or it talks to another engine than before. Compare the clients' statements, and see docs/operations.md",
            key.KeyId, seen.Sequence, seen.Index, gateway.Engine.History.Known);
        End(
            GoodbyeCode.ResumeAhead,
            "that position is newer than anything this engine knows; log in without resumeFrom, query your accounts and compare");
    }

    private void RefuseLogin(long sequence, string text)
    {
        SendReject(sequence, RejectCode.NotAuthenticated, text);
        End(GoodbyeCode.NotAuthenticated, text);
    }

    private void Malformed(long sequence, string text)
    {
        SendReject(sequence, RejectCode.Malformed, text);
        End(GoodbyeCode.Malformed, text);
    }

    private void SendReject(long sequence, RejectCode code, string text)
    {
        gateway.Statistics.CountReject(code);
        Output.Send(new RejectMessage { ReferenceSequence = sequence, Code = code, Text = System.Text.Encoding.UTF8.GetBytes(text) });
    }
}
