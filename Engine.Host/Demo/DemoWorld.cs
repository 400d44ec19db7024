using System.Text.Json;
using CopyEngine.Host.Json;
using CopyEngine.Host.World;

namespace CopyEngine.Host.Demo;

/// <summary>The built-in world: seven instruments of four asset classes, three providers, 1,000 followers.</summary>
internal static class DemoWorld
{
    private const string Resource = "demo-world.json";

    public static WorldDefinition Read(EngineLimits limits)
    {
        using Stream stream = typeof(DemoWorld).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the program was built without {Resource}");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        using JsonDocument document = JsonFile.Parse(Resource, content.ToArray());
        return WorldReader.Read(Resource, document.RootElement, limits);
    }
}
