using System.Buffers;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol.Client;

/// <summary>
/// Numbers messages and sends them in that order. Callers on any thread append to one buffer while the other is being written to the
/// socket, so messages that come close together share a packet.
/// </summary>
internal sealed class FrameSender(Stream stream, TimeProvider clock)
{
    /// <summary>Beyond this, whoever can wait does: some thousand messages that the server has not taken yet.</summary>
    private const int BacklogBytes = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _sending = new();
    private TaskCompletionSource _drained = new();
    private long _sequence;
    private bool _ended;
    private long _lastSent = clock.GetTimestamp();

    public TimeSpan Idle => clock.GetElapsedTime(Volatile.Read(ref _lastSent));

    /// <summary>Appends a message; what waits for its answer is registered under its number before it can be answered.</summary>
    public void Send<TMessage>(scoped in TMessage message, PendingAnswers? answers = null, PendingAnswer? pending = null)
        where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        lock (_gate)
        {
            if (pending is not null)
                pending.Sequence = _sequence + 1;
            // Registered even if nothing is sent any more: the end of the connection fails everything that waits.
            if ((pending is not null && answers?.TryAdd(pending) == false) || _ended)
                return;
            FrameWriter.Write(_filling, _sequence + 1, message);
            _sequence++;
        }
        _wake.Release();
    }

    /// <summary>Completes when the backlog is small enough to add to it.</summary>
    public async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task drained;
            lock (_gate)
            {
                if (_filling.WrittenCount < BacklogBytes || _ended)
                    return;
                drained = _drained.Task;
            }
            await drained.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is appended to the socket, until cancelled or until the socket fails.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await _wake.WaitAsync(cancellationToken).ConfigureAwait(false);
                TakeBuffer();
                await stream.WriteAsync(_sending.WrittenMemory, cancellationToken).ConfigureAwait(false);
                _sending.ResetWrittenCount();
                Volatile.Write(ref _lastSent, clock.GetTimestamp());
            }
        }
        finally
        {
            lock (_gate)
            {
                _ended = true;
                _drained.TrySetResult();
            }
        }
    }

    private void TakeBuffer()
    {
        lock (_gate)
        {
            (_filling, _sending) = (_sending, _filling);
            _drained.TrySetResult();
            _drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
