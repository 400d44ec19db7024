using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol.Client;

/// <summary>What the server said when it opened the session.</summary>
internal sealed record SessionOpened(long SessionId, string Role, IReadOnlyList<string> Accounts, TimeSpan Heartbeat);

/// <summary>One connection: login, heartbeats, frames in and out. What is not part of the login goes to the receiver, in order.</summary>
internal sealed class TradingConnection : IAsyncDisposable
{
    /// <summary>Intervals without a byte from the server after which it counts as gone.</summary>
    private const int SilentIntervals = 3;

    /// <summary>When the server no longer takes what we send, how long to listen for the goodbye that says why.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly NetworkStream _stream;
    private readonly TradingClientOptions _options;
    private readonly MessageReceiver _receiver;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<SessionOpened> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _clientNonce = RandomNumberGenerator.GetBytes(Login.MaximumNonceBytes);
    private byte[]? _scratch;
    private long _serverSequence;
    private long _lastReceived;
    private bool _leaving;

    private TradingConnection(Socket socket, TradingClientOptions options, MessageReceiver receiver)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _options = options;
        _receiver = receiver;
        _lastReceived = options.Clock.GetTimestamp();
        Sender = new FrameSender(_stream, options.Clock);
        Completion = RunAsync();
    }

    public FrameSender Sender { get; }

    /// <summary>Ends with the connection, and never fails: whoever waits learns the reason by the receiver.</summary>
    public Task Completion { get; }

    /// <summary>Connects and logs in.</summary>
    public static async Task<(TradingConnection Connection, SessionOpened Session)> OpenAsync(
        TradingClientOptions options, MessageReceiver receiver, CancellationToken cancellationToken)
    {
        var socket = await DialAsync(options, cancellationToken).ConfigureAwait(false);
        var connection = new TradingConnection(socket, options, receiver);
        try
        {
            connection.SayHello();
            var session = await connection._opened.Task
                .WaitAsync(options.ConnectTimeout, options.Clock, cancellationToken).ConfigureAwait(false);
            return (connection, session);
        }
        catch (Exception error)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (error is TimeoutException)
                throw new TradingConnectionException($"no login at {options.Host}:{options.Port} within {options.ConnectTimeout}", error);
            throw;
        }
    }

    /// <summary>Logs out, sends what is still to be sent, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _leaving, true))
            return;
        if (!Completion.IsCompleted)
        {
            Sender.Send(new LogoutMessage());
            // The server answers a logout by closing; one that does not is not waited for.
            await Task.WhenAny(Completion, Task.Delay(TimeSpan.FromSeconds(1))).ConfigureAwait(false);
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        await _stream.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private static async Task<Socket> DialAsync(TradingClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(options.ConnectTimeout);
            await socket.ConnectAsync(options.Host, options.Port, deadline.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception error)
        {
            socket.Dispose();
            if (error is SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
                throw new TradingConnectionException($"cannot connect to {options.Host}:{options.Port}: {error.Message}", error);
            throw;
        }
    }

    private void SayHello() => Sender.Send(new HelloMessage
    {
        Protocol = Login.ProtocolVersion,
        KeyId = Encoding.UTF8.GetBytes(_options.Key.KeyId),
        ClientNonce = _clientNonce,
        ResumeFrom = _options.ResumeFrom,
    });

    private async Task RunAsync()
    {
        Task receiving = ReceiveAsync(), sending = Sender.RunAsync(_stop.Token), beating = BeatAsync();
        var first = await Task.WhenAny(receiving, sending, beating).ConfigureAwait(false);
        if (first == sending)
            await Task.WhenAny(receiving, Task.Delay(LastWords)).ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(receiving, sending, beating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var error = Reason(receiving.Exception?.InnerException ?? first.Exception?.InnerException);
        _opened.TrySetException(error);
        _receiver.End(error, expected: _leaving);
        if (_scratch is not null)
            ArrayPool<byte>.Shared.Return(_scratch);
    }

    private Exception Reason(Exception? error) => error switch
    {
        TradingConnectionException or TradingRejectedException => error,
        _ when _receiver.Goodbye is { } goodbye =>
            new TradingConnectionException($"the server said goodbye: {goodbye.Code}: {goodbye.Text}", error, goodbye.Code),
        null or OperationCanceledException => new TradingConnectionException("the connection was closed", error),
        _ => new TradingConnectionException($"the connection was lost: {error.Message}", error),
    };

    private async Task ReceiveAsync()
    {
        var input = PipeReader.Create(_stream);
        while (true)
        {
            var result = await input.ReadAsync(_stop.Token).ConfigureAwait(false);
            Volatile.Write(ref _lastReceived, _options.Clock.GetTimestamp());
            var buffer = result.Buffer;
            while (TryTakeFrame(ref buffer, out var frame))
                Receive(FrameReader.Contiguous(frame, ref _scratch));
            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return;
        }
    }

    private static bool TryTakeFrame(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame)
    {
        var status = FrameReader.TryRead(ref buffer, FrameReader.MaximumFrameBytes, out frame);
        if (status == FrameStatus.BadLength)
            throw new TradingConnectionException("the server sent a frame of an impossible length");
        return status == FrameStatus.Complete;
    }

    private void Receive(ReadOnlySpan<byte> frame)
    {
        if (!Envelope.TryOpen(frame, out var envelope, out var failure))
            throw new TradingConnectionException($"the server sent a frame that is no message: {failure}");
        if (envelope.Sequence != ++_serverSequence)
            throw new TradingConnectionException($"message {_serverSequence} of the server is missing");
        switch (envelope.Type)
        {
            case MessageType.Challenge when !_opened.Task.IsCompleted:
                AnswerChallenge(MessageReceiver.Read<ChallengeMessage>(ref envelope).ServerNonce);
                break;
            case MessageType.Welcome when !_opened.Task.IsCompleted:
                Open(MessageReceiver.Read<WelcomeMessage>(ref envelope));
                break;
            default:
                _receiver.Receive(ref envelope, isOpen: _opened.Task.IsCompleted);
                break;
        }
    }

    private void AnswerChallenge(ReadOnlySpan<byte> serverNonce)
    {
        Span<byte> mac = stackalloc byte[Login.MacBytes];
        Login.ComputeMac(_options.Key.Secret, Encoding.UTF8.GetBytes(_options.Key.KeyId), _clientNonce, serverNonce, mac);
        Sender.Send(new AuthMessage { Mac = mac });
    }

    private void Open(in WelcomeMessage welcome)
    {
        // What lies between the two is told next, so a client that resumes has seen no more than it said.
        _receiver.Begin(_options.ResumeFrom ?? welcome.LastEvent);
        var heartbeat = TimeSpan.FromSeconds(Math.Clamp(welcome.HeartbeatSeconds, 1, 3600));
        _opened.TrySetResult(new SessionOpened(
            welcome.SessionId, WireConversion.ToText(welcome.Role), welcome.Accounts, heartbeat));
    }

    /// <summary>Looks four times an interval whether to say that we are alive, and whether the server still is.</summary>
    private async Task BeatAsync()
    {
        var session = await _opened.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
        using var timer = new PeriodicTimer(session.Heartbeat / 4, _options.Clock);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            if (Sender.Idle >= session.Heartbeat)
                Sender.Send(new ClientHeartbeatMessage { Time = WireConversion.ToMicroseconds(_options.Clock.GetUtcNow()) });
            var silence = _options.Clock.GetElapsedTime(Volatile.Read(ref _lastReceived));
            if (silence > session.Heartbeat * SilentIntervals)
                throw new TradingConnectionException($"the server has been silent for {silence.TotalSeconds:F0} seconds");
        }
    }
}
