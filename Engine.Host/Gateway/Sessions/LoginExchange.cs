using System.Security.Cryptography;
using System.Text;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Sessions;

/// <summary>
/// The login of one connection: a nonce of ours, and a proof made with the key's secret over it. A key that does not exist
/// costs the same work and gets the same answer as a wrong proof.
/// </summary>
internal sealed class LoginExchange(ApiKeyStore keys)
{
    private static readonly byte[] NobodysSecret = RandomNumberGenerator.GetBytes(Login.SecretBytes);

    private readonly byte[] _serverNonce = RandomNumberGenerator.GetBytes(Login.MaximumNonceBytes);
    private byte[] _keyId = [];
    private byte[] _clientNonce = [];

    /// <summary>The Hello has come; the proof is next.</summary>
    public bool IsChallenged => _keyId.Length > 0;

    /// <summary>The last event that the client has seen, if it wants to go on there.</summary>
    public EventPosition? ResumeFrom { get; private set; }

    public string KeyId => Encoding.UTF8.GetString(_keyId);

    public ReadOnlySpan<byte> ServerNonce => _serverNonce;

    public void Take(in HelloMessage hello)
    {
        _keyId = hello.KeyId.ToArray();
        _clientNonce = hello.ClientNonce.ToArray();
        ResumeFrom = hello.ResumeFrom;
    }

    /// <summary>The key, if the proof was made with its secret.</summary>
    public ApiKeyEntry? Verify(in AuthMessage auth)
    {
        ApiKeyEntry? key = keys.Find(KeyId);
        ReadOnlySpan<byte> secret = key is null ? NobodysSecret : key.Secret;
        bool isProven = Login.Verify(secret, _keyId, _clientNonce, _serverNonce, auth.Mac);
        return isProven ? key : null;
    }
}
