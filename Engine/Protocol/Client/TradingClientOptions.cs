using CopyEngine.Events;

namespace CopyEngine.Protocol.Client;

/// <summary>Where a <see cref="TradingClient"/> connects, and its limits.</summary>
public sealed record TradingClientOptions
{
    /// <summary>Name or address of the gateway.</summary>
    public required string Host { get; init; }

    /// <summary>Port of the gateway.</summary>
    public int Port { get; init; } = 7400;

    /// <summary>The key to log in with.</summary>
    public required ApiKey Key { get; init; }

    /// <summary>
    /// The last event that was seen, to be told everything since; <see cref="TradingClient.LastEvent"/> of an earlier connection.
    /// Without it only what happens from now on is told.
    /// </summary>
    public EventPosition? ResumeFrom { get; init; }

    /// <summary>Connecting and logging in must be done in this time; the gateway itself waits five seconds for a login.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a call waits for its answer. An answer that is this late is a network or server in trouble; whether the request
    /// was carried out is then unknown, and sending it again under the same id is safe.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Events of each kind that are kept for a reader that is behind; the oldest go first. Some 100,000 reports are minutes of a
    /// busy provider and a few dozen megabytes.
    /// </summary>
    public int EventBacklog { get; init; } = 100_000;

    /// <summary>Clock of heartbeats and time-outs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
