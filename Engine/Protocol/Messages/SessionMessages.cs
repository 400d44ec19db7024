using CopyEngine.Events;

namespace CopyEngine.Protocol.Messages;

/// <summary>The client's first message.</summary>
internal readonly ref struct HelloMessage : IMessage<HelloMessage>
{
    public static MessageType Type => MessageType.Hello;
    public static int FieldCount => 4;

    public long Protocol { get; init; }
    public ReadOnlySpan<byte> KeyId { get; init; }
    public ReadOnlySpan<byte> ClientNonce { get; init; }
    /// <summary>The last event that the client has seen; none: it wants only what comes now.</summary>
    public EventPosition? ResumeFrom { get; init; }

    public static HelloMessage Read(scoped ref FieldReader fields) => new()
    {
        Protocol = fields.Integer("protocol"),
        KeyId = fields.Identifier("keyId"),
        ClientNonce = fields.Binary("clientNonce", Login.MinimumNonceBytes, Login.MaximumNonceBytes),
        ResumeFrom = fields.Position("resumeFrom"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Integer(Protocol);
        fields.Text(KeyId);
        fields.Binary(ClientNonce);
        fields.Position(ResumeFrom);
    }
}

/// <summary>The server's answer to Hello.</summary>
internal readonly ref struct ChallengeMessage : IMessage<ChallengeMessage>
{
    public static MessageType Type => MessageType.Challenge;
    public static int FieldCount => 2;

    public ReadOnlySpan<byte> ServerNonce { get; init; }
    public ReadOnlySpan<byte> ServerVersion { get; init; }

    public static ChallengeMessage Read(scoped ref FieldReader fields) => new()
    {
        ServerNonce = fields.Binary("serverNonce", Login.MaximumNonceBytes, Login.MaximumNonceBytes),
        ServerVersion = fields.Text("serverVersion"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Binary(ServerNonce);
        fields.Text(ServerVersion);
    }
}

/// <summary>The client's proof that it has the secret.</summary>
internal readonly ref struct AuthMessage : IMessage<AuthMessage>
{
    public static MessageType Type => MessageType.Auth;
    public static int FieldCount => 1;

    public ReadOnlySpan<byte> Mac { get; init; }

    public static AuthMessage Read(scoped ref FieldReader fields) => new() { Mac = fields.Binary("mac", Login.MacBytes, Login.MacBytes) };

    public void Write(scoped ref FieldWriter fields) => fields.Binary(Mac);
}

/// <summary>The session is open.</summary>
internal readonly ref struct WelcomeMessage : IMessage<WelcomeMessage>
{
    public static MessageType Type => MessageType.Welcome;
    public static int FieldCount => 6;

    public long SessionId { get; init; }
    public ReadOnlySpan<byte> Role { get; init; }
    /// <summary>The accounts of the key, ranges as the key has them.</summary>
    public string[] Accounts { get; init; }
    public long HeartbeatSeconds { get; init; }
    public EventPosition? LastEvent { get; init; }
    public long Time { get; init; }

    public static WelcomeMessage Read(scoped ref FieldReader fields) => new()
    {
        SessionId = fields.Integer("sessionId"),
        Role = fields.Text("role"),
        Accounts = fields.Texts("accounts"),
        HeartbeatSeconds = fields.Integer("heartbeatSeconds"),
        LastEvent = fields.Position("lastEvent"),
        Time = fields.Integer("time"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Integer(SessionId);
        fields.Text(Role);
        fields.Texts(Accounts);
        fields.Integer(HeartbeatSeconds);
        fields.Position(LastEvent);
        fields.Integer(Time);
    }
}

/// <summary>The client is alive.</summary>
internal readonly ref struct ClientHeartbeatMessage : IMessage<ClientHeartbeatMessage>
{
    public static MessageType Type => MessageType.ClientHeartbeat;
    public static int FieldCount => 1;

    public long Time { get; init; }

    public static ClientHeartbeatMessage Read(scoped ref FieldReader fields) => new() { Time = fields.Integer("time") };

    public void Write(scoped ref FieldWriter fields) => fields.Integer(Time);
}

/// <summary>The server is alive.</summary>
internal readonly ref struct ServerHeartbeatMessage : IMessage<ServerHeartbeatMessage>
{
    public static MessageType Type => MessageType.ServerHeartbeat;
    public static int FieldCount => 1;

    public long Time { get; init; }

    public static ServerHeartbeatMessage Read(scoped ref FieldReader fields) => new() { Time = fields.Integer("time") };

    public void Write(scoped ref FieldWriter fields) => fields.Integer(Time);
}

/// <summary>The client leaves.</summary>
internal readonly ref struct LogoutMessage : IMessage<LogoutMessage>
{
    public static MessageType Type => MessageType.Logout;
    public static int FieldCount => 0;

    public static LogoutMessage Read(scoped ref FieldReader fields) => default;

    public void Write(scoped ref FieldWriter fields)
    {
    }
}

/// <summary>The server's last message before it closes.</summary>
internal readonly ref struct GoodbyeMessage : IMessage<GoodbyeMessage>
{
    public static MessageType Type => MessageType.Goodbye;
    public static int FieldCount => 2;

    public ReadOnlySpan<byte> Code { get; init; }
    public ReadOnlySpan<byte> Text { get; init; }

    public static GoodbyeMessage Read(scoped ref FieldReader fields) => new()
    {
        Code = fields.Text("code"),
        Text = fields.Text("text"),
    };

    public void Write(scoped ref FieldWriter fields)
    {
        fields.Text(Code);
        fields.Text(Text);
    }
}
