using System.Text.Json;
using CopyEngine.Host.Json;

namespace CopyEngine.Host.Configuration;

/// <summary>
/// The file of <c>--config</c>: the options of <c>serve</c> by their names without dashes, <c>logLevel</c>, and
/// <c>limits</c> with the engine's capacities.
/// </summary>
internal static class SettingsFile
{
    private static readonly string[] Texts = ["data", "gateway", "http", "redis", "world", "orders", "speed", "durability", "logLevel"];

    private static readonly string[] Fields = [.. Texts, "demo", "quotes", "limits"];

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
        faults.ThrowIfAny();
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
