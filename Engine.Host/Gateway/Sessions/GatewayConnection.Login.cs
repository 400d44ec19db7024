using CopyEngine.Commands;
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
        _door = new SessionDoor(session, gateway.Engine, gateway.Statistics, rate);
        _session = session;
        gateway.Admission.LogIn(Address);
        gateway.Logger.LogInformation("Session {Session} of {Key} ({Role}) opened from {Address}", session.Id, key.KeyId, key.Role, Address);
        if (!gateway.Relay.TryEnter(session, _login.ResumeFrom, out _resumeAt))
        {
            End(GoodbyeCode.ResumeUnavailable, "events after that position are not kept; log in without resumeFrom and query your accounts");
        }
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
