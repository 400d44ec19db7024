using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CopyEngine.Events;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Client;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>A gateway of one connection that does what the test says: the client's side can be tested without an engine.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public const string KeyId = "key-1";
    public static readonly string Secret = new('a', 64);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _script;

    private ScriptedServer(Func<ServerSession, Task> script)
    {
        _listener.Start();
        _script = RunAsync(script);
    }

    public TradingClientOptions Options => new()
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
        Key = new ApiKey(KeyId, Secret),
    };

    public static ScriptedServer Start(Func<ServerSession, Task> script) => new(script);

    /// <summary>A server that logs the client in before the script begins.</summary>
    public static ScriptedServer StartLoggedIn(Func<ServerSession, Task> script, long heartbeatSeconds = 10) => new(async session =>
    {
        await session.LogInAsync(heartbeatSeconds);
        await script(session);
    });

    public Task<TradingClient> ConnectAsync() => TradingClient.ConnectAsync(Options, TestContext.Current.CancellationToken);

    /// <summary>Waits for the script to end; what went wrong in it comes out here.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _script.WaitAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            _listener.Stop();
        }
    }

    private async Task RunAsync(Func<ServerSession, Task> script)
    {
        using var client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        client.NoDelay = true;
        await script(new ServerSession(client.GetStream()));
    }
}

/// <summary>The server's side of the one connection.</summary>
internal sealed class ServerSession(NetworkStream stream)
{
    private long _sequence;

    public EventPosition? ResumeFrom { get; private set; }

    public void Send<TMessage>(scoped in TMessage message) where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        var buffer = new byte[4_096];
        Assert.True(FrameWriter.TryWrite(buffer, ++_sequence, message, out var written));
        stream.Write(buffer, 0, written);
    }

    /// <summary>A message of a type that does not exist yet.</summary>
    public void SendUnknown() => SendRaw(0, 0, 0, 5, 0x93, 0xcc, 200, (byte)++_sequence, 0xc0);

    public void SendRaw(params byte[] bytes) => stream.Write(bytes);

    /// <summary>The next frame of this type; heartbeats before it are passed over, anything else is a failure.</summary>
    public async Task<byte[]> ReceiveAsync(MessageType type)
    {
        while (true)
        {
            var frame = await ReceiveAsync() ?? throw new EndOfStreamException($"the client closed before it sent a {type}");
            var received = TypeOf(frame);
            if (received == type)
                return frame;
            Assert.Equal(MessageType.ClientHeartbeat, received);
        }
    }

    /// <summary>True when the client has closed; heartbeats before are passed over.</summary>
    public async Task<bool> IsClosedAsync()
    {
        while (await ReceiveAsync() is { } frame)
        {
            if (TypeOf(frame) != MessageType.ClientHeartbeat)
                return false;
        }
        return true;
    }

    public async Task LogInAsync(long heartbeatSeconds = 10)
    {
        var nonce = await ChallengeAsync();
        AssertMac(await ReceiveAsync(MessageType.Auth), nonce.Client, nonce.Server);
        Send(new WelcomeMessage
        {
            SessionId = 5,
            Role = "provider"u8,
            Accounts = ["strategy_provider:1", "strategy_provider:2"],
            HeartbeatSeconds = heartbeatSeconds,
            LastEvent = new EventPosition(1_000, 2),
            Time = 1,
        });
    }

    /// <summary>Takes the Hello and answers with a challenge.</summary>
    public async Task<(byte[] Client, byte[] Server)> ChallengeAsync()
    {
        var clientNonce = ReadHello(await ReceiveAsync(MessageType.Hello));
        var serverNonce = Enumerable.Range(0, 32).Select(value => (byte)value).ToArray();
        Send(new ChallengeMessage { ServerNonce = serverNonce, ServerVersion = "test"u8 });
        return (clientNonce, serverNonce);
    }

    /// <summary>Answers the next request of an order type by a report that fills it.</summary>
    public async Task<string> AnswerOrderAsync(MessageType type, CopyEngine.Events.OrderStatus status, long sequence = 1_001)
    {
        var frame = await ReceiveAsync(type);
        var id = IdOf(frame);
        Send(new ExecutionReportMessage
        {
            ClientOrderId = Encoding.UTF8.GetBytes(id),
            OrderId = 77,
            Account = "strategy_provider:1"u8,
            Symbol = "EURUSD"u8,
            Status = status,
            Sequence = sequence,
        });
        return id;
    }

    /// <summary>The first field, which is the id of every order and broker request.</summary>
    public static string IdOf(byte[] frame)
    {
        var values = MessageSchema.Split(frame);
        var reader = new CopyEngine.Protocol.MessagePack.MessagePackReader(values[2]);
        return (string)MessagePackValues.Read(ref reader)!;
    }

    public static long SequenceOf(byte[] frame)
    {
        Assert.True(Envelope.TryOpen(frame, out var envelope, out _));
        return envelope.Sequence;
    }

    private static MessageType TypeOf(byte[] frame)
    {
        Assert.True(Envelope.TryOpen(frame, out var envelope, out var failure), failure.ToString());
        return envelope.Type;
    }

    private byte[] ReadHello(byte[] frame)
    {
        Assert.True(Envelope.TryOpen(frame, out var envelope, out _));
        Assert.True(envelope.TryRead(out HelloMessage hello, out _));
        Assert.Equal(1, hello.Protocol);
        Assert.Equal(ScriptedServer.KeyId, Encoding.UTF8.GetString(hello.KeyId));
        ResumeFrom = hello.ResumeFrom;
        return hello.ClientNonce.ToArray();
    }

    private static void AssertMac(byte[] frame, byte[] clientNonce, byte[] serverNonce)
    {
        Assert.True(Envelope.TryOpen(frame, out var envelope, out _));
        Assert.True(envelope.TryRead(out AuthMessage auth, out _));
        var secret = Convert.FromHexString(ScriptedServer.Secret);
        Assert.True(Login.Verify(secret, Encoding.UTF8.GetBytes(ScriptedServer.KeyId), clientNonce, serverNonce, auth.Mac));
    }

    /// <summary>The next frame, or null at the end of the connection.</summary>
    private async Task<byte[]?> ReceiveAsync()
    {
        var header = new byte[4];
        try
        {
            if (await stream.ReadAtLeastAsync(header, 4, throwOnEndOfStream: false, TestContext.Current.CancellationToken) < 4)
                return null;
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
            await stream.ReadExactlyAsync(frame, TestContext.Current.CancellationToken);
            return frame;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
