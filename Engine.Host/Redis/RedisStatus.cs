namespace CopyEngine.Host.Redis;

/// <summary>How far the keys are from the state.</summary>
internal enum RedisState
{
    /// <summary>The keys are not written at all.</summary>
    Off,

    /// <summary>There is no usable connection; changes are gathered.</summary>
    Disconnected,

    /// <summary>Everything is being written anew and what is gone is being removed.</summary>
    Resynchronizing,

    /// <summary>The keys follow the state.</summary>
    Following,

    /// <summary>Another engine owns the shard; nothing is written before a restart.</summary>
    Fenced,
}

/// <summary>The projection at one moment, for health, metrics and people.</summary>
/// <param name="State">Whether the keys can be relied on.</param>
/// <param name="Lag">Entities (accounts, prices, links, …) that have changed and are not yet written.</param>
/// <param name="EntitiesWritten">Entities written since the start.</param>
/// <param name="EntitiesPerSecond">Entities written in the last second.</param>
/// <param name="Resynchronizations">How often everything was written anew; the first time included.</param>
/// <param name="KeysRemoved">Keys and members removed because they stood for nothing in the state.</param>
/// <param name="MarginEventsDropped">Margin events never published because Redis was away for too many of them.</param>
/// <param name="Failures">How often the connection failed or Redis refused a command.</param>
/// <param name="LastError">The last of these, or why the keys are off; null when there was none.</param>
/// <param name="Server">What is, or was last, connected to.</param>
internal sealed record RedisStatus(
    RedisState State,
    int Lag,
    long EntitiesWritten,
    long EntitiesPerSecond,
    long Resynchronizations,
    long KeysRemoved,
    long MarginEventsDropped,
    long Failures,
    string? LastError,
    string Server);
