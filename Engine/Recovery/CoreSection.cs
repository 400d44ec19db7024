using CopyEngine.Core;
using CopyEngine.Snapshots;
using CopyEngine.State;

namespace CopyEngine.Recovery;

/// <summary>The core as a part of a snapshot.</summary>
internal sealed class CoreSection(TradingCore core) : ISnapshotSection
{
    public string Name => "state";

    public void Transfer(StateTransfer transfer) => core.Transfer(transfer);
}
