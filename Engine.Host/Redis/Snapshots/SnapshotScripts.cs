namespace CopyEngine.Host.Redis.Snapshots;

/// <summary>
/// The server-side steps of an upload. All answer with text, which every client reads alike. Only <see cref="Switch"/>
/// is given more than one key, and on a cluster not even that.
/// </summary>
internal static class SnapshotScripts
{
    /// <summary>Answers with the digest of a chunk as it stands there, or <c>missing</c>, and gives it a longer life.</summary>
    public const string Verify = """
        local bytes = redis.call('GET', KEYS[1])
        if not bytes then return 'missing' end
        redis.call('PEXPIRE', KEYS[1], ARGV[1])
        return redis.sha1hex(bytes)
        """;

    /// <summary>
    /// Puts one manifest in place of another. Refused for an epoch below any that was handed out, for an older snapshot
    /// than the stored one, when another upload came between, and when one of the given chunks is not there. Removes
    /// their expiry in the same step.
    /// </summary>
    public const string Switch = """
        local fence = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0') or 0
        local stored = tonumber(redis.call('HGET', KEYS[1], 'sequence') or '-1') or -1
        local epoch = tonumber(ARGV[1])
        if epoch < fence then return 'fenced ' .. string.format('%.0f', fence) end
        if tonumber(ARGV[2]) < stored then return 'older ' .. string.format('%.0f', stored) end
        if stored ~= tonumber(ARGV[3]) then return 'changed ' .. string.format('%.0f', stored) end
        for i = 2, #KEYS do
          if redis.call('EXISTS', KEYS[i]) == 0 then return 'missing ' .. KEYS[i] end
        end
        for i = 2, #KEYS do redis.call('PERSIST', KEYS[i]) end
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], 'fence', string.format('%.0f', epoch), unpack(ARGV, 4))
        return 'switched'
        """;

    /// <summary>Lets a chunk of the current snapshot live for ever; answers with its length.</summary>
    public const string Keep = """
        redis.call('PERSIST', KEYS[1])
        return tostring(redis.call('STRLEN', KEYS[1]))
        """;

    /// <summary>Gives a chunk that is no longer needed an expiry, unless it has one.</summary>
    public const string Retire = """
        if redis.call('PTTL', KEYS[1]) == -1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return 'retired'
        """;
}
