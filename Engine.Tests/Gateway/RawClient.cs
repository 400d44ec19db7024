using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Client;
using CopyEngine.Protocol.MessagePack;
using CopyEngine.Tests.Protocol;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>A client that sends whatever a test wants, right or wrong.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly NetworkStream _stream;
    private long _received;

    private RawClient(Socket socket)
    {
        Socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public Socket Socket { get; }

    public long Sent { get; set; }

    /// <summary>Fields of the Welcome: session, role, accounts, heartbeat, last event, time.</summary>
    public object?[] Welcome { get; private set; } = [];

    public static async Task<RawClient> ConnectAsync(IPEndPoint endpoint, int receiveBufferBytes = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes > 0)
        {
            socket.ReceiveBufferSize = receiveBufferBytes;
        }
        await socket.ConnectAsync(endpoint, TestContext.Current.CancellationToken);
        return new RawClient(socket);
    }

    public static byte[] Frame(long type, long sequence, params object?[] fields) =>
        Framed(MessagePackValues.Write((object?[])[type, sequence, .. fields]));

    public static byte[] Framed(byte[] body)
    {
        byte[] frame = new byte[4 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, body.Length);
        body.CopyTo(frame, 4);
        return frame;
    }

    /// <summary>Sends a message under the next number.</summary>
    public long Send(long type, params object?[] fields)
    {
        Sent++;
        SendBytes(Frame(type, Sent, fields));
        return Sent;
    }

    public void SendBytes(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    public async Task LogInAsync(ApiKey key, object?[]? resumeFrom = null)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(32);
        Send(1, 1L, key.KeyId, nonce, resumeFrom);
        byte[] serverNonce = (byte[])(await ReceiveAsync(101))[0]!;
        Send(2, Mac(key, nonce, serverNonce));
        Welcome = await ReceiveAsync(102);
    }

    public static byte[] Mac(ApiKey key, byte[] clientNonce, byte[] serverNonce)
    {
        byte[] mac = new byte[Login.MacBytes];
        Login.ComputeMac(key.Secret, Encoding.UTF8.GetBytes(key.KeyId), clientNonce, serverNonce, mac);
        return mac;
    }

    /// <summary>Type and fields of the next message, whose number must be the next; null when the server has closed.</summary>
    public async Task<(long Type, object?[] Fields)?> NextAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        byte[] header = new byte[4];
        if (await _stream.ReadAtLeastAsync(header, 4, throwOnEndOfStream: false, deadline.Token) < 4)
        {
            return null;
        }
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        await _stream.ReadExactlyAsync(body, deadline.Token);
        var reader = new MessagePackReader(body);
        object?[] values = (object?[])MessagePackValues.Read(ref reader)!;
        Assert.Equal(++_received, values[1]);
        return ((long)values[0]!, values[2..]);
    }

    /// <summary>Fields of the next message, which must be of this type; heartbeats before it are passed over.</summary>
    public async Task<object?[]> ReceiveAsync(long type)
    {
        while (true)
        {
            (long received, object?[] fields) = await NextAsync() ?? throw new EndOfStreamException($"the server closed before it sent a {type}");
            if (received == type)
            {
                return fields;
            }
            Assert.True(received == 103, $"wanted {type}, got {received}: {string.Join(' ', fields)}");
        }
    }

    /// <summary>Waits for a Reject and tells its code.</summary>
    public async Task<string> RejectAsync() => (string)(await ReceiveAsync(112))[2]!;

    /// <summary>Reads to the end; the code of the Goodbye, which must be the last message.</summary>
    public async Task<string?> GoodbyeAsync()
    {
        string? code = null;
        while (await NextAsync() is { } message)
        {
            Assert.Null(code);
            code = message.Type == 104 ? (string)message.Fields[0]! : null;
        }
        return code;
    }

    /// <summary>Cuts the connection as a crashed peer does: by a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        _stream.Dispose();
    }

    public void Dispose() => _stream.Dispose();
}
