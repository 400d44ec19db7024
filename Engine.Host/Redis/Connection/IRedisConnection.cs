namespace CopyEngine.Host.Redis.Connection;

/// <summary>
/// What the projection needs of a Redis client, and no more, so that another client can take its place. Calls block
/// the one thread that makes them, each for a bounded time; nothing is sent twice. After a
/// <see cref="RedisConnectionException"/> nothing is known of what was executed: the caller disposes the connection,
/// opens another and writes everything again.
/// </summary>
internal interface IRedisConnection : IDisposable
{
    /// <summary>What is connected to, for people.</summary>
    string Description { get; }

    /// <summary>Masters that hold keys; their numbers are 0 to this, excluded.</summary>
    int NodeCount { get; }

    /// <summary>True when keys live in slots of several servers, so that a script or transaction may touch one key only.</summary>
    bool IsCluster { get; }

    /// <summary>Executes stage after stage.</summary>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    /// <exception cref="RedisReplyException">A command was answered by an error; others may have been executed.</exception>
    void Write(WriteBatch batch);

    /// <summary>Executes commands of one key each and returns their replies, error replies included, in order.</summary>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    RespReply[] Read(CommandBatch commands);

    /// <summary>The next slice of all keys of a node.</summary>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    /// <exception cref="RedisReplyException">The server does not let us.</exception>
    ScanSlice Scan(int node, string cursor, int count);

    /// <summary>A part of a key that lets it live on the given node: empty, or a hash tag.</summary>
    string TagOf(int node);

    /// <summary>The <c>maxmemory-policy</c> by which a server would drop keys by itself; null when none would, or none may be asked.</summary>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    string? FindEvictionPolicy();
}

/// <summary>Some keys, and where to go on; <see cref="IsLast"/> at the end.</summary>
internal sealed record ScanSlice(string Cursor, IReadOnlyList<byte[]> Keys)
{
    /// <summary>Where a scan begins.</summary>
    public const string Start = "0";

    /// <summary>Every key that was there throughout has been returned.</summary>
    public bool IsLast => Cursor == Start;
}

/// <summary>The connection to Redis broke, stalled or could not be made.</summary>
internal sealed class RedisConnectionException : Exception
{
    public RedisConnectionException(string message)
        : base(message)
    {
    }

    public RedisConnectionException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>Redis answered a command with an error.</summary>
internal sealed class RedisReplyException(string error, string command, string? key)
    : Exception($"Redis answered '{error}' to {command}")
{
    /// <summary>The error as Redis wrote it; its first word is its code.</summary>
    public string Error { get; } = error;

    /// <summary>The key of the command, if it is known.</summary>
    public string? Key { get; } = key;
}
