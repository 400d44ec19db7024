using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using CopyEngine.Host.Gateway.Inbound;
using CopyEngine.Pipeline;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace CopyEngine.Host.Gateway.Sessions;

/// <summary>
/// One connection from accepting to closing: cuts frames, takes them to the login and then to the session's door, and ends
/// with a Goodbye that says why.
/// </summary>
internal sealed partial class GatewayConnection(ConnectionContext transport, OrderGateway gateway)
{
    private readonly IDuplexPipe _pipe = transport.Transport;
    private readonly GatewayLimits _limits = gateway.Limits;
    private readonly TimeProvider _clock = gateway.Clock;
    private readonly LoginExchange _login = new(gateway.Keys);
    private readonly CancellationTokenSource _aborted = new();
    private readonly long _started = gateway.Clock.GetTimestamp();
    private GatewaySession? _session;
    private SessionDoor? _door;
    private byte[]? _scratch;
    private long? _resumeAt;
    private long _received;
    private long _lastReceived = gateway.Clock.GetTimestamp();
    private long _endedAt;

    public OutputBuffer Output { get; } = new(gateway.Statistics, gateway.Clock);

    private IPAddress Address => (transport.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;

    /// <summary>Ends when the connection is closed; what goes wrong with the network is no failure.</summary>
    public async Task RunAsync()
    {
        Task sending = Output.RunAsync(_pipe.Output, _aborted.Token);
        try
        {
            await ReadAsync().ConfigureAwait(false);
            if (gateway.IsStopping)
            {
                // Answers to what was taken still leave, until the gateway says Goodbye.
                await sending.ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            gateway.Logger.LogDebug("Connection {Connection} was lost: {Reason}", transport.ConnectionId, error.Message);
        }
        finally
        {
            Leave();
        }
        Interlocked.CompareExchange(ref _endedAt, _clock.GetTimestamp(), 0);
        Output.Close();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await LingerAsync().ConfigureAwait(false);
    }

    /// <summary>Says Goodbye, unless that was said already.</summary>
    public void End(GoodbyeCode code, string text)
    {
        if (Output.End(code, text))
        {
            OnEnded(code);
        }
    }

    /// <summary>A Goodbye stands in the output: reading ends.</summary>
    public void OnEnded(GoodbyeCode code)
    {
        Interlocked.CompareExchange(ref _endedAt, _clock.GetTimestamp(), 0);
        gateway.Statistics.CountGoodbye(code);
        gateway.Logger.LogInformation("Connection {Connection} of {Key} from {Address} ends: {Code}",
            transport.ConnectionId, _session?.Key.KeyId ?? "nobody", Address, code);
        Output.Wake();
        _pipe.Input.CancelPendingRead();
    }

    /// <summary>Lets the reading task look whether the gateway is stopping.</summary>
    public void StopReading() => _pipe.Input.CancelPendingRead();

    /// <summary>Looks at the deadlines, a few times a second.</summary>
    public void CheckTimes()
    {
        TimeSpan heartbeat = TimeSpan.FromSeconds(_limits.HeartbeatSeconds);
        if (Volatile.Read(ref _endedAt) is var endedAt and not 0)
        {
            if (_clock.GetElapsedTime(endedAt) > _limits.GoodbyeTimeout + _limits.Linger)
            {
                Abort();
            }
        }
        else if (_session is null)
        {
            if (_clock.GetElapsedTime(_started) > _limits.LoginDeadline)
            {
                End(GoodbyeCode.LoginTimeout, $"no login within {_limits.LoginDeadline.TotalSeconds:0.#} seconds");
            }
        }
        else if (_clock.GetElapsedTime(Volatile.Read(ref _lastReceived)) > heartbeat * _limits.SilentIntervals)
        {
            End(GoodbyeCode.Silent, $"nothing came for {_limits.SilentIntervals} heartbeat intervals");
        }
        else if (Output.IsIdle && _clock.GetElapsedTime(Output.LastSent) >= heartbeat)
        {
            _session.Send(new ServerHeartbeatMessage { Time = gateway.NowMicroseconds() });
            Output.Wake();
        }
    }

    private void Abort()
    {
        transport.Abort(new ConnectionAbortedException("the client did not take its Goodbye in time"));
        _ = _aborted.CancelAsync();
    }

    private void Leave()
    {
        if (_session is { } session)
        {
            gateway.Relay.Leave(session);
            gateway.Sessions.Close(session);
        }
        gateway.Admission.Leave(Address, isLoggedIn: _session is not null);
        if (_scratch is not null)
        {
            ArrayPool<byte>.Shared.Return(_scratch);
        }
    }

    private async Task ReadAsync()
    {
        while (!Output.IsEnded)
        {
            ReadResult result = await NextAsync().ConfigureAwait(false);
            if (result.IsCanceled)
            {
                _pipe.Input.AdvanceTo(result.Buffer.Start);
                return;
            }
            Volatile.Write(ref _lastReceived, _clock.GetTimestamp());
            ReadOnlySequence<byte> buffer = result.Buffer;
            TakeFrames(ref buffer);
            Output.Wake();
            // A session that is told first what it has missed leaves whole frames unread until then.
            _pipe.Input.AdvanceTo(buffer.Start, _resumeAt is null ? buffer.End : buffer.Start);
            if (_resumeAt is { } next && _session is { } session)
            {
                await gateway.Relay.CatchUpAsync(session, next, _aborted.Token).ConfigureAwait(false);
                _resumeAt = null;
            }
            else if (result.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>The next bytes; while quotes wait for the ring, they are tried again meanwhile.</summary>
    private async ValueTask<ReadResult> NextAsync()
    {
        ValueTask<ReadResult> reading = _pipe.Input.ReadAsync();
        while (!reading.IsCompleted && _door is { HasWaitingQuotes: true } door && !TryPublishWaiting(door))
        {
            await Task.Delay(1).ConfigureAwait(false);
        }
        return await reading.ConfigureAwait(false);
    }

    private bool TryPublishWaiting(SessionDoor door)
    {
        try
        {
            return door.TryPublishWaiting();
        }
        catch (PipelineStoppedException)
        {
            End(GoodbyeCode.ShuttingDown, "the engine has stopped");
            return true;
        }
    }

    private void TakeFrames(ref ReadOnlySequence<byte> buffer)
    {
        int taken = 0;
        try
        {
            while (_resumeAt is null && !Output.IsEnded && TryTakeFrame(ref buffer))
            {
                taken++;
            }
        }
        catch (PipelineStoppedException)
        {
            End(GoodbyeCode.ShuttingDown, "the engine has stopped");
        }
        gateway.Statistics.CountFramesIn(taken);
    }

    private bool TryTakeFrame(ref ReadOnlySequence<byte> buffer)
    {
        int maximum = _session is null ? _limits.FrameBytesBeforeLogin : _limits.FrameBytes;
        switch (FrameReader.TryRead(ref buffer, maximum, out ReadOnlySequence<byte> frame))
        {
            case FrameStatus.Complete:
                Take(FrameReader.Contiguous(frame, ref _scratch));
                return true;
            case FrameStatus.BadLength:
                Malformed(0, $"frame: the length must be 1 to {maximum}");
                return false;
            default:
                return false;
        }
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        if (!Envelope.TryOpen(frame, out Envelope envelope, out DecodeFailure failure))
        {
            Malformed(0, failure.ToString());
        }
        else if (envelope.Sequence != _received + 1)
        {
            Malformed(envelope.Sequence, $"seq: must be {_received + 1}");
        }
        else
        {
            _received++;
            if (_door is null)
            {
                TakeLogin(ref envelope);
            }
            else
            {
                _door.Take(ref envelope);
            }
        }
    }

    /// <summary>
    /// Reads on for a moment after the Goodbye, until the client closes: closing with unread bytes would reset the connection
    /// and take the Goodbye with it.
    /// </summary>
    private async Task LingerAsync()
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_aborted.Token);
        timeout.CancelAfter(_limits.Linger);
        try
        {
            bool isOpen = true;
            while (isOpen)
            {
                ReadResult result = await _pipe.Input.ReadAsync(timeout.Token).ConfigureAwait(false);
                _pipe.Input.AdvanceTo(result.Buffer.End);
                isOpen = !result.IsCompleted;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Closed or reset by the client, or long enough.
        }
    }
}
