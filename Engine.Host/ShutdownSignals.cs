using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CopyEngine.Host;

/// <summary>Ctrl-C and SIGTERM: the first one asks for a stop that drains, a second Ctrl-C ends the process at once.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    /// <summary>Supervisors send a signal to the process and to its group: the same wish, told twice.</summary>
    private static readonly TimeSpan SameWish = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stopping;
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _lock = new();
    private long _firstTimestamp;

    public ShutdownSignals(CancellationToken also)
    {
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(also);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    public CancellationToken Stopping => _stopping.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _stopping.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        lock (_lock)
        {
            bool isFirst = _firstTimestamp == 0;
            _firstTimestamp = isFirst ? Stopwatch.GetTimestamp() : _firstTimestamp;
            // Not cancelling the signal leaves the system's own action: the process ends.
            context.Cancel = isFirst || context.Signal != PosixSignal.SIGINT || Stopwatch.GetElapsedTime(_firstTimestamp) < SameWish;
        }
        _stopping.Cancel();
    }
}
