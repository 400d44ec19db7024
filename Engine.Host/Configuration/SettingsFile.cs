using System.Text.Json;
using CopyEngine.Host.Json;
using CopyEngine.Host.Store;

namespace CopyEngine.Host.Configuration;

/// <summary>
/// The file of <c>--config</c>: the options of <c>serve</c> by their names without dashes, <c>logLevel</c>,
/// <c>limits</c> with the engine's capacities, <c>journal.segmentBytes</c>, <c>snapshots.intervalSeconds</c> and
/// <c>snapshots.afterCommands</c>.
/// </summary>
internal static class SettingsFile
{
    private static readonly string[] Texts = ["data", "gateway", "http", "redis", "world", "orders", "speed", "durability", "logLevel"];

    private static readonly string[] Fields = [.. Texts, "demo", "quotes", "limits", "journal", "snapshots"];

    private const long SmallestSegment = 64 * 1024;
    private const long LargestSegment = 1L << 32;
    private const long SegmentUnit = 4_096;

    /// <summary>Adds the settings of a file to those that are given already.</summary>
    /// <exception cref="HostException">The file cannot be read, is not JSON or has faults.</exception>
    public static void Read(string path, GivenSettings settings)
    {
        using JsonDocument document = JsonFile.Open(path);
        var faults = new FaultList(path);
        var fields = new StrictObject(document.RootElement, "$", faults, Fields);
        foreach (string name in Texts)
        {
            settings.Add(name, TextOf(fields, name), $"{path}: {fields.PathOf(name)}");
        }
        if (fields.Has("demo"))
        {
            settings.Add("demo", fields.Flag("demo", false) ? "true" : "false", $"{path}: {fields.PathOf("demo")}");
        }
        settings.AddQuoteFiles(QuoteFiles(fields, path, faults));
        settings.Limits = LimitsReader.Read(fields, "limits", settings.Limits, faults);
        ReadJournal(fields, settings, faults);
        ReadSnapshots(fields, settings, faults);
        faults.ThrowIfAny();
    }

    private static void ReadJournal(StrictObject fields, GivenSettings settings, FaultList faults)
    {
        if (fields.Object("journal", faults, ["segmentBytes"]) is not { } journal)
        {
            return;
        }
        settings.SegmentBytes = journal.Whole("segmentBytes", settings.SegmentBytes, SmallestSegment, LargestSegment);
        if (settings.SegmentBytes % SegmentUnit != 0)
        {
            journal.Fault("segmentBytes", $"{settings.SegmentBytes} is not a multiple of {SegmentUnit}");
        }
    }

    private static void ReadSnapshots(StrictObject fields, GivenSettings settings, FaultList faults)
    {
        if (fields.Object("snapshots", faults, ["intervalSeconds", "afterCommands"]) is not { } snapshots)
        {
            return;
        }
        var defaults = new SnapshotSettings();
        settings.Snapshots = new SnapshotSettings
        {
            Interval = TimeSpan.FromSeconds(snapshots.Whole("intervalSeconds", (long)defaults.Interval.TotalSeconds, 1, 86_400)),
            AfterCommands = snapshots.Whole("afterCommands", defaults.AfterCommands, 1, long.MaxValue),
        };
    }

    private static string? TextOf(StrictObject fields, string name) =>
        name == "speed" && fields.IsNumber(name) ? fields.Raw(name) : fields.Text(name);

    private static List<Given> QuoteFiles(StrictObject fields, string path, FaultList faults)
    {
        var files = new List<Given>();
        foreach ((JsonElement element, string itemPath) in fields.Items("quotes"))
        {
            if (element.ValueKind == JsonValueKind.String)
            {
                files.Add(new Given(element.GetString()!, $"{path}: {itemPath}"));
            }
            else
            {
                faults.Add(itemPath, "must be a text in quotes: the path of a file");
            }
        }
        return files;
    }
}
