namespace CopyEngine.Host.Gateway.Keys;

/// <summary>A key that may log in, its secret in the clear: lives in memory only and shows itself by its id.</summary>
internal sealed class ApiKeyEntry(int number, string keyId, KeyRole role, AccountSet accounts, byte[] secret)
{
    private readonly byte[] _secret = secret;

    /// <summary>Small number under which commands of this key travel; never used again.</summary>
    public int Number { get; } = number;

    public string KeyId { get; } = keyId;

    public KeyRole Role { get; } = role;

    public AccountSet Accounts { get; } = accounts;

    public ReadOnlySpan<byte> Secret => _secret;

    public override string ToString() => KeyId;
}

/// <summary>A key as <c>keys list</c> shows it.</summary>
internal sealed record KeyListing(
    int Number, string KeyId, KeyRole Role, IReadOnlyList<string> Accounts, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>The keys cannot be read, written or trusted: what, where, and what to do.</summary>
internal sealed class KeyStoreException(string message, Exception? cause = null) : Exception(message, cause);
