using StackExchange.Redis;

namespace CopyEngine.Tests.Redis;

/// <summary>Everything that a server holds, as lines of text that can be compared.</summary>
internal static class KeyDump
{
    /// <summary>All keys but the projection's own marker; expiring ones without their time.</summary>
    public static async Task<string[]> OfAsync(params IEnumerable<RedisServer> servers)
    {
        var lines = new List<string>();
        foreach (RedisServer server in servers)
        {
            ConnectionMultiplexer redis = await server.ConnectAsync();
            foreach (RedisKey key in redis.GetServer(server.Address).Keys(pageSize: 1_000))
            {
                if (!key.ToString().StartsWith("ce:", StringComparison.Ordinal))
                {
                    lines.Add($"{key} = {await ValueAsync(redis.GetDatabase(), key)}");
                }
            }
            await redis.CloseAsync(allowCommandsToComplete: false);
        }
        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }

    private static async Task<string> ValueAsync(IDatabase database, RedisKey key) => await database.KeyTypeAsync(key) switch
    {
        RedisType.Hash => Join((await database.HashGetAllAsync(key)).Select(entry => $"{entry.Name}={entry.Value}")),
        RedisType.Set => Join((await database.SetMembersAsync(key)).Select(member => member.ToString())),
        RedisType.SortedSet => Join((await database.SortedSetRangeByRankWithScoresAsync(key)).Select(entry => $"{entry.Element}@{entry.Score:R}")),
        RedisType.String => (await database.StringGetAsync(key)).ToString(),
        RedisType type => type.ToString(),
    };

    private static string Join(IEnumerable<string> parts) => string.Join(" ", parts.Order(StringComparer.Ordinal));
}
