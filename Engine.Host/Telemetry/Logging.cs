using CopyEngine.Host.Configuration;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace CopyEngine.Host.Telemetry;

/// <summary>
/// Logs go to a rolling file under <c>DIR/logs</c> and to the console; while the live view owns the screen, warnings and
/// above go into the view instead.
/// </summary>
internal static class Logging
{
    private const string Template = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff} [{Level:u3}] {Message:lj}{NewLine}{Exception}";
    private const int DaysKept = 14;
    private const long FileSizeLimitBytes = 100_000_000;

    public static Logger Create(HostSettings settings, string directory, RecentWarnings? view)
    {
        LoggerConfiguration configuration = new LoggerConfiguration()
            .MinimumLevel.Is(settings.LogLevel)
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .WriteTo.File(
                Path.Combine(directory, "engine-.log"), outputTemplate: Template, rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true, fileSizeLimitBytes: FileSizeLimitBytes, retainedFileCountLimit: DaysKept);
        configuration = view is null
            ? configuration.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} [{Level:u3}] {Message:lj}{NewLine}{Exception}")
            : configuration.WriteTo.Sink(view, LogEventLevel.Warning);
        return configuration.CreateLogger();
    }
}
