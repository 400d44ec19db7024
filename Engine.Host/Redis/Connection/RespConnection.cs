using System.Buffers.Text;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace CopyEngine.Host.Redis.Connection;

/// <summary>
/// A thin connection to one server for writing in bulk: encode, flush, count replies. No routing, no subscriptions. It
/// blocks on its own socket, so a stalled server becomes a visible lag instead of a growing queue, and it is three to
/// five times as fast as the general client, without allocation per command.
/// </summary>
internal sealed class RespConnection : IRedisConnection
{
    private const string PolicyField = "maxmemory_policy:";
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly RespReader _reader;
    private readonly byte[] _output = new byte[65_536];
    private int _outputLength;

    private RespConnection(Socket socket, Stream stream, string description)
    {
        _socket = socket;
        _stream = stream;
        _reader = new RespReader(stream);
        Description = description;
    }

    public string Description { get; }

    public int NodeCount => 1;

    public bool IsCluster => false;

    /// <summary>Connects and encrypts; logging in is the caller's.</summary>
    /// <exception cref="RedisConnectionException">Nobody listens, or does not answer in time, or is not who it should be.</exception>
    public static RespConnection Open(RedisOptions options, RedisLimits limits)
    {
        int timeoutMilliseconds = (int)limits.SocketTimeout.TotalMilliseconds;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = timeoutMilliseconds,
            ReceiveTimeout = timeoutMilliseconds,
        };
        try
        {
            using var timeout = new CancellationTokenSource(limits.SocketTimeout);
            socket.ConnectAsync(options.Host, options.Port, timeout.Token).AsTask().GetAwaiter().GetResult();
            Stream stream = new NetworkStream(socket, ownsSocket: false);
            return new RespConnection(socket, options.UseTls ? Encrypt(stream, options.Host) : stream, options.ToString());
        }
        catch (Exception failure) when (IsConnectionFailure(failure) || failure is OperationCanceledException)
        {
            socket.Dispose();
            throw new RedisConnectionException($"cannot connect to Redis at {options}: {failure.Message}", failure);
        }
    }

    public void Write(WriteBatch batch)
    {
        RedisReplyException? failure = null;
        Guard(() =>
        {
            foreach (CommandBatch stage in batch.Stages)
            {
                Encode(stage);
            }
            Flush();
            foreach (CommandBatch stage in batch.Stages)
            {
                RedisReplyException? first = CountReplies(stage);
                failure ??= first;
            }
        });
        if (failure is not null)
        {
            throw failure;
        }
    }

    public RespReply[] Read(CommandBatch commands)
    {
        var replies = new RespReply[commands.Count];
        Guard(() =>
        {
            Encode(commands);
            Flush();
            for (int i = 0; i < replies.Length; i++)
            {
                replies[i] = _reader.ReadReply();
            }
        });
        return replies;
    }

    public ScanSlice Scan(int node, string cursor, int count)
    {
        var command = new CommandBatch();
        command.Command("SCAN"u8).Add(cursor).Add("COUNT"u8).Add(count);
        RespReply reply = Read(command)[0];
        if (reply.Error is not null)
        {
            throw new RedisReplyException(reply.Error, "SCAN", null);
        }
        return reply.Items is [var next, { Items: { } keys }]
            ? new ScanSlice(next.Text, [.. keys.Select(key => key.Bytes!)])
            : throw new RedisConnectionException("Redis answered SCAN with something else than a cursor and keys");
    }

    public string TagOf(int node) => "";

    /// <summary>A user who may not read the settings may perhaps read the statistics.</summary>
    public string? FindEvictionPolicy()
    {
        string? policy = Ask("CONFIG", "GET", "maxmemory-policy").Items is [_, var value]
            ? value.Text
            : Ask("INFO", "memory").Text.Split('\n').FirstOrDefault(line => line.StartsWith(PolicyField, StringComparison.Ordinal))?[PolicyField.Length..].Trim();
        return policy is null or "noeviction" ? null : policy;
    }

    /// <summary>Executes one command.</summary>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    public RespReply Ask(string name, params ReadOnlySpan<string> arguments)
    {
        var command = new CommandBatch();
        command.Command(System.Text.Encoding.ASCII.GetBytes(name));
        foreach (string argument in arguments)
        {
            command.Add(argument);
        }
        return Read(command)[0];
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private static SslStream Encrypt(Stream stream, string host)
    {
        var encrypted = new SslStream(stream, leaveInnerStreamOpen: false);
        encrypted.AuthenticateAsClient(host);
        return encrypted;
    }

    private RedisReplyException? CountReplies(CommandBatch stage)
    {
        RedisReplyException? failure = null;
        for (int i = 0; i < stage.Count; i++)
        {
            string? error = _reader.SkipReply();
            if (error is not null && failure is null)
            {
                string? key = stage.ArgumentCount(i) > 1 ? System.Text.Encoding.UTF8.GetString(stage.Argument(i, 1)) : null;
                failure = new RedisReplyException(error, stage.Describe(i), key);
            }
        }
        return failure;
    }

    private void Encode(CommandBatch commands)
    {
        for (int command = 0; command < commands.Count; command++)
        {
            int arguments = commands.ArgumentCount(command);
            PutLength((byte)'*', arguments);
            for (int i = 0; i < arguments; i++)
            {
                ReadOnlySpan<byte> argument = commands.Argument(command, i);
                PutLength((byte)'$', argument.Length);
                Put(argument);
                Put("\r\n"u8);
            }
        }
    }

    private void PutLength(byte mark, int length)
    {
        Span<byte> line = stackalloc byte[16];
        line[0] = mark;
        Utf8Formatter.TryFormat(length, line[1..], out int digits);
        "\r\n"u8.CopyTo(line[(digits + 1)..]);
        Put(line[..(digits + 3)]);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > _output.Length - _outputLength)
        {
            int fitting = _output.Length - _outputLength;
            bytes[..fitting].CopyTo(_output.AsSpan(_outputLength));
            _outputLength += fitting;
            bytes = bytes[fitting..];
            Flush();
        }
        bytes.CopyTo(_output.AsSpan(_outputLength));
        _outputLength += bytes.Length;
    }

    private void Flush()
    {
        _stream.Write(_output, 0, _outputLength);
        _outputLength = 0;
    }

    private void Guard(Action exchange)
    {
        try
        {
            exchange();
        }
        catch (Exception failure) when (IsConnectionFailure(failure))
        {
            throw new RedisConnectionException($"the connection to Redis at {Description} failed: {failure.Message}", failure);
        }
    }

    private static bool IsConnectionFailure(Exception failure) =>
        failure is IOException or SocketException or AuthenticationException or ObjectDisposedException;
}
