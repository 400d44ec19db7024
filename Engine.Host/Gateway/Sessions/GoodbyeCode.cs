namespace CopyEngine.Host.Gateway.Sessions;

/// <summary>Why the gateway ends a connection; the wire name is the member's name in capitals with underscores.</summary>
internal enum GoodbyeCode : byte
{
    None = 0,

    /// <summary>The client logged out.</summary>
    LoggedOut = 1,

    /// <summary>The key has logged in on another connection.</summary>
    Replaced = 2,

    /// <summary>The key was revoked.</summary>
    Revoked = 3,

    /// <summary>A frame could not be understood.</summary>
    Malformed = 4,

    /// <summary>Key or proof are wrong, or something else was sent before the login.</summary>
    NotAuthenticated = 5,

    /// <summary>No complete login in time.</summary>
    LoginTimeout = 6,

    /// <summary>No byte from the client for three heartbeat intervals.</summary>
    Silent = 7,

    /// <summary>The client does not take what it is sent.</summary>
    SlowConsumer = 8,

    /// <summary>Too many connections.</summary>
    Busy = 9,

    /// <summary>The engine stops.</summary>
    ShuttingDown = 10,

    /// <summary>Events after the given position are not all kept any more.</summary>
    ResumeUnavailable = 11,

    /// <summary>The given position is newer than anything that the engine knows.</summary>
    ResumeAhead = 12,
}
