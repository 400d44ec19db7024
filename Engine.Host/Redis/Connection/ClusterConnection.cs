using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace CopyEngine.Host.Redis.Connection;

/// <summary>
/// A cluster through StackExchange.Redis, which knows the slots and follows them when they move. What that client does
/// not do by itself is done here: a time limit on every wait, a bounded number of commands in flight, and a circuit
/// that opens with the first failed connection, because a node that came back may have lost what it was sent.
/// </summary>
internal sealed class ClusterConnection : IRedisConnection
{
    private readonly ConnectionMultiplexer _multiplexer;
    private readonly IDatabase _database;
    private readonly IServer[] _masters;
    private readonly string[] _tags;
    private readonly IEnumerator<RedisKey>?[] _scans;
    private readonly RedisLimits _limits;
    private volatile string? _failure;

    private ClusterConnection(ConnectionMultiplexer multiplexer, IServer[] masters, RedisLimits limits, string description)
    {
        _multiplexer = multiplexer;
        _database = multiplexer.GetDatabase();
        _masters = masters;
        _tags = [.. masters.Select(FindTag)];
        _scans = new IEnumerator<RedisKey>?[masters.Length];
        _limits = limits;
        Description = description;
        multiplexer.ConnectionFailed += (_, failed) =>
            _failure = $"the connection to node {failed.EndPoint} failed: {failed.FailureType}";
    }

    public string Description { get; }

    public int NodeCount => _masters.Length;

    public bool IsCluster => true;

    /// <summary>Connects to every master of the cluster that the given node belongs to.</summary>
    public static ClusterConnection Open(RedisOptions options, RedisLimits limits, ClientName name, CancellationToken stopping)
    {
        if (options.User is not null)
        {
            throw new RedisConnectionException(
                "a cluster cannot be used with user=…: its client knows no users; restrict the default user and give its password");
        }
        ConnectionMultiplexer? multiplexer = null;
        try
        {
            multiplexer = ConnectionMultiplexer.ConnectAsync(Configure(options, limits, name))
                .WaitAsync(limits.SocketTimeout * 2, stopping).GetAwaiter().GetResult();
            IServer[] masters = FindMasters(multiplexer);
            if (name.IsAlone)
            {
                CloseFormerConnections(masters, name);
            }
            return new ClusterConnection(multiplexer, masters, limits, $"cluster at {options}");
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            Close(multiplexer);
            throw new RedisConnectionException($"cannot connect to the Redis cluster at {options}: {failure.Message}", failure);
        }
        catch
        {
            Close(multiplexer);
            throw;
        }
    }

    public void Write(WriteBatch batch)
    {
        foreach (CommandBatch stage in batch.Stages)
        {
            WriteStage(stage);
        }
    }

    public RespReply[] Read(CommandBatch commands)
    {
        var replies = new RespReply[commands.Count];
        for (int first = 0; first < commands.Count; first += _limits.CommandsInFlight)
        {
            int end = Math.Min(commands.Count, first + _limits.CommandsInFlight);
            var tasks = new Task<RedisResult>[end - first];
            for (int i = first; i < end; i++)
            {
                tasks[i - first] = Send(_database, commands, i);
            }
            WaitForReplies(tasks);
            for (int i = first; i < end; i++)
            {
                replies[i] = ToReply(tasks[i - first], DepthOf(commands.Argument(i, 0)));
            }
        }
        return replies;
    }

    public ScanSlice Scan(int node, string cursor, int count)
    {
        try
        {
            if (cursor == ScanSlice.Start)
            {
                _scans[node]?.Dispose();
                _scans[node] = _masters[node].Keys(pageSize: count).GetEnumerator();
            }
            IEnumerator<RedisKey> scan = _scans[node]!;
            var keys = new List<byte[]>(count);
            while (keys.Count < count && scan.MoveNext())
            {
                keys.Add(scan.Current!);
            }
            return new ScanSlice(keys.Count < count ? ScanSlice.Start : "next", keys);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            throw new RedisConnectionException($"cannot list the keys of node {_masters[node].EndPoint}: {failure.Message}", failure);
        }
    }

    public string TagOf(int node) => _tags[node];

    public string? FindEvictionPolicy()
    {
        try
        {
            return _masters
                .SelectMany(master => master.ConfigGet("maxmemory-policy"))
                .Select(setting => setting.Value).FirstOrDefault(policy => policy != "noeviction");
        }
        catch (RedisServerException)
        {
            return null;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            throw new RedisConnectionException($"cannot ask the nodes of {Description} for their settings: {failure.Message}", failure);
        }
    }

    public void Dispose()
    {
        foreach (IEnumerator<RedisKey>? scan in _scans)
        {
            scan?.Dispose();
        }
        Close(_multiplexer);
    }

    /// <summary>Without waiting for what is under way: it is written again on the next connection.</summary>
    private static void Close(ConnectionMultiplexer? multiplexer)
    {
        multiplexer?.CloseAsync(allowCommandsToComplete: false);
        multiplexer?.Dispose();
    }

    private static ConfigurationOptions Configure(RedisOptions options, RedisLimits limits, ClientName name)
    {
        int timeoutMilliseconds = (int)limits.SocketTimeout.TotalMilliseconds;
        var configuration = new ConfigurationOptions
        {
            AbortOnConnectFail = false,
            AllowAdmin = true,
            ClientName = name.Text,
            ConfigCheckSeconds = 5,
            ConnectTimeout = timeoutMilliseconds,
            SyncTimeout = timeoutMilliseconds,
            ReconnectRetryPolicy = new LinearRetry(200),
            Password = options.Password,
            Ssl = options.UseTls,
            SslHost = options.UseTls ? options.Host : null,
        };
        configuration.EndPoints.Add(options.Host, options.Port);
        return configuration;
    }

    private static IServer[] FindMasters(ConnectionMultiplexer multiplexer)
    {
        IServer[] servers = [.. multiplexer.GetEndPoints().Select(endPoint => multiplexer.GetServer(endPoint))];
        ClusterConfiguration configuration = servers.FirstOrDefault(server => server.IsConnected)?.ClusterConfiguration
            ?? throw new RedisConnectionException("no node of the Redis cluster answers");
        ClusterNode[] masters = [.. configuration.Nodes.Where(node => !node.IsSlave && node.Slots.Count > 0)];
        return [.. masters.Select(node => Array.Find(servers, server => server.IsConnected && server.EndPoint.Equals(node.EndPoint))
            ?? throw new RedisConnectionException($"node {node.EndPoint} of the Redis cluster does not answer"))];
    }

    private static void CloseFormerConnections(IServer[] masters, ClientName name)
    {
        foreach (IServer master in masters)
        {
            foreach (ClientInfo client in master.ClientList().Where(client => name.IsFormer(client.Name)))
            {
                master.ClientKill(id: client.Id, skipMe: true);
            }
        }
    }

    private string FindTag(IServer master)
    {
        ClusterConfiguration configuration = master.ClusterConfiguration;
        for (int number = 0; ; number++)
        {
            string tag = string.Create(CultureInfo.InvariantCulture, $":{{{number}}}");
            if (master.EndPoint.Equals(configuration.GetBySlot((RedisKey)tag)?.EndPoint))
            {
                return tag;
            }
        }
    }

    private void WriteStage(CommandBatch stage)
    {
        var inFlight = new List<(Task Task, int Command)>(_limits.CommandsInFlight);
        int command = 0;
        while (command < stage.Count)
        {
            command = stage.Is(command, "MULTI"u8) ? SendTransaction(stage, command + 1, inFlight) : SendOne(stage, command, inFlight);
            if (inFlight.Count >= _limits.CommandsInFlight)
            {
                Complete(stage, inFlight);
            }
        }
        Complete(stage, inFlight);
    }

    private int SendOne(CommandBatch stage, int command, List<(Task Task, int Command)> inFlight)
    {
        inFlight.Add((Send(_database, stage, command), command));
        return command + 1;
    }

    private int SendTransaction(CommandBatch stage, int command, List<(Task Task, int Command)> inFlight)
    {
        ITransaction transaction = _database.CreateTransaction();
        for (; !stage.Is(command, "EXEC"u8); command++)
        {
            inFlight.Add((Send(transaction, stage, command), command));
        }
        inFlight.Add((transaction.ExecuteAsync(), command));
        return command + 1;
    }

    private static Task<RedisResult> Send(IDatabaseAsync target, CommandBatch commands, int command)
    {
        string name = Encoding.ASCII.GetString(commands.Argument(command, 0));
        var arguments = new object[commands.ArgumentCount(command) - 1];
        int key = KeyArgument(name);
        for (int i = 0; i < arguments.Length; i++)
        {
            byte[] argument = commands.Argument(command, i + 1).ToArray();
            arguments[i] = i == key ? (RedisKey)argument : (RedisValue)argument;
        }
        return target.ExecuteAsync(name, arguments);
    }

    /// <summary>Which argument the slot is found by. A script has its own text and the number of keys before its key.</summary>
    private static int KeyArgument(string command) => command switch
    {
        "PUBLISH" => -1,
        "EVAL" => 2,
        _ => 0,
    };

    private void Complete(CommandBatch stage, List<(Task Task, int Command)> inFlight)
    {
        WaitForReplies(inFlight.ConvertAll(sent => sent.Task));
        foreach ((Task task, int command) in inFlight)
        {
            if (task.IsFaulted)
            {
                string? key = stage.ArgumentCount(command) > 1 ? Encoding.UTF8.GetString(stage.Argument(command, 1)) : null;
                throw new RedisReplyException(task.Exception!.GetBaseException().Message, stage.Describe(command), key);
            }
        }
        inFlight.Clear();
    }

    /// <summary>Waits until every command is answered, by an error or not; anything else opens the circuit.</summary>
    private void WaitForReplies(IReadOnlyCollection<Task> tasks)
    {
        try
        {
            Task.WhenAll(tasks).WaitAsync(_limits.SocketTimeout).GetAwaiter().GetResult();
        }
        catch (RedisServerException)
        {
            // An answer; the caller looks at each.
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or OperationCanceledException)
        {
            _failure ??= failure.Message;
        }
        if (_failure is { } broken)
        {
            throw new RedisConnectionException($"{Description}: {broken}");
        }
    }

    /// <summary>How deep a command's reply is nested; the client does not tell.</summary>
    private static int DepthOf(ReadOnlySpan<byte> command) =>
        command.SequenceEqual("SMEMBERS"u8) || command.SequenceEqual("HGETALL"u8) ? 1 : command.EndsWith("SCAN"u8) ? 2 : 0;

    private static RespReply ToReply(Task<RedisResult> task, int depth) => task.IsFaulted
        ? new RespReply { Error = task.Exception!.GetBaseException().Message }
        : ToReply(task.Result, depth);

    private static RespReply ToReply(RedisResult result, int depth)
    {
        if (result.IsNull)
        {
            return RespReply.Nothing;
        }
        return depth switch
        {
            0 => new RespReply { Bytes = (byte[]?)result },
            1 => new RespReply { Items = [.. ((RedisResult[]?)result)!.Select(item => ToReply(item, 0))] },
            _ => new RespReply { Items = [ToReply(((RedisResult[]?)result)![0], 0), ToReply(((RedisResult[]?)result)![1], 1)] },
        };
    }
}
