using System.Text.Json;
using CopyEngine.Host.Gateway.Keys;

namespace CopyEngine.Host.Demo;

/// <summary>Keys to try the demo's gateway with, one file for each role in <c>DIR/demo-keys</c>; files whose key is still good are left alone.</summary>
internal static class DemoKeys
{
    private static readonly (string File, KeyRole Role, string[] Accounts)[] Keys =
    [
        ("broker.json", KeyRole.Broker, []),
        ("provider-1.json", KeyRole.Provider, ["strategy_provider:1"]),
        ("follower-1.json", KeyRole.Follower, ["copy_follower:1"]),
        ("feed.json", KeyRole.Feed, []),
        ("risk.json", KeyRole.Risk, []),
    ];

    /// <exception cref="KeyStoreException">A file cannot be written.</exception>
    public static void Ensure(ApiKeyStore store, string dataDirectory)
    {
        string folder = Path.Combine(dataDirectory, "demo-keys");
        PrivateFile.CreateDirectory(folder);
        foreach ((string file, KeyRole role, string[] accounts) in Keys)
        {
            string path = Path.Combine(folder, file);
            if (KeyIdIn(path) is not { } keyId || store.Find(keyId) is null)
            {
                File.Delete(path);
                store.Create(role, accounts, path);
            }
        }
        store.ReloadIfChanged();
    }

    private static string? KeyIdIn(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.GetProperty("keyId").GetString();
        }
        catch (Exception cause) when (cause is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
