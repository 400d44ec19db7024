using System.Globalization;

namespace CopyEngine.Host.Redis.Connection;

/// <summary>
/// Opens connections that are safe to write on: logged in, of the kind that the server needs, and with every former
/// connection of this writer closed at the server. A server that stalled may still hold commands of a connection that
/// we gave up; executed after new ones, they would put old values in place of newer ones.
/// </summary>
internal sealed class RedisConnector(RedisOptions options, RedisLimits limits, int shard, ILogger logger)
{
    private readonly string _family = string.Create(CultureInfo.InvariantCulture, $"copyengine-{shard}-projection-");

    /// <summary>Opens a connection.</summary>
    /// <exception cref="RedisConnectionException">It could not be made.</exception>
    /// <exception cref="RedisReplyException">The server refuses us.</exception>
    public IRedisConnection Open(CancellationToken stopping)
    {
        var name = new ClientName(_family, Guid.NewGuid().ToString("N")[..8]);
        RespConnection connection = RespConnection.Open(options, limits);
        try
        {
            LogIn(connection);
            WarnOfEviction(connection);
            if (IsCluster(connection))
            {
                connection.Dispose();
                return ClusterConnection.Open(options, limits, name, stopping);
            }
            CloseFormerConnections(connection, name, stopping);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void LogIn(RespConnection connection)
    {
        var commands = new CommandBatch();
        if (options.Password is not null)
        {
            commands.Command("AUTH"u8);
            if (options.User is not null)
            {
                commands.Add(options.User);
            }
            commands.Add(options.Password);
        }
        commands.Command("PING"u8);
        foreach (RespReply reply in connection.Read(commands))
        {
            if (reply.Error is not null)
            {
                throw new RedisReplyException(reply.Error, "the login", null);
            }
        }
    }

    private static bool IsCluster(RespConnection connection) =>
        Ask(connection, "INFO", "server").Text.Contains("redis_mode:cluster", StringComparison.Ordinal);

    private void WarnOfEviction(RespConnection connection)
    {
        RespReply reply = Ask(connection, "CONFIG", "GET", "maxmemory-policy");
        if (reply.Items is [_, var policy] && policy.Text != "noeviction")
        {
            logger.LogWarning(
                "Redis at {Redis} evicts keys when its memory is full (maxmemory-policy {Policy}): readers would find holes; set noeviction",
                connection.Description, policy.Text);
        }
    }

    private void CloseFormerConnections(RespConnection connection, ClientName name, CancellationToken stopping)
    {
        RespReply list = Ask(connection, "CLIENT", "LIST");
        bool isAllowed = list.Error is null;
        foreach (string id in FormerConnections(list.Text, name))
        {
            // An id that is gone meanwhile answers 0; only a refusal matters.
            isAllowed &= Ask(connection, "CLIENT", "KILL", "ID", id).Error is null;
        }
        Ask(connection, "CLIENT", "SETNAME", name.Text);
        if (!isAllowed)
        {
            stopping.WaitHandle.WaitOne(limits.SettleDelay);
        }
    }

    private static IEnumerable<string> FormerConnections(string clientList, ClientName name)
    {
        foreach (string line in clientList.Split('\n'))
        {
            string[] fields = line.Split(' ');
            string? client = Array.Find(fields, field => field.StartsWith("name=", StringComparison.Ordinal));
            if (client is not null && name.IsFormer(client["name=".Length..]))
            {
                yield return fields[0]["id=".Length..];
            }
        }
    }

    private static RespReply Ask(RespConnection connection, string name, params ReadOnlySpan<string> arguments)
    {
        var command = new CommandBatch();
        command.Command(System.Text.Encoding.ASCII.GetBytes(name));
        foreach (string argument in arguments)
        {
            command.Add(argument);
        }
        return connection.Read(command)[0];
    }
}

/// <summary>How a connection is known at the server: the writer of a shard, and which of its connections.</summary>
internal readonly record struct ClientName(string Family, string Own)
{
    public string Text => Family + Own;

    /// <summary>True for another connection of the same writer.</summary>
    public bool IsFormer(string? name) => name is not null && name.StartsWith(Family, StringComparison.Ordinal) && name != Text;
}
