namespace CopyEngine.Host.Gateway.Keys;

/// <summary>What a key is for; what each may do stands in <see cref="Inbound.Authorization"/>.</summary>
internal enum KeyRole : byte
{
    /// <summary>Trades on its own accounts and hears of their copies.</summary>
    Provider = 1,

    /// <summary>Sees its own accounts and the copies on them, and may trade on them.</summary>
    Follower = 2,

    /// <summary>Sends prices.</summary>
    Feed = 3,

    /// <summary>Reads everything, changes nothing.</summary>
    Risk = 4,

    /// <summary>May do everything.</summary>
    Broker = 5,
}

/// <summary>Names of roles as files, messages and the command line have them.</summary>
internal static class KeyRoles
{
    public static string NameOf(KeyRole role) => role switch
    {
        KeyRole.Provider => "provider",
        KeyRole.Follower => "follower",
        KeyRole.Feed => "feed",
        KeyRole.Risk => "risk",
        KeyRole.Broker => "broker",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };

    public static bool TryParse(string name, out KeyRole role)
    {
        foreach (KeyRole candidate in Enum.GetValues<KeyRole>())
        {
            role = candidate;
            if (NameOf(candidate) == name)
            {
                return true;
            }
        }
        role = default;
        return false;
    }

    /// <summary>Whether keys of this role are bound to accounts; the others are to none.</summary>
    public static bool HasAccounts(KeyRole role) => role is KeyRole.Provider or KeyRole.Follower;

    /// <summary>Whether sessions of this role hear of every account.</summary>
    public static bool HearsEverything(KeyRole role) => role is KeyRole.Risk or KeyRole.Broker;
}
