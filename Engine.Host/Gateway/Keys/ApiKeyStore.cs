using System.Security.Cryptography;
using System.Text.Json;
using CopyEngine.Protocol;

namespace CopyEngine.Host.Gateway.Keys;

/// <summary>
/// The API keys of a data directory, in <c>keys/keys.json</c>. The command line changes them while the engine runs: a
/// change replaces the file, and the engine looks whether it was replaced. Readers on any thread.
/// </summary>
internal sealed class ApiKeyStore
{
    /// <summary>Names of accounts that one key may have, together: they travel in one frame, the Welcome.</summary>
    private const int MaximumAccountText = 32_768;

    private readonly string _path;
    private readonly string _lockPath;
    private readonly SecretSealer _sealer;
    private volatile Dictionary<string, ApiKeyEntry> _keys = [];
    private (DateTime Written, long Length) _seen;

    private ApiKeyStore(string folder, byte[] masterKey)
    {
        _path = Path.Combine(folder, "keys.json");
        _lockPath = Path.Combine(folder, "keys.lock");
        _sealer = new SecretSealer(masterKey);
    }

    /// <summary>Opens the keys of a data directory, and makes the folder and the master key if there are none.</summary>
    /// <exception cref="KeyStoreException">The master key or the key file cannot be read or trusted.</exception>
    public static ApiKeyStore Open(string dataDirectory) =>
        Open(dataDirectory, Environment.GetEnvironmentVariable(MasterKey.Variable));

    /// <inheritdoc cref="Open(string)"/>
    public static ApiKeyStore Open(string dataDirectory, string? masterKey)
    {
        string folder = Path.Combine(dataDirectory, "keys");
        return Guarded(folder, () =>
        {
            PrivateFile.CreateDirectory(folder);
            var store = new ApiKeyStore(folder, MasterKey.Read(masterKey, Path.Combine(folder, "master.key")));
            store.ReloadIfChanged();
            return store;
        });
    }

    /// <summary>The key of an id, unless it is unknown or revoked.</summary>
    public ApiKeyEntry? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    /// <summary>Makes a key and writes it, secret included, to a new file that only the owner may read.</summary>
    /// <returns>The key's id.</returns>
    /// <exception cref="KeyStoreException">Role and accounts do not fit together, or a file cannot be written or exists already.</exception>
    public string Create(KeyRole role, IReadOnlyList<string> accounts, string outputPath)
    {
        AccountSet set = Check(role, accounts);
        return Guarded(outputPath, () => Locked(stored =>
        {
            int number = stored.LastNumber + 1;
            var key = new StoredKey
            {
                Number = number,
                KeyId = $"{KeyRoles.NameOf(role)}-{number}",
                Version = 1,
                Role = KeyRoles.NameOf(role),
                Accounts = set.Texts,
                CreatedAt = DateTimeOffset.UtcNow,
            };
            byte[] secret = RandomNumberGenerator.GetBytes(Login.SecretBytes);
            PrivateFile.Create(outputPath, JsonSerializer.SerializeToUtf8Bytes(
                new { keyId = key.KeyId, secret = Convert.ToHexStringLower(secret), role = key.Role, accounts = key.Accounts }));
            Keep(new StoredKeys(StoredKeys.CurrentFormat, number, [.. stored.Keys, _sealer.Seal(key, secret)]), outputPath);
            return key.KeyId;
        }));
    }

    /// <summary>Every key that was ever made, in order.</summary>
    public IReadOnlyList<KeyListing> List() => Guarded(_path, () => StoredKeys.Read(_path).Keys.Select(key => new KeyListing(
        key.Number, key.KeyId, RoleOf(key), key.Accounts, key.CreatedAt, key.RevokedAt)).ToArray());

    /// <summary>Takes a key out of use for ever and destroys its secret.</summary>
    /// <returns>False if there is no such key or it is revoked already.</returns>
    public bool Revoke(string keyId) => Guarded(_path, () => Locked(stored =>
    {
        int place = stored.Keys.ToList().FindIndex(key => key.KeyId == keyId && key.RevokedAt is null);
        if (place < 0)
        {
            return false;
        }
        StoredKey[] keys = [.. stored.Keys];
        keys[place] = keys[place] with { RevokedAt = DateTimeOffset.UtcNow, Nonce = null, Secret = null };
        (stored with { Keys = keys }).Write(_path);
        return true;
    }));

    /// <summary>Takes up what another process changed.</summary>
    /// <returns>True if the file was replaced since it was last looked at.</returns>
    /// <exception cref="KeyStoreException">The file cannot be read or trusted; the keys stay as they were.</exception>
    public bool ReloadIfChanged() => Guarded(_path, () =>
    {
        var file = new FileInfo(_path);
        (DateTime, long) current = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (current == _seen)
        {
            return false;
        }
        _seen = current;
        var keys = new Dictionary<string, ApiKeyEntry>(StringComparer.Ordinal);
        foreach (StoredKey key in StoredKeys.Read(_path).Keys.Where(key => key.RevokedAt is null))
        {
            keys.Add(key.KeyId, Load(key));
        }
        _keys = keys;
        return true;
    });

    /// <summary>Keeps a new key; if that fails, the file that shows it goes again.</summary>
    private void Keep(StoredKeys stored, string outputPath)
    {
        try
        {
            stored.Write(_path);
        }
        catch
        {
            File.Delete(outputPath);
            throw;
        }
    }

    private ApiKeyEntry Load(StoredKey key)
    {
        byte[] secret = _sealer.Open(key);
        return AccountSet.TryParse([.. key.Accounts], out AccountSet accounts, out string reason)
            ? new ApiKeyEntry(key.Number, key.KeyId, RoleOf(key), accounts, secret)
            : throw new KeyStoreException($"the key {key.KeyId} in {_path} is damaged: {reason}");
    }

    private KeyRole RoleOf(StoredKey key) =>
        KeyRoles.TryParse(key.Role, out KeyRole role)
            ? role
            : throw new KeyStoreException($"the key {key.KeyId} in {_path} has the role '{key.Role}', which this program does not know");

    private static AccountSet Check(KeyRole role, IReadOnlyList<string> accounts)
    {
        if (!AccountSet.TryParse(accounts, out AccountSet set, out string reason))
        {
            throw new KeyStoreException(reason);
        }
        if (set.Texts.Sum(text => text.Length + 5) > MaximumAccountText)
        {
            throw new KeyStoreException($"one key cannot name {set.Texts.Length} accounts; write ranges such as copy_follower:1..100, or make several keys");
        }
        bool areWanted = KeyRoles.HasAccounts(role);
        return areWanted == (set.Texts.Length > 0)
            ? set
            : throw new KeyStoreException(areWanted
                ? $"a {KeyRoles.NameOf(role)} key needs its accounts; give --accounts, for example strategy_provider:1 or copy_follower:1..100"
                : $"a {KeyRoles.NameOf(role)} key is not bound to accounts; leave --accounts out");
    }

    /// <summary>Changes the file while no other process does; the operating system gives the lock back if this one dies.</summary>
    private TResult Locked<TResult>(Func<StoredKeys, TResult> change)
    {
        using FileStream held = Lock();
        return change(StoredKeys.Read(_path));
    }

    private FileStream Lock()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(_lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(50);
            }
        }
    }

    private static TResult Guarded<TResult>(string path, Func<TResult> action)
    {
        try
        {
            return action();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeyStoreException($"cannot use {path}: {error.Message}; check the path and its permissions", error);
        }
    }
}
