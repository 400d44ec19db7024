using System.Security.Cryptography;

namespace CopyEngine.Protocol;

/// <summary>
/// The proof of a login: HMAC-SHA256, keyed with the secret's raw bytes, over "CE1", the key id in UTF-8, the client's nonce and
/// the server's, one after the other. The secret itself never travels, and a recorded login is worth nothing for the next.
/// </summary>
internal static class Login
{
    /// <summary>Version of the protocol that a Hello states.</summary>
    public const int ProtocolVersion = 1;

    public const int MinimumNonceBytes = 16;
    public const int MaximumNonceBytes = 32;
    public const int SecretBytes = 32;
    public const int MacBytes = HMACSHA256.HashSizeInBytes;

    public static void ComputeMac(
        ReadOnlySpan<byte> secret, ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> clientNonce, ReadOnlySpan<byte> serverNonce, Span<byte> mac)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        hash.AppendData("CE1"u8);
        hash.AppendData(keyId);
        hash.AppendData(clientNonce);
        hash.AppendData(serverNonce);
        hash.GetHashAndReset(mac);
    }

    /// <summary>Compares in constant time, so that a guess does not learn how far it was right.</summary>
    public static bool Verify(
        ReadOnlySpan<byte> secret, ReadOnlySpan<byte> keyId, ReadOnlySpan<byte> clientNonce, ReadOnlySpan<byte> serverNonce,
        ReadOnlySpan<byte> mac)
    {
        Span<byte> expected = stackalloc byte[MacBytes];
        ComputeMac(secret, keyId, clientNonce, serverNonce, expected);
        return CryptographicOperations.FixedTimeEquals(expected, mac);
    }
}
