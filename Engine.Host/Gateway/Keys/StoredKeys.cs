using System.Text.Json;

namespace CopyEngine.Host.Gateway.Keys;

/// <summary>The content of the key file.</summary>
/// <param name="Format">Version of the file's format.</param>
/// <param name="LastNumber">Highest number ever given; kept apart from the keys so that none is given twice.</param>
/// <param name="Keys">Every key that was ever made, revoked ones without their secret.</param>
internal sealed record StoredKeys(int Format, int LastNumber, IReadOnlyList<StoredKey> Keys)
{
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static StoredKeys Empty => new(CurrentFormat, 0, []);

    /// <summary>Reads the file; none at all has no keys.</summary>
    /// <exception cref="KeyStoreException">The file is no key file.</exception>
    public static StoredKeys Read(string path)
    {
        if (!File.Exists(path))
        {
            return Empty;
        }
        try
        {
            StoredKeys stored = JsonSerializer.Deserialize<StoredKeys>(File.ReadAllBytes(path), Options)!;
            return stored is { Format: CurrentFormat, Keys: not null }
                ? stored
                : throw new KeyStoreException($"the key file {path} has format {stored?.Format}, this program reads {CurrentFormat}; use the program that wrote it");
        }
        catch (JsonException error)
        {
            throw new KeyStoreException($"the key file {path} is damaged ({error.Message}); restore it from a backup", error);
        }
    }

    public void Write(string path) => PrivateFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(this, Options));
}

/// <summary>One key on disk.</summary>
internal sealed record StoredKey
{
    public required int Number { get; init; }
    public required string KeyId { get; init; }

    /// <summary>Version of the secret, 1 until secrets can be changed.</summary>
    public required int Version { get; init; }
    public required string Role { get; init; }
    public required IReadOnlyList<string> Accounts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>96 random bits, hex.</summary>
    public string? Nonce { get; init; }

    /// <summary>The sealed secret and its tag, hex; gone once the key is revoked, so that nothing brings it back.</summary>
    public string? Secret { get; init; }
}
