using CopyEngine.Commands;
using CopyEngine.Host.Gateway.Sessions;

namespace CopyEngine.Host.Gateway;

/// <summary>What the gateway counts. Written from many threads, read by whoever shows metrics.</summary>
internal sealed class GatewayStatistics
{
    private readonly long[] _rejects = new long[byte.MaxValue + 1];
    private readonly long[] _goodbyes = new long[byte.MaxValue + 1];
    private long _connections;
    private long _sessions;
    private long _logins;
    private long _loginFailures;
    private long _framesIn;
    private long _framesOut;
    private long _conflatedQuotes;
    private long _faults;

    /// <summary>Connections that are open, logged in or not.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    /// <summary>Sessions that are logged in.</summary>
    public long Sessions => Interlocked.Read(ref _sessions);

    public long Logins => Interlocked.Read(ref _logins);

    /// <summary>Wrong keys or proofs.</summary>
    public long LoginFailures => Interlocked.Read(ref _loginFailures);

    public long FramesIn => Interlocked.Read(ref _framesIn);

    public long FramesOut => Interlocked.Read(ref _framesOut);

    /// <summary>Quotes that a newer one of their symbol replaced while the ring was full.</summary>
    public long ConflatedQuotes => Interlocked.Read(ref _conflatedQuotes);

    /// <summary>Connections that ended by a fault of ours.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    public long SlowConsumers => GoodbyesWith(GoodbyeCode.SlowConsumer);

    /// <summary>Refusals at the door and refused requests, by code; refused orders are counted where orders are.</summary>
    public long RejectsWith(RejectCode code) => Interlocked.Read(ref _rejects[(int)code]);

    /// <summary>Connections that the gateway ended, by reason.</summary>
    public long GoodbyesWith(GoodbyeCode code) => Interlocked.Read(ref _goodbyes[(int)code]);

    internal void CountConnection(int change) => Interlocked.Add(ref _connections, change);

    internal void CountSession(int change) => Interlocked.Add(ref _sessions, change);

    internal void CountLogin() => Interlocked.Increment(ref _logins);

    internal void CountLoginFailure() => Interlocked.Increment(ref _loginFailures);

    internal void CountFramesIn(int frames) => Interlocked.Add(ref _framesIn, frames);

    internal void CountFramesOut(long frames) => Interlocked.Add(ref _framesOut, frames);

    internal void CountConflatedQuote() => Interlocked.Increment(ref _conflatedQuotes);

    internal void CountFault() => Interlocked.Increment(ref _faults);

    internal void CountReject(RejectCode code) => Interlocked.Increment(ref _rejects[(int)code]);

    internal void CountGoodbye(GoodbyeCode code) => Interlocked.Increment(ref _goodbyes[(int)code]);
}
