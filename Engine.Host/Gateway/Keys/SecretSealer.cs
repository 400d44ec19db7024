using System.Security.Cryptography;
using System.Text;

namespace CopyEngine.Host.Gateway.Keys;

/// <summary>
/// Seals secrets with AES-256-GCM. What a key is (id, version, number, role, accounts) is authenticated along with its
/// secret, so a key file in which somebody made a provider a broker opens as little as one with a changed secret.
/// </summary>
internal sealed class SecretSealer(byte[] masterKey)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public StoredKey Seal(StoredKey key, ReadOnlySpan<byte> secret)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        byte[] ciphered = new byte[secret.Length + TagBytes];
        using var cipher = new AesGcm(masterKey, TagBytes);
        cipher.Encrypt(nonce, secret, ciphered.AsSpan(0, secret.Length), ciphered.AsSpan(secret.Length), Identity(key));
        return key with { Nonce = Convert.ToHexStringLower(nonce), Secret = Convert.ToHexStringLower(ciphered) };
    }

    /// <summary>The secret of a key.</summary>
    /// <exception cref="KeyStoreException">The entry was changed, or sealed under another master key.</exception>
    public byte[] Open(StoredKey key)
    {
        try
        {
            byte[] ciphered = Convert.FromHexString(key.Secret ?? "");
            byte[] secret = new byte[ciphered.Length - TagBytes];
            using var cipher = new AesGcm(masterKey, TagBytes);
            cipher.Decrypt(
                Convert.FromHexString(key.Nonce ?? ""), ciphered.AsSpan(0, secret.Length), ciphered.AsSpan(secret.Length), secret, Identity(key));
            return secret;
        }
        catch (Exception error) when (error is CryptographicException or FormatException or ArgumentException or OverflowException)
        {
            throw new KeyStoreException(
                $"the key {key.KeyId} cannot be trusted: its entry was changed, or the master key is not the one it was made with; "
                + "restore the key file and the master key, or revoke the key", error);
        }
    }

    private static byte[] Identity(StoredKey key) =>
        Encoding.UTF8.GetBytes($"{key.KeyId}\n{key.Version}\n{key.Number}\n{key.Role}\n{string.Join(',', key.Accounts)}");
}
