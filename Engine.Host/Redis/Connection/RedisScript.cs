namespace CopyEngine.Host.Redis.Connection;

/// <summary>Runs a Lua script at the server: one step that nobody sees half of.</summary>
internal static class RedisScript
{
    /// <summary>Runs a script on one key and returns its text.</summary>
    /// <exception cref="RedisReplyException">The server answered with an error.</exception>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    public static string Run(IRedisConnection connection, string script, string key, params ReadOnlySpan<string> arguments) =>
        Run(connection, script, [key], arguments);

    /// <summary>Runs a script on several keys, which a cluster does not allow, and returns its text.</summary>
    /// <exception cref="RedisReplyException">The server answered with an error.</exception>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    public static string Run(
        IRedisConnection connection, string script, IReadOnlyCollection<string> keys, params ReadOnlySpan<string> arguments)
    {
        var commands = new CommandBatch();
        commands.Command("EVAL"u8).Add(script).Add(keys.Count);
        foreach (string key in keys)
        {
            commands.Add(key);
        }
        foreach (string argument in arguments)
        {
            commands.Add(argument);
        }
        return Execute(connection, commands).Text;
    }

    /// <summary>Executes one command.</summary>
    /// <exception cref="RedisReplyException">The server answered with an error.</exception>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    public static RespReply Execute(IRedisConnection connection, CommandBatch command)
    {
        RespReply reply = connection.Read(command)[0];
        if (reply.Error is null)
        {
            return reply;
        }
        bool isScript = command.Is(0, "EVAL"u8);
        string key = System.Text.Encoding.UTF8.GetString(command.Argument(0, isScript ? 3 : 1));
        throw new RedisReplyException(reply.Error, isScript ? $"a script on {key}" : command.Describe(0), key);
    }
}
