using System.Text.Json;

namespace CopyEngine.Protocol.Client;

/// <summary>A key that opens sessions at the gateway, as <c>keys create</c> writes it to a file.</summary>
public sealed class ApiKey
{
    private readonly byte[] _secret;

    /// <summary>A key from its parts.</summary>
    /// <param name="keyId">The key's id.</param>
    /// <param name="secret">The secret as 64 hex digits.</param>
    /// <exception cref="ArgumentException">The secret is not 64 hex digits.</exception>
    public ApiKey(string keyId, string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        KeyId = keyId;
        _secret = SecretOf(secret) ?? throw new ArgumentException("the secret must be 64 hex digits", nameof(secret));
    }

    /// <summary>The key's id; not a secret.</summary>
    public string KeyId { get; }

    internal ReadOnlySpan<byte> Secret => _secret;

    /// <summary>Reads a key file: JSON with <c>keyId</c> and <c>secret</c>; other fields are of no interest here.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is not a key file.</exception>
    public static ApiKey ReadFile(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new ApiKey(Required(document, "keyId"), Required(document, "secret"));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"{path} is not a key file with \"keyId\" and \"secret\": {error.Message}", error);
        }
    }

    /// <summary>The key's id; the secret is never shown.</summary>
    public override string ToString() => KeyId;

    private static string Required(JsonDocument document, string name) => document.RootElement.GetProperty(name).GetString() ?? "";

    private static byte[]? SecretOf(string hex)
    {
        ArgumentNullException.ThrowIfNull(hex);
        var isHex = hex.Length == 2 * Login.SecretBytes && hex.All(char.IsAsciiHexDigit);
        return isHex ? Convert.FromHexString(hex) : null;
    }
}
