namespace CopyEngine.Tests.Simulation;

/// <summary>Time that passes only when something takes time.</summary>
internal sealed class SimulatedClock(long microseconds) : TimeProvider
{
    private long _microseconds = microseconds;

    public long Microseconds => _microseconds;

    public override long TimestampFrequency => 1_000_000;

    public void Pass(long microseconds) => _microseconds += microseconds;

    public override long GetTimestamp() => _microseconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddMicroseconds(_microseconds);
}
