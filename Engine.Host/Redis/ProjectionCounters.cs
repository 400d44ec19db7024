namespace CopyEngine.Host.Redis;

/// <summary>What the writer counts; written by its thread, read by any.</summary>
internal sealed class ProjectionCounters
{
    private long _written;
    private long _rate;
    private long _writtenAtLastSecond;

    /// <summary>Entities taken for writing of which Redis has not yet answered.</summary>
    public volatile int InFlight;
    public volatile RedisState State = RedisState.Disconnected;
    public volatile string? LastError;
    public volatile string Server = "";
    private long _resynchronizations;
    private long _removed;
    private long _failures;

    public long Written => Volatile.Read(ref _written);

    public long Rate => Volatile.Read(ref _rate);

    public long Resynchronizations => Volatile.Read(ref _resynchronizations);

    public long Removed => Volatile.Read(ref _removed);

    public long Failures => Volatile.Read(ref _failures);

    public void NoteWritten(int entities) => Interlocked.Add(ref _written, entities);

    public void NoteResynchronization() => Interlocked.Increment(ref _resynchronizations);

    public void NoteRemoved(long keys) => Interlocked.Add(ref _removed, keys);

    public void NoteFailure(string error)
    {
        LastError = error;
        Interlocked.Increment(ref _failures);
    }

    /// <summary>Called about once a second.</summary>
    public void NoteSeconds(double seconds)
    {
        long written = Written;
        Volatile.Write(ref _rate, (long)((written - _writtenAtLastSecond) / Math.Max(seconds, 0.001)));
        _writtenAtLastSecond = written;
    }
}
