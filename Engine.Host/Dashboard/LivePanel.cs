using CopyEngine.Host.Telemetry;

namespace CopyEngine.Host.Dashboard;

/// <summary>Everything that the views show, with the figures of the moment.</summary>
internal sealed record LivePanel(
    TradingEngine Engine, LiveBoard Board, EventTotals Totals, ServiceStates Services, RecentWarnings Warnings, RateMeter Meter, string Title);
