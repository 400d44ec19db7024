using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Host.Json;

namespace CopyEngine.Host.World;

/// <summary>
/// Reads a world file (interfaces, section 3). Strict: every fault is found and named with file, JSON path and reason,
/// and a file with faults is refused as a whole.
/// </summary>
internal static class WorldReader
{
    /// <summary>The world of a file.</summary>
    /// <exception cref="HostException">The file cannot be read, is not JSON or has faults.</exception>
    public static WorldDefinition Read(string path, EngineLimits limits)
    {
        using JsonDocument document = JsonFile.Open(path);
        return Read(path, document.RootElement, limits);
    }

    /// <summary>The world of a JSON document that came from <paramref name="file"/>.</summary>
    /// <exception cref="HostException">The document has faults.</exception>
    public static WorldDefinition Read(string file, JsonElement root, EngineLimits limits)
    {
        var faults = new FaultList(file);
        var fields = new StrictObject(root, "$", faults, WorldFields.World);
        Dictionary<string, RegisterInstrument> instruments = ReadInstruments(fields, faults);
        Dictionary<string, GroupDefinition> groups = ReadGroups(fields, faults, instruments);
        HashSet<string> groupNames = [.. groups.Keys];
        var accounts = new PlacedRanges<AccountsDefinition>();
        foreach ((JsonElement element, string path) in fields.Items("accounts"))
        {
            if (AccountReader.Read(element, path, faults, groupNames) is { } definition)
            {
                accounts.Add(definition.Range, path, definition);
            }
        }
        var links = new List<(LinksDefinition Definition, string Path)>();
        foreach ((JsonElement element, string path) in fields.Items("links"))
        {
            if (LinkReader.Read(element, path, faults) is { } definition)
            {
                links.Add((definition, path));
            }
        }
        WorldChecks.CheckAccounts(accounts, limits, faults);
        WorldChecks.CheckLinks(links, accounts, faults);
        WorldChecks.CheckCapacities(instruments, groups, accounts, limits, faults);
        faults.ThrowIfAny();
        return new WorldDefinition(
            file, [.. instruments.Values], [.. groups.Values], accounts.Definitions, [.. links.Select(link => link.Definition)]);
    }

    private static Dictionary<string, RegisterInstrument> ReadInstruments(StrictObject world, FaultList faults)
    {
        var instruments = new Dictionary<string, RegisterInstrument>(StringComparer.Ordinal);
        foreach ((JsonElement element, string path) in world.Items("instruments"))
        {
            RegisterInstrument instrument = InstrumentReader.Read(element, path, faults);
            string symbol = instrument.Symbol.ToString();
            if (!instruments.TryAdd(symbol, instrument) && symbol != Names.Substitute)
            {
                faults.Add($"{path}.symbol", $"'{symbol}' is defined twice");
            }
        }
        return instruments;
    }

    private static Dictionary<string, GroupDefinition> ReadGroups(
        StrictObject world, FaultList faults, IReadOnlyDictionary<string, RegisterInstrument> instruments)
    {
        var groups = new Dictionary<string, GroupDefinition>(StringComparer.Ordinal);
        foreach ((JsonElement element, string path) in world.Items("groups"))
        {
            GroupDefinition definition = GroupReader.Read(element, path, faults, instruments);
            string name = definition.Group.Name.ToString();
            if (!groups.TryAdd(name, definition) && name != Names.Substitute)
            {
                faults.Add($"{path}.name", $"'{name}' is defined twice");
            }
        }
        return groups;
    }
}
