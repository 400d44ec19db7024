using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Snapshots;
using CopyEngine.State;

namespace CopyEngine.Recovery;

/// <summary>The core as a part of a snapshot.</summary>
internal sealed class CoreSection(TradingCore core) : ISnapshotSection
{
    public string Name => "state";

    public void Transfer(StateTransfer transfer) => core.Transfer(transfer);
}

/// <summary>The events for clients that come back, as a part of a snapshot.</summary>
internal sealed class HistorySection(EventHistory history) : ISnapshotSection
{
    public string Name => EventHistory.SectionName;

    public void Transfer(StateTransfer transfer) => history.Transfer(transfer);
}
