using CopyEngine.Protocol;

namespace CopyEngine.Host.Gateway;

/// <summary>Every limit of the order gateway, each with the reason for its default.</summary>
internal sealed record GatewayLimits
{
    /// <summary>Connections in total. A broker has some hundred providers, terminals and feeds; each costs some 40 KB when idle.</summary>
    public int Connections { get; init; } = 1_024;

    /// <summary>Connections that have not logged in yet. A login takes milliseconds, so more than this is an attack or a storm.</summary>
    public int ConnectionsBeforeLogin { get; init; } = 256;

    /// <summary>The same from one address, so that one host cannot use up all places with sockets that say nothing.</summary>
    public int ConnectionsBeforeLoginPerAddress { get; init; } = 16;

    /// <summary>From connecting to a complete login; the protocol promises five seconds.</summary>
    public TimeSpan LoginDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Idle time after which each side says that it is alive. Ten seconds find a dead peer within half a minute at no cost.</summary>
    public int HeartbeatSeconds { get; init; } = 10;

    /// <summary>Intervals without a byte from the client after which it counts as gone; two could be one lost packet and a slow resend.</summary>
    public int SilentIntervals { get; init; } = 3;

    /// <summary>Longest frame of a session, the protocol's own limit.</summary>
    public int FrameBytes { get; init; } = FrameReader.MaximumFrameBytes;

    /// <summary>Longest frame before the login: a Hello takes some 100 bytes, and a stranger gets no more memory than that.</summary>
    public int FrameBytesBeforeLogin { get; init; } = 1_024;

    /// <summary>Bytes that the socket reads ahead of us; two of the longest frames.</summary>
    public int ReadAheadBytes { get; init; } = 2 * FrameReader.MaximumFrameBytes;

    /// <summary>Messages of a session per second, on average. A person sends a few, a program tens; a thousand is a program gone wild.</summary>
    public int MessagesPerSecond { get; init; } = 1_000;

    /// <summary>Messages that may come at once: two seconds' worth, as when a provider moves the stops of all its orders.</summary>
    public int MessageBurst { get; init; } = 2_000;

    /// <summary>Messages of a feed per second. Some thousand instruments at some tens of ticks; what the ring cannot take is conflated anyway.</summary>
    public int QuotesPerSecond { get; init; } = 100_000;

    /// <summary>Quotes that may come at once: two seconds' worth, as at the opening of a session.</summary>
    public int QuoteBurst { get; init; } = 200_000;

    /// <summary>Bytes that wait for one client, some 16,000 reports. A client that is further behind is cut off and resumes.</summary>
    public int OutboundBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The same for keys that hear of many accounts (follower, risk, broker): a fan-out to 100,000 followers is 25 MB at once.</summary>
    public int OutboundBytesOfWideKeys { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long a Goodbye and what stands before it may take to leave, before the connection is cut.</summary>
    public TimeSpan GoodbyeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a connection is still read after the Goodbye. Closing a socket with unread bytes resets it, and the client would
    /// lose the Goodbye that explains the end.
    /// </summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Events that a returning client is told between two looks at the live stream, so that nobody waits for it: about a millisecond.</summary>
    public int ResumeSlice { get; init; } = 2_048;

    /// <summary>How often deadlines, heartbeats and the key file are looked at; a revoked key is out within a second.</summary>
    public TimeSpan HousekeepingInterval { get; init; } = TimeSpan.FromMilliseconds(200);
}
