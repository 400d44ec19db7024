using CopyEngine.Commands;
using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Sessions;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Snapshots;

namespace CopyEngine.Host.Telemetry;

/// <summary>Gateway and Redis as metrics and as services.</summary>
internal static class DoorMetrics
{
    public static void Write(PrometheusText text, GatewayStatistics gateway)
    {
        text.Gauge("copyengine_gateway_connections", "Open connections.", gateway.Connections);
        text.Gauge("copyengine_gateway_sessions", "Sessions that are logged in.", gateway.Sessions);
        text.Counter("copyengine_gateway_logins_total", "Logins.", gateway.Logins);
        text.Counter("copyengine_gateway_login_failures_total", "Wrong keys or proofs.", gateway.LoginFailures);
        text.Counter("copyengine_gateway_frames_in_total", "Frames received.", gateway.FramesIn);
        text.Counter("copyengine_gateway_frames_out_total", "Frames sent.", gateway.FramesOut);
        text.Counter("copyengine_gateway_quotes_conflated_total", "Quotes replaced by a newer one while the ring was full.", gateway.ConflatedQuotes);
        text.Counter("copyengine_gateway_faults_total", "Connections that ended by a fault of the gateway.", gateway.Faults);
        foreach (RejectCode code in Enum.GetValues<RejectCode>().Where(code => gateway.RejectsWith(code) > 0))
        {
            text.Counter("copyengine_gateway_rejects_total", "Refusals at the door and refused requests.", gateway.RejectsWith(code), ("code", WireText.Of(code)));
        }
        foreach (GoodbyeCode code in Enum.GetValues<GoodbyeCode>().Where(code => gateway.GoodbyesWith(code) > 0))
        {
            text.Counter("copyengine_gateway_goodbyes_total", "Connections that the gateway ended.", gateway.GoodbyesWith(code), ("code", WireText.Of(code)));
        }
    }

    public static void Write(PrometheusText text, RedisStatus redis)
    {
        text.Gauge("copyengine_redis_lag", "Entities that have changed and are not yet written.", redis.Lag);
        text.Counter("copyengine_redis_written_total", "Entities written.", redis.EntitiesWritten);
        text.Counter("copyengine_redis_resynchronizations_total", "How often everything was written anew.", redis.Resynchronizations);
        text.Counter("copyengine_redis_removed_total", "Keys and members removed because they stood for nothing.", redis.KeysRemoved);
        text.Counter("copyengine_redis_notices_dropped_total", "Margin events never published because Redis was away.", redis.MarginEventsDropped);
        text.Counter("copyengine_redis_failures_total", "Failures of the connection and refused commands.", redis.Failures);
    }

    /// <summary>The engine trades on without Redis, so it is never vital; off by wish is as good as ready.</summary>
    public static ServiceState State(RedisStatus redis) => redis.State switch
    {
        RedisState.Off when redis.LastError is null => new ServiceState(IsReady: true, IsVital: false, "off"),
        RedisState.Off => new ServiceState(IsReady: false, IsVital: false, $"off ({redis.LastError})"),
        RedisState.Following => new ServiceState(IsReady: true, IsVital: false, $"following (lag {redis.Lag})"),
        RedisState.Resynchronizing => new ServiceState(IsReady: false, IsVital: false, $"resynchronizing (lag {redis.Lag})"),
        RedisState.Fenced => new ServiceState(IsReady: false, IsVital: false, $"fenced ({redis.LastError})"),
        _ => new ServiceState(IsReady: false, IsVital: false, $"disconnected (lag {redis.Lag})"),
    };

    public static void Write(PrometheusText text, SnapshotStoreStatus snapshots)
    {
        text.Gauge("copyengine_redis_snapshot_lag_seconds", "How long a snapshot has been waiting that Redis does not hold.", snapshots.LagSeconds);
        text.Gauge("copyengine_redis_snapshot_lag_commands", "Commands by which the snapshot in Redis is behind the newest local one.", snapshots.LagCommands);
        text.Gauge("copyengine_redis_snapshot_sequence", "Sequence of the snapshot in Redis, -1 when none is known.", snapshots.StoredSequence);
        text.Counter("copyengine_redis_snapshots_total", "Snapshots stored in Redis.", snapshots.Uploads);
        text.Counter("copyengine_redis_snapshot_failures_total", "Failed attempts to store one.", snapshots.Failures);
    }

    /// <summary>The copy in Redis is never vital: the local snapshots are complete.</summary>
    public static ServiceState State(SnapshotStoreStatus snapshots) => snapshots.State switch
    {
        SnapshotStoreState.Off => new ServiceState(IsReady: true, IsVital: false, "off"),
        SnapshotStoreState.Current => new ServiceState(IsReady: true, IsVital: false, $"sequence {snapshots.StoredSequence}"),
        SnapshotStoreState.Uploading => new ServiceState(IsReady: true, IsVital: false, $"storing {snapshots.OfferedSequence}"),
        SnapshotStoreState.Fenced => new ServiceState(IsReady: false, IsVital: false, $"fenced ({snapshots.LastError})"),
        _ => new ServiceState(IsReady: false, IsVital: false, $"not stored for {snapshots.LagSeconds:0} s ({snapshots.LastError ?? "connecting"})"),
    };
}
