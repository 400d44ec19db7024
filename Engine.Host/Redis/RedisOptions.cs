using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace CopyEngine.Host.Redis;

/// <summary>Where the risk desk's keys go.</summary>
internal enum RedisMode
{
    /// <summary>Nowhere: the keys are off.</summary>
    Off,

    /// <summary>To a redis-server that the host starts as its own child.</summary>
    Embedded,

    /// <summary>To a server, or any node of a cluster, that somebody else runs.</summary>
    Remote,
}

/// <summary>The value of <c>--redis</c>: <c>embedded[:PORT]|off|HOST:PORT[,password=…,user=…,ssl=true]</c>.</summary>
internal sealed record RedisOptions
{
    /// <summary>Port of the embedded server unless another is asked for.</summary>
    public const int DefaultEmbeddedPort = 7379;

    /// <summary>Where the keys go.</summary>
    public required RedisMode Mode { get; init; }

    /// <summary>Host of the server; the loopback address for the embedded one.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Port; 0 lets the embedded server have any free one.</summary>
    public int Port { get; init; }

    /// <summary>User of the access control list, or null for the default user.</summary>
    public string? User { get; init; }

    /// <summary>Password, or null when the server asks for none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool UseTls { get; init; }

    /// <summary>The embedded server on its usual port.</summary>
    public static RedisOptions Default { get; } = new() { Mode = RedisMode.Embedded, Port = DefaultEmbeddedPort };

    /// <summary>Reads the text of <c>--redis</c>; <paramref name="error"/> says what is wrong with it and what to write instead.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RedisOptions? options, out string? error)
    {
        string[] parts = text.Split(',');
        options = ParseTarget(parts[0].Trim(), out error);
        if (options is null)
        {
            return false;
        }
        if (parts.Length > 1 && options.Mode != RedisMode.Remote)
        {
            error = $"--redis {parts[0]}: settings such as '{parts[1]}' belong to HOST:PORT only; leave them out";
            options = null;
            return false;
        }
        foreach (string part in parts.Skip(1))
        {
            options = ParseSetting(options, part, out error);
            if (options is null)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>As it may be shown and logged: without the password.</summary>
    public override string ToString() => Mode switch
    {
        RedisMode.Off => "off",
        RedisMode.Embedded => string.Create(CultureInfo.InvariantCulture, $"embedded:{Port}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}{(UseTls ? ",ssl=true" : "")}"),
    };

    private static RedisOptions? ParseTarget(string target, out string? error)
    {
        error = null;
        if (target == "off")
        {
            return new RedisOptions { Mode = RedisMode.Off };
        }
        if (target == "embedded")
        {
            return Default;
        }
        int colon = target.LastIndexOf(':');
        string host = colon < 0 ? target : target[..colon].Trim('[', ']');
        bool isEmbedded = host == "embedded";
        if (colon <= 0 || host.Length == 0 || !TryParsePort(target[(colon + 1)..], isEmbedded ? 0 : 1, out int port))
        {
            error = $"--redis '{target}' is not understood; write embedded, embedded:PORT, off, or HOST:PORT with a port from 1 to 65535";
            return null;
        }
        return isEmbedded
            ? new RedisOptions { Mode = RedisMode.Embedded, Port = port }
            : new RedisOptions { Mode = RedisMode.Remote, Host = host, Port = port };
    }

    private static RedisOptions? ParseSetting(RedisOptions options, string setting, out string? error)
    {
        error = null;
        int equals = setting.IndexOf('=');
        string name = equals < 0 ? setting.Trim() : setting[..equals].Trim();
        string value = equals < 0 ? "" : setting[(equals + 1)..];
        switch (name)
        {
            case "password" when value.Length > 0:
                return options with { Password = value };
            case "user" when value.Length > 0:
                return options with { User = value };
            case "ssl" when value is "true" or "false":
                return options with { UseTls = value == "true" };
            default:
                error = $"--redis setting '{name}' is not known or has no usable value; write password=…, user=… or ssl=true|false";
                return null;
        }
    }

    private static bool TryParsePort(string text, int least, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port >= least && port <= 65_535;
}
