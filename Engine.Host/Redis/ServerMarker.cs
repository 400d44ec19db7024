using System.Globalization;
using CopyEngine.Host.Redis.Connection;

namespace CopyEngine.Host.Redis;

/// <summary>
/// A key on every master that is exchanged once a second: what comes back has to be what was put there last. A server
/// that was flushed, went back to an older copy, or that another engine writes to, is found out though the connection
/// never broke.
/// </summary>
internal sealed class ServerMarker(IRedisConnection connection, int shard)
{
    private readonly string _epoch = Guid.NewGuid().ToString("N");
    private readonly CommandBatch _commands = new();
    private long _number;

    /// <summary>Puts the marker there, whatever was before.</summary>
    public void Place() => Exchange();

    /// <summary>Exchanges the marker.</summary>
    /// <exception cref="RedisConnectionException">It was not what was put there last.</exception>
    public void Check()
    {
        string expected = Value;
        foreach (RespReply previous in Exchange())
        {
            if (previous.Text != expected)
            {
                throw new RedisConnectionException(previous.Bytes is null
                    ? $"{connection.Description} lost its keys; everything is written again"
                    : $"{connection.Description} went back to older keys, or another engine writes there too; everything is written again");
            }
        }
    }

    private string Value => string.Create(CultureInfo.InvariantCulture, $"{_epoch}:{_number}");

    private RespReply[] Exchange()
    {
        _number++;
        _commands.Clear();
        for (int node = 0; node < connection.NodeCount; node++)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"ce:{shard}:projection{connection.TagOf(node)}");
            _commands.Command("GETSET"u8).Add(key).Add(Value);
        }
        RespReply[] replies = connection.Read(_commands);
        foreach (RespReply reply in replies)
        {
            if (reply.Error is not null)
            {
                throw new RedisReplyException(reply.Error, "GETSET of the projection's marker", null);
            }
        }
        return replies;
    }
}
