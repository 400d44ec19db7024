using System.Globalization;

namespace CopyEngine.Host.Redis.Connection;

/// <summary>What a connection is for; part of the name under which the server knows it.</summary>
internal enum ConnectionPurpose
{
    /// <summary>
    /// The risk desk's keys. Later values replace earlier ones, so there is one connection at a time: a server that
    /// stalled may still hold commands of one that we gave up; executed after new ones, they would put old values in
    /// place of newer ones.
    /// </summary>
    Projection,

    /// <summary>Snapshots, whose keys never change once written.</summary>
    Snapshots,

    /// <summary>The claim to a shard, which others may be making at the same moment.</summary>
    Ownership,
}

/// <summary>
/// Opens connections that are safe to write on: logged in, of the kind that the server needs, and where the purpose
/// asks for it with every former connection of this writer closed at the server.
/// </summary>
internal sealed class RedisConnector(
    RedisOptions options, RedisLimits limits, int shard, ILogger logger, ConnectionPurpose purpose = ConnectionPurpose.Projection)
{
    private readonly string _family = string.Create(CultureInfo.InvariantCulture, $"copyengine-{shard}-{Name(purpose)}-");

    /// <summary>Opens a connection.</summary>
    /// <exception cref="RedisConnectionException">It could not be made.</exception>
    /// <exception cref="RedisReplyException">The server refuses us.</exception>
    public IRedisConnection Open(CancellationToken stopping)
    {
        bool isAlone = purpose == ConnectionPurpose.Projection;
        var name = new ClientName(_family, Guid.NewGuid().ToString("N")[..8], isAlone);
        RespConnection connection = RespConnection.Open(options, limits);
        try
        {
            LogIn(connection);
            if (isAlone)
            {
                WarnOfEviction(connection);
            }
            if (IsCluster(connection))
            {
                connection.Dispose();
                return ClusterConnection.Open(options, limits, name, stopping);
            }
            Introduce(connection, name, stopping);
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
        connection.Ask("INFO", "server").Text.Contains("redis_mode:cluster", StringComparison.Ordinal);

    private void WarnOfEviction(RespConnection connection)
    {
        if (connection.FindEvictionPolicy() is { } policy)
        {
            logger.LogWarning(
                "Redis at {Redis} evicts keys when its memory is full (maxmemory-policy {Policy}): readers would find holes; set noeviction",
                connection.Description, policy);
        }
    }

    private void Introduce(RespConnection connection, ClientName name, CancellationToken stopping)
    {
        bool isAllowed = !name.IsAlone || CloseFormerConnections(connection, name);
        connection.Ask("CLIENT", "SETNAME", name.Text);
        if (!isAllowed)
        {
            stopping.WaitHandle.WaitOne(limits.SettleDelay);
        }
    }

    private static bool CloseFormerConnections(RespConnection connection, ClientName name)
    {
        RespReply list = connection.Ask("CLIENT", "LIST");
        bool isAllowed = list.Error is null;
        foreach (string id in FormerConnections(list.Text, name))
        {
            // An id that is gone meanwhile answers 0; only a refusal matters.
            isAllowed &= connection.Ask("CLIENT", "KILL", "ID", id).Error is null;
        }
        return isAllowed;
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

    private static string Name(ConnectionPurpose purpose) => purpose switch
    {
        ConnectionPurpose.Projection => "projection",
        ConnectionPurpose.Snapshots => "snapshots",
        _ => "ownership",
    };
}

/// <summary>How a connection is known at the server: the writer of a shard, and which of its connections.</summary>
/// <param name="Family">The writer.</param>
/// <param name="Own">The connection.</param>
/// <param name="IsAlone">Whether the writer has one connection at a time.</param>
internal readonly record struct ClientName(string Family, string Own, bool IsAlone)
{
    public string Text => Family + Own;

    /// <summary>True for another connection of the same writer.</summary>
    public bool IsFormer(string? name) => IsAlone && name is not null && name.StartsWith(Family, StringComparison.Ordinal) && name != Text;
}
