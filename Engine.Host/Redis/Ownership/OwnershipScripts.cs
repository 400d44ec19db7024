namespace CopyEngine.Host.Redis.Ownership;

/// <summary>
/// The server-side steps of a claim. Each touches one key, so that a cluster can run them, and answers with text, which
/// every client reads alike. Numbers stay below 2^53, where Lua counts exactly.
/// </summary>
internal static class OwnershipScripts
{
    /// <summary>
    /// Takes or renews the claim. Answers <c>taken</c> and who holds it, <c>renewed</c> and the epoch there, or <c>new</c>
    /// when nobody held it. An epoch of 0 asks as a start does: the same directory takes over whatever its last epoch.
    /// </summary>
    public const string Claim = """
        local held = redis.call('HMGET', KEYS[1], 'instance', 'epoch', 'host', 'process', 'since')
        local epoch = tonumber(held[2] or '0') or 0
        local mine = tonumber(ARGV[2])
        if held[1] and (held[1] ~= ARGV[1] or (mine > 0 and epoch > mine)) then
          return 'taken ' .. (held[3] or '?') .. ' ' .. (held[4] or '?') .. ' ' .. (held[5] or '?') .. ' ' .. string.format('%.0f', redis.call('PTTL', KEYS[1]))
        end
        redis.call('HSET', KEYS[1], 'instance', ARGV[1], 'epoch', string.format('%.0f', math.max(epoch, mine)),
          'host', ARGV[4], 'process', ARGV[5], 'since', ARGV[6])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        if held[1] then return 'renewed ' .. string.format('%.0f', epoch) end
        return 'new 0'
        """;

    /// <summary>Hands out the next epoch: above every one handed out before, which the manifest's key remembers, and above the given one.</summary>
    public const string NextEpoch = """
        local epoch = math.max(tonumber(redis.call('HGET', KEYS[1], 'fence') or '0') or 0, tonumber(ARGV[1])) + 1
        redis.call('HSET', KEYS[1], 'fence', string.format('%.0f', epoch))
        return string.format('%.0f', epoch)
        """;

    /// <summary>Raises the remembered epoch to the given one and answers with what is remembered then.</summary>
    public const string RaiseFence = """
        local epoch = math.max(tonumber(redis.call('HGET', KEYS[1], 'fence') or '0') or 0, tonumber(ARGV[1]))
        redis.call('HSET', KEYS[1], 'fence', string.format('%.0f', epoch))
        return string.format('%.0f', epoch)
        """;

    /// <summary>Gives the claim back if it is still ours.</summary>
    public const string Release = """
        if redis.call('HGET', KEYS[1], 'instance') == ARGV[1] and redis.call('HGET', KEYS[1], 'epoch') == ARGV[2] then
          redis.call('DEL', KEYS[1])
        end
        return 'released'
        """;
}
