using System.Globalization;
using CopyEngine.Host.Redis.Connection;

namespace CopyEngine.Host.Redis.Ownership;

/// <summary>
/// This engine's claim to its shard at Redis (rule R7): the key <c>ce:&lt;shard&gt;:owner</c> names the data directory by
/// its <see cref="InstanceFile"/> and expires unless the projection renews it. A start that finds another directory's
/// claim ends with 75; the same directory takes over at once, with a higher epoch. The epoch fences what cannot be taken
/// back: a snapshot's manifest is replaced by the holder of the highest epoch only.
/// <para>
/// Without Redis there is no fencing, and the engine trades. An engine that finds another owner later on stops writing
/// to Redis for the rest of its life, because two histories of one shard are for a person to sort out.
/// </para>
/// </summary>
internal sealed class RedisOwnership
{
    private readonly int _shard;
    private readonly string _ownerKey;
    private readonly string _manifestKey;
    private readonly ILogger _logger;
    private readonly OwnershipLimits _limits;
    private readonly string _since;

    /// <summary>One claim at a time: a start that Redis kept waiting may still be claiming when the projection does.</summary>
    private readonly Lock _lock = new();
    private long _epoch;
    private volatile string? _loss;
    private string? _lastRefusal;

    private RedisOwnership(string instance, int shard, ILogger logger, OwnershipLimits limits)
    {
        Instance = instance;
        _shard = shard;
        _ownerKey = string.Create(CultureInfo.InvariantCulture, $"ce:{shard}:owner");
        _manifestKey = string.Create(CultureInfo.InvariantCulture, $"ce:{shard}:snapshot");
        _logger = logger;
        _limits = limits;
        _since = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    /// <summary>Random id of the data directory.</summary>
    public string Instance { get; }

    /// <summary>Number of this claim, higher than every earlier one's; 0 while there is none.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>True once another engine was found to own the shard; never false again.</summary>
    public bool IsLost => _loss is not null;

    /// <summary>Who owns the shard instead, for people; null while nobody does.</summary>
    public string? Loss => _loss;

    /// <summary>Reads the directory's id, or makes it at the first start.</summary>
    /// <exception cref="HostException">The file of the id cannot be read or written (74).</exception>
    public static RedisOwnership Open(string dataDirectory, int shard, ILogger logger, OwnershipLimits? limits = null) =>
        new(InstanceFile.Open(dataDirectory), shard, logger, limits ?? new OwnershipLimits());

    /// <summary>Claims the shard at the start of a process, before anything is recovered. Only a server of its own can be another engine's too.</summary>
    /// <exception cref="HostException">Another engine owns the shard (75).</exception>
    public async Task ClaimAsync(RedisOptions options, CancellationToken cancellation)
    {
        if (options.Mode != RedisMode.Remote)
        {
            return;
        }
        try
        {
            // The thread may outlive the wait; what it claims then is this engine's all the same.
            await Task.Run(() => Claim(options, cancellation), cancellation).WaitAsync(_limits.ClaimTimeout, cancellation).ConfigureAwait(false);
        }
        catch (OwnershipLostException taken)
        {
            throw new HostException(
                ExitCode.DataDirectoryInUse,
                $"{taken.Message} (Redis at {options}). Stop that engine, or give this one another --redis or another shard. " +
                $"If that engine is gone for good, its claim ends by itself: then start again, or delete the key {_ownerKey}", taken);
        }
        catch (Exception failure) when (failure is RedisConnectionException or RedisReplyException or TimeoutException)
        {
            NoteNoFencing(failure.Message);
        }
    }

    /// <summary>Renews the claim, or makes it where a Redis that was away came back. Called by the projection about once a second.</summary>
    /// <exception cref="OwnershipLostException">Another engine owns the shard.</exception>
    /// <exception cref="RedisConnectionException">The connection broke or stalled.</exception>
    public void Renew(IRedisConnection connection)
    {
        ThrowIfLost();
        try
        {
            lock (_lock)
            {
                if (Epoch == 0)
                {
                    Claim(connection, _limits.Life);
                }
                else
                {
                    Keep(connection, _limits.Life);
                }
            }
            _lastRefusal = null;
        }
        catch (OwnershipLostException loss)
        {
            Lose(loss.Message);
            throw;
        }
        catch (RedisReplyException refusal)
        {
            // What makes the server unusable shows with the next write; a server that only forbids scripts stays usable.
            NoteNoFencing(refusal.Message);
        }
    }

    /// <summary>Gives the claim back at a graceful stop, so that another directory need not wait for it to expire.</summary>
    public void Release(IRedisConnection connection)
    {
        if (!IsLost && Epoch > 0)
        {
            RedisScript.Run(connection, OwnershipScripts.Release, _ownerKey, Instance, Text(Epoch));
        }
    }

    /// <summary>Notes that another engine was found to own the shard.</summary>
    public void Lose(string owner)
    {
        if (Interlocked.CompareExchange(ref _loss, owner, null) is null)
        {
            _logger.LogError(
                "Nothing more is written to Redis: {Owner}. Two engines work on shard {Shard}; this one trades on. " +
                "Find out which is right, stop the other, then restart this one", owner, _shard);
        }
    }

    /// <exception cref="OwnershipLostException">Another engine owns the shard.</exception>
    public void ThrowIfLost()
    {
        if (_loss is { } owner)
        {
            throw new OwnershipLostException(owner);
        }
    }

    private void Claim(RedisOptions options, CancellationToken cancellation)
    {
        var limits = new RedisLimits { SocketTimeout = _limits.ClaimTimeout };
        using IRedisConnection connection =
            new RedisConnector(options, limits, _shard, _logger, ConnectionPurpose.Ownership).Open(cancellation);
        lock (_lock)
        {
            if (Epoch == 0)
            {
                Claim(connection, _limits.StartLife);
            }
        }
        _logger.LogInformation("Shard {Shard} at {Redis} is ours, epoch {Epoch}", _shard, connection.Description, Epoch);
    }

    /// <summary>The claim first, then its number: of two who come at once one only gets so far.</summary>
    private void Claim(IRedisConnection connection, TimeSpan life)
    {
        long former = Exchange(connection, epoch: 0, life).Epoch;
        string epoch = RedisScript.Run(connection, OwnershipScripts.NextEpoch, _manifestKey, Text(former));
        Volatile.Write(ref _epoch, long.Parse(epoch, CultureInfo.InvariantCulture));
        Exchange(connection, Epoch, life);
    }

    private void Keep(IRedisConnection connection, TimeSpan life)
    {
        if (!Exchange(connection, Epoch, life).IsNew)
        {
            return;
        }
        // The claim had expired or Redis lost its keys. Whoever held it meanwhile has left a higher epoch.
        string fence = RedisScript.Run(connection, OwnershipScripts.RaiseFence, _manifestKey, Text(Epoch));
        if (long.Parse(fence, CultureInfo.InvariantCulture) > Epoch)
        {
            Release(connection);
            throw new OwnershipLostException(
                $"another engine has owned shard {_shard} since this one (epoch {fence}, this one's is {Epoch})");
        }
    }

    private (bool IsNew, long Epoch) Exchange(IRedisConnection connection, long epoch, TimeSpan life)
    {
        string answer = RedisScript.Run(
            connection, OwnershipScripts.Claim, _ownerKey,
            Instance, Text(epoch), Text((long)life.TotalMilliseconds), Environment.MachineName, Text(Environment.ProcessId), _since);
        return answer.Split(' ') switch
        {
            ["taken", var host, var process, var since, var left] => throw new OwnershipLostException(Describe(host, process, since, left)),
            ["new", ..] => (true, 0),
            ["renewed", var former] => (false, long.Parse(former, CultureInfo.InvariantCulture)),
            _ => throw new RedisConnectionException($"{connection.Description} answered '{answer}' to the claim of shard {_shard}"),
        };
    }

    private string Describe(string host, string process, string since, string millisecondsLeft)
    {
        string left = long.TryParse(millisecondsLeft, CultureInfo.InvariantCulture, out long milliseconds) && milliseconds > 0
            ? string.Create(CultureInfo.InvariantCulture, $"; unless renewed, its claim ends in {(milliseconds + 999) / 1000} s")
            : "";
        return $"shard {_shard} belongs to the engine on {host}, process {process}, since {since}{left}";
    }

    private void NoteNoFencing(string reason)
    {
        if (_lastRefusal != reason)
        {
            _logger.LogWarning(
                "No fencing: the claim to shard {Shard} cannot be kept at Redis ({Reason}). A second engine on the same Redis would not be noticed",
                _shard, reason);
        }
        _lastRefusal = reason;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
