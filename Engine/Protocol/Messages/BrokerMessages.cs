using CopyEngine.Commands;

namespace CopyEngine.Protocol.Messages;

/// <summary>Opens an account with nothing on it.</summary>
internal readonly ref struct OpenAccountMessage : IMessage<OpenAccountMessage>
{
    public static MessageType Type => MessageType.OpenAccount;
    public static int FieldCount => 5;

    public ReadOnlySpan<byte> RequestId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public ReadOnlySpan<byte> Group { get; init; }
    public ReadOnlySpan<byte> Currency { get; init; }
    public long Leverage { get; init; }

    public static OpenAccountMessage Read(scoped ref FieldReader fields) => new()
    {
        RequestId = fields.Identifier("requestId"),
        Account = fields.RequiredText("account"),
        Group = fields.RequiredText("group"),
        Currency = fields.RequiredText("currency"),
        Leverage = fields.Integer("leverage"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(RequestId);
        fields.Text(Account);
        fields.Text(Group);
        fields.Text(Currency);
        fields.Integer(Leverage);
    }
}

/// <summary>Deposits, or withdraws when negative.</summary>
internal readonly ref struct MoveFundsMessage : IMessage<MoveFundsMessage>
{
    public static MessageType Type => MessageType.MoveFunds;
    public static int FieldCount => 4;

    public ReadOnlySpan<byte> RequestId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public WireNumber Amount { get; init; }
    public ReadOnlySpan<byte> Comment { get; init; }

    public static MoveFundsMessage Read(scoped ref FieldReader fields) => new()
    {
        RequestId = fields.Identifier("requestId"),
        Account = fields.RequiredText("account"),
        Amount = fields.Number("amount"),
        Comment = fields.ShortText("comment", Numerics.Comment.Length),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(RequestId);
        fields.Text(Account);
        fields.Number(Amount);
        fields.Text(Comment);
    }
}

/// <summary>Links a follower to a provider.</summary>
internal readonly ref struct FollowMessage : IMessage<FollowMessage>
{
    public static MessageType Type => MessageType.Follow;
    public static int FieldCount => 4;

    public ReadOnlySpan<byte> RequestId { get; init; }
    public ReadOnlySpan<byte> Provider { get; init; }
    public ReadOnlySpan<byte> Follower { get; init; }
    public LinkSettings Settings { get; init; }

    public static FollowMessage Read(scoped ref FieldReader fields) => new()
    {
        RequestId = fields.Identifier("requestId"),
        Provider = fields.RequiredText("provider"),
        Follower = fields.RequiredText("follower"),
        Settings = fields.Settings("settings"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(RequestId);
        fields.Text(Provider);
        fields.Text(Follower);
        fields.Settings(Settings);
    }
}

/// <summary>Ends a link.</summary>
internal readonly ref struct UnfollowMessage : IMessage<UnfollowMessage>
{
    public static MessageType Type => MessageType.Unfollow;
    public static int FieldCount => 4;

    public ReadOnlySpan<byte> RequestId { get; init; }
    public ReadOnlySpan<byte> Provider { get; init; }
    public ReadOnlySpan<byte> Follower { get; init; }
    public OpenCopies OpenCopies { get; init; }

    public static UnfollowMessage Read(scoped ref FieldReader fields) => new()
    {
        RequestId = fields.Identifier("requestId"),
        Provider = fields.RequiredText("provider"),
        Follower = fields.RequiredText("follower"),
        OpenCopies = fields.Member<OpenCopies>("openCopies"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(RequestId);
        fields.Text(Provider);
        fields.Text(Follower);
        fields.Member(OpenCopies);
    }
}

/// <summary>Changes what an account may do.</summary>
internal readonly ref struct SetAccountStatusMessage : IMessage<SetAccountStatusMessage>
{
    public static MessageType Type => MessageType.SetAccountStatus;
    public static int FieldCount => 3;

    public ReadOnlySpan<byte> RequestId { get; init; }
    public ReadOnlySpan<byte> Account { get; init; }
    public AccountStatus Status { get; init; }

    public static SetAccountStatusMessage Read(scoped ref FieldReader fields) => new()
    {
        RequestId = fields.Identifier("requestId"),
        Account = fields.RequiredText("account"),
        Status = fields.Member<AccountStatus>("status"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(RequestId);
        fields.Text(Account);
        fields.Member(Status);
    }
}

/// <summary>Pauses or resumes a link.</summary>
internal readonly ref struct SetLinkStatusMessage : IMessage<SetLinkStatusMessage>
{
    public static MessageType Type => MessageType.SetLinkStatus;
    public static int FieldCount => 4;

    public ReadOnlySpan<byte> RequestId { get; init; }
    public ReadOnlySpan<byte> Provider { get; init; }
    public ReadOnlySpan<byte> Follower { get; init; }
    public LinkStatus Status { get; init; }

    public static SetLinkStatusMessage Read(scoped ref FieldReader fields) => new()
    {
        RequestId = fields.Identifier("requestId"),
        Provider = fields.RequiredText("provider"),
        Follower = fields.RequiredText("follower"),
        Status = fields.Member<LinkStatus>("status"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(RequestId);
        fields.Text(Provider);
        fields.Text(Follower);
        fields.Member(Status);
    }
}
