using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using CopyEngine.Host.Gateway.Outbound;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using CopyEngine.Storage;

namespace CopyEngine.Host.Gateway.Sessions;

/// <summary>
/// What waits to be sent to one client, numbered in the order in which it was appended. Anybody appends and never waits;
/// one task empties it into the socket. It is bounded: whoever does not take what it is sent gets a Goodbye behind what
/// already waits, so that it knows exactly how far it has come.
/// </summary>
internal sealed class OutputBuffer(GatewayStatistics statistics, TimeProvider clock)
{
    private const int FirstBytes = 1_024;
    private const int KeptBytes = 64 * 1_024;
    private const int ChunkBytes = 32 * 1_024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private byte[] _filling = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private byte[] _sending = [];
    private int _filled;
    private int _unsent;
    private int _limit = KeptBytes;
    private long _sequence;
    private long _lastSent = clock.GetTimestamp();
    private bool _isAwake;
    private bool _isEnded;

    /// <summary>No further message is taken.</summary>
    public bool IsEnded => Volatile.Read(ref _isEnded);

    /// <summary>When the last bytes went out, as a timestamp of the clock.</summary>
    public long LastSent => Volatile.Read(ref _lastSent);

    /// <summary>Sets how much may wait; until then as much as a login needs.</summary>
    public void SetLimit(int bytes)
    {
        lock (_gate)
        {
            _limit = bytes;
        }
    }

    /// <summary>Less than half of what may wait is waiting.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return _filled + _unsent < _limit / 2;
            }
        }
    }

    /// <summary>Nothing is waiting.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _filled + _unsent == 0;
            }
        }
    }

    /// <summary>Appends a message.</summary>
    /// <returns>False if this message found the buffer full: the Goodbye stands in its place.</returns>
    public bool Send<TMessage>(scoped in TMessage message) where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return true;
            }
            int written;
            while (!FrameWriter.TryWrite(_filling.AsSpan(_filled), _sequence + 1, message, out written))
            {
                if (_filling.Length - _filled > FrameReader.HeaderBytes + FrameReader.MaximumFrameBytes)
                {
                    throw new InvalidOperationException($"a {TMessage.Type} does not fit into a frame");
                }
                Grow(2 * _filling.Length);
            }
            return TryKeep(written);
        }
    }

    /// <summary>Appends a message that was encoded for several clients.</summary>
    /// <inheritdoc cref="Send{TMessage}"/>
    public bool Send(EncodedFrame frame)
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return true;
            }
            if (_filling.Length - _filled < frame.MaximumLength)
            {
                Grow(Math.Max(2 * _filling.Length, _filled + frame.MaximumLength));
            }
            return TryKeep(frame.Write(_filling.AsSpan(_filled), _sequence + 1));
        }
    }

    /// <summary>Appends a Goodbye, behind which nothing comes.</summary>
    /// <returns>False if it has ended already.</returns>
    public bool End(GoodbyeCode code, string text)
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return false;
            }
            Span<byte> utf8 = stackalloc byte[256];
            int length = Encoding.UTF8.GetBytes(text.AsSpan(0, Math.Min(text.Length, utf8.Length / 3)), utf8);
            Send(new GoodbyeMessage { Code = WireNames<GoodbyeCode>.Of(code), Text = utf8[..length] });
            _isEnded = true;
        }
        Wake();
        return true;
    }

    /// <summary>Takes nothing more and ends the sending after what waits.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isEnded = true;
        }
        Wake();
    }

    /// <summary>Lets the sending task look. Appending does not, so that many messages share a packet.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (_isAwake)
            {
                return;
            }
            _isAwake = true;
        }
        _wake.Release();
    }

    /// <summary>Sends until it has ended and is empty, or the connection is gone.</summary>
    public async Task RunAsync(PipeWriter output, CancellationToken cancellation)
    {
        bool isOpen = true;
        while (isOpen)
        {
            await _wake.WaitAsync(cancellation).ConfigureAwait(false);
            while (isOpen && TryTake(out int length))
            {
                isOpen = await SendAsync(output, length, cancellation).ConfigureAwait(false);
            }
            isOpen &= !IsDone();
        }
    }

    private async Task<bool> SendAsync(PipeWriter output, int length, CancellationToken cancellation)
    {
        for (int sent = 0; sent < length;)
        {
            int chunk = Math.Min(ChunkBytes, length - sent);
            Failpoints.Hit("beforeEgressWrite");
            FlushResult flushed = await output.WriteAsync(_sending.AsMemory(sent, chunk), cancellation).ConfigureAwait(false);
            sent += chunk;
            Volatile.Write(ref _unsent, length - sent);
            Volatile.Write(ref _lastSent, clock.GetTimestamp());
            if (flushed.IsCompleted || flushed.IsCanceled)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Swaps the buffers if there is something to send; a large one is given back once it is empty.</summary>
    private bool TryTake(out int length)
    {
        lock (_gate)
        {
            length = _filled;
            if (length == 0)
            {
                _isAwake = false;
                return false;
            }
            byte[] empty = _sending;
            if (empty.Length is 0 or > KeptBytes)
            {
                Return(empty);
                empty = ArrayPool<byte>.Shared.Rent(FirstBytes);
            }
            (_sending, _filling) = (_filling, empty);
            _unsent = length;
            _filled = 0;
            return true;
        }
    }

    private bool IsDone()
    {
        lock (_gate)
        {
            return _isEnded && _filled == 0;
        }
    }

    /// <summary>Keeps a frame that has just been written behind the others, unless that is too much.</summary>
    private bool TryKeep(int written)
    {
        if (_filled + _unsent + written > _limit)
        {
            _limit = int.MaxValue;
            End(GoodbyeCode.SlowConsumer, $"more than {_filled + _unsent} bytes wait to be taken; log in again with resumeFrom");
            return false;
        }
        _filled += written;
        _sequence++;
        statistics.CountFramesOut(1);
        return true;
    }

    private void Grow(int length)
    {
        byte[] longer = ArrayPool<byte>.Shared.Rent(length);
        _filling.AsSpan(0, _filled).CopyTo(longer);
        Return(_filling);
        _filling = longer;
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
