using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Inbound;

internal sealed partial class SessionDoor
{
    /// <summary>Steps of float64 settings of a link, which is about no instrument in particular; finer ones are sent as str.</summary>
    private const long LinkLotStep = Fixed8.One / 100;
    private const long LinkPriceStep = Fixed8.One / 100_000;

    /// <summary>Step of a float64 amount whose account is not known.</summary>
    private const int UsualMinorDecimals = 2;

    private bool OpenAccount(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out OpenAccountMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.RequestId, failure);
        }
        if (Authorization.Of(envelope.Type, _session.Key.Role) != Access.Everything)
        {
            return NotAuthorized(envelope.Sequence, message.RequestId);
        }
        if (!TryParse(message.Account, out AccountName name) || !AsciiText.IsValid(message.Currency, CurrencyCode.Length))
        {
            return Refuse(
                envelope.Sequence, message.RequestId, RejectCode.InvalidSetting,
                "account must be a user type, a colon and a number, currency a code of up to 8 letters");
        }
        var command = new OpenAccount
        {
            RequestId = IdOf(message.RequestId),
            UserType = name.UserType,
            AccountNumber = name.Number,
            Group = FindGroup(message.Group),
            Currency = CurrencyOf(message.Currency),
            Leverage = message.Leverage is > 0 and <= int.MaxValue ? (int)message.Leverage : 0,
        };
        return PublishUnlessFull(in command, envelope.Sequence, message.RequestId);
    }

    private bool MoveFunds(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out MoveFundsMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.RequestId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Account, out int account))
        {
            return NotAuthorized(envelope.Sequence, message.RequestId);
        }
        int minorDecimals = account < 0 ? UsualMinorDecimals : _directory.Account(account).MinorDecimals;
        var command = new MoveFunds
        {
            RequestId = IdOf(message.RequestId),
            Account = account,
            Amount = message.Amount.ToFixed8(Fixed8.PowerOfTen(Fixed8.Decimals - minorDecimals)),
            Comment = CommentOf(message.Comment),
        };
        return PublishUnlessFull(in command, envelope.Sequence, message.RequestId);
    }

    private bool Follow(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out FollowMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.RequestId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Provider, message.Follower, out int provider, out int follower))
        {
            return NotAuthorized(envelope.Sequence, message.RequestId);
        }
        var command = new Follow
        {
            RequestId = IdOf(message.RequestId),
            Provider = provider,
            Follower = follower,
            Settings = message.Settings.ToCommand(LinkLotStep, LinkPriceStep),
        };
        return PublishUnlessFull(in command, envelope.Sequence, message.RequestId);
    }

    private bool Unfollow(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out UnfollowMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.RequestId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Provider, message.Follower, out int provider, out int follower))
        {
            return NotAuthorized(envelope.Sequence, message.RequestId);
        }
        var command = new Unfollow
        {
            RequestId = IdOf(message.RequestId),
            Provider = provider,
            Follower = follower,
            OpenCopies = message.OpenCopies,
        };
        return Publish(in command, envelope.Sequence, message.RequestId);
    }

    private bool SetAccountStatus(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out SetAccountStatusMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.RequestId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Account, out int account))
        {
            return NotAuthorized(envelope.Sequence, message.RequestId);
        }
        var command = new SetAccountStatus { RequestId = IdOf(message.RequestId), Account = account, Status = message.Status };
        return message.Status == AccountStatus.Active
            ? PublishUnlessFull(in command, envelope.Sequence, message.RequestId)
            : Publish(in command, envelope.Sequence, message.RequestId);
    }

    private bool SetLinkStatus(scoped ref Envelope envelope)
    {
        if (!envelope.TryRead(out SetLinkStatusMessage message, out DecodeFailure failure))
        {
            return Malformed(envelope.Sequence, message.RequestId, failure);
        }
        if (!TryAuthorize(envelope.Type, message.Provider, message.Follower, out int provider, out int follower))
        {
            return NotAuthorized(envelope.Sequence, message.RequestId);
        }
        var command = new SetLinkStatus
        {
            RequestId = IdOf(message.RequestId),
            Provider = provider,
            Follower = follower,
            Status = message.Status,
        };
        return message.Status == LinkStatus.Active
            ? PublishUnlessFull(in command, envelope.Sequence, message.RequestId)
            : Publish(in command, envelope.Sequence, message.RequestId);
    }

    private bool TryAuthorize(
        MessageType type, ReadOnlySpan<byte> providerName, ReadOnlySpan<byte> followerName, out int provider, out int follower)
    {
        bool isProviderAllowed = TryAuthorize(type, providerName, out provider);
        return TryAuthorize(type, followerName, out follower) && isProviderAllowed;
    }

    private int FindGroup(ReadOnlySpan<byte> name) =>
        name.Length <= GroupName.Length ? _directory.FindGroup(Encoding.ASCII.GetString(name))?.Id ?? -1 : -1;

    private static CurrencyCode CurrencyOf(ReadOnlySpan<byte> text)
    {
        CurrencyCode code = default;
        AsciiText.Write(AsciiText.Bytes(ref code), text);
        return code;
    }

    private static Comment CommentOf(ReadOnlySpan<byte> text)
    {
        Comment comment = default;
        AsciiText.Write(AsciiText.Bytes(ref comment), text);
        return comment;
    }
}
