using System.Globalization;
using Serilog.Core;
using Serilog.Events;

namespace CopyEngine.Host.Telemetry;

/// <summary>The last warnings and errors of the log, for the live view.</summary>
internal sealed class RecentWarnings : ILogEventSink
{
    private const int Kept = 3;
    private readonly Queue<string> _lines = new();

    public void Emit(LogEvent logEvent)
    {
        lock (_lines)
        {
            _lines.Enqueue($"{logEvent.Timestamp:HH:mm:ss} {logEvent.RenderMessage(CultureInfo.InvariantCulture)}");
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }
        }
    }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }
}
