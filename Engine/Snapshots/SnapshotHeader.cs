using CopyEngine.Journal;
using CopyEngine.State;

namespace CopyEngine.Snapshots;

/// <summary>What a snapshot is of: the state after one command, and the place in the journal where replay goes on.</summary>
/// <param name="Version">Version of the file's format.</param>
/// <param name="Sequence">Last command that the state contains.</param>
/// <param name="Time">Effective time of the state, microseconds since the Unix epoch.</param>
/// <param name="Hash">Hash of the state, computed before it was saved.</param>
/// <param name="Batch">Number of the journal's batch that ends with <paramref name="Sequence"/>.</param>
/// <param name="Chain">The journal's chain hash after that batch.</param>
/// <param name="Limits">Limits that shape the state.</param>
internal sealed record SnapshotHeader(
    int Version, long Sequence, long Time, StateHash Hash, uint Batch, ChainHash Chain, FixedLimits Limits);
