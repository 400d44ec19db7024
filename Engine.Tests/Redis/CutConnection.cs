using CopyEngine.Host.Redis.Connection;

namespace CopyEngine.Tests.Redis;

/// <summary>
/// A connection whose owner dies after some exchanges: the one after them is not sent any more, or it is executed but
/// its answer is never seen.
/// </summary>
internal sealed class CutConnection(IRedisConnection connection, int exchanges, bool isLastExecuted) : IRedisConnection
{
    private int _left = exchanges;

    public string Description => connection.Description;

    public int NodeCount => connection.NodeCount;

    public bool IsCluster => connection.IsCluster;

    public void Write(WriteBatch batch) => Exchange(() => { connection.Write(batch); return 0; });

    public RespReply[] Read(CommandBatch commands) => Exchange(() => connection.Read(commands));

    public ScanSlice Scan(int node, string cursor, int count) => Exchange(() => connection.Scan(node, cursor, count));

    public string TagOf(int node) => connection.TagOf(node);

    public string? FindEvictionPolicy() => Exchange(connection.FindEvictionPolicy);

    public void Dispose() => connection.Dispose();

    private TResult Exchange<TResult>(Func<TResult> exchange)
    {
        if (_left-- > 0)
        {
            return exchange();
        }
        if (isLastExecuted && _left == -1)
        {
            exchange();
        }
        throw new RedisConnectionException("the engine was killed here");
    }
}
