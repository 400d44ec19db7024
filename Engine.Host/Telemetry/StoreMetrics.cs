using CopyEngine.Host.Redis.Snapshots;
using CopyEngine.Host.Store;
using CopyEngine.Journal;

namespace CopyEngine.Host.Telemetry;

/// <summary>Journal and snapshots as metrics.</summary>
internal static class StoreMetrics
{
    public static void Write(PrometheusText text, JournalStatistics? journal, SnapshotSchedule snapshots, SnapshotStoreStatus redis)
    {
        if (journal is { } written)
        {
            text.Counter("copyengine_journal_durable_sequence", "Last command that is on disk.", written.DurableSequence);
            text.Counter("copyengine_journal_commits_total", "Batches written since the start.", written.Commits);
            text.Counter("copyengine_journal_records_total", "Records written since the start.", written.Records);
            text.Counter("copyengine_journal_bytes_total", "Bytes written since the start.", written.Bytes);
            text.Gauge("copyengine_journal_sync_seconds", "Time of the last sync.", written.LastSync.TotalSeconds);
            text.Gauge("copyengine_journal_longest_sync_seconds", "Time of the longest sync since the start.", written.LongestSync.TotalSeconds);
            text.Gauge("copyengine_journal_storage_low", "1 while new risk is refused because the disk is full.", written.IsStorageLow ? 1 : 0);
        }
        text.Counter("copyengine_snapshots_total", "Snapshots written since the start.", snapshots.Count);
        text.Counter("copyengine_snapshot_failures_total", "Snapshots that failed.", snapshots.Failures);
        text.Gauge("copyengine_snapshot_lag", "Commands since the newest snapshot.", snapshots.Lag);
        if (redis.State != SnapshotStoreState.Off)
        {
            text.Counter("copyengine_redis_snapshots_total", "Snapshots stored in Redis since the start.", redis.Uploads);
            text.Counter("copyengine_redis_snapshot_failures_total", "Attempts to store a snapshot in Redis that failed.", redis.Failures);
            text.Gauge("copyengine_redis_snapshot_lag", "Commands by which the snapshot in Redis is behind the newest local one.", redis.LagCommands);
            text.Gauge("copyengine_redis_snapshot_lag_seconds", "How long a snapshot has been waiting for Redis.", redis.LagSeconds);
        }
    }
}
