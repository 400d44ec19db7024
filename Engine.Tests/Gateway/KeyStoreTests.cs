using System.Text.Json.Nodes;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using Xunit;

namespace CopyEngine.Tests.Gateway;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class KeyStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("keys-").FullName;

    private string KeysFile => Path.Combine(_folder, "keys", "keys.json");

    private string MasterFile => Path.Combine(_folder, "keys", "master.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_key_is_shown_once_in_a_file_that_only_its_owner_may_read()
    {
        ApiKeyStore store = Open();
        string id = store.Create(KeyRole.Follower, ["copy_follower:1..100", "copy_follower:200"], Out("a"));
        var file = JsonNode.Parse(File.ReadAllText(Out("a")))!;
        Assert.Equal(["keyId", "secret", "role", "accounts"], file.AsObject().Select(field => field.Key));
        Assert.Equal((id, "follower"), ((string?)file["keyId"], (string?)file["role"]));
        Assert.Matches("^[0-9a-f]{64}$", (string)file["secret"]!);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Out("a")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeysFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(MasterFile));
        Assert.DoesNotContain((string)file["secret"]!, File.ReadAllText(KeysFile), StringComparison.OrdinalIgnoreCase);

        ApiKeyEntry key = Open().Find(id)!;
        Assert.Equal(ApiKey.ReadFile(Out("a")).Secret.ToArray(), key.Secret.ToArray());
        Assert.True(key.Accounts.Contains(AccountName.Parse("copy_follower:100")));
        Assert.False(key.Accounts.Contains(AccountName.Parse("copy_follower:101")));
        Assert.False(key.Accounts.Contains(AccountName.Parse("strategy_provider:1")));
    }

    [Fact]
    public void Numbers_are_never_given_twice_and_revoked_secrets_are_gone()
    {
        ApiKeyStore store = Open();
        string first = store.Create(KeyRole.Risk, [], Out("1"));
        Assert.True(store.Revoke(first));
        Assert.False(store.Revoke(first));
        Assert.False(store.Revoke("nobody"));
        store.Create(KeyRole.Feed, [], Out("2"));
        Assert.Equal([1, 2], store.List().Select(key => key.Number));
        Assert.NotNull(store.List()[0].RevokedAt);
        Assert.Null(JsonNode.Parse(File.ReadAllText(KeysFile))!["keys"]![0]!["secret"]);
        Assert.Null(Open().Find(first));
    }

    [Theory]
    [InlineData("role", "broker")]
    [InlineData("keyId", "provider-9")]
    [InlineData("secret", "00")]
    [InlineData("secret", null)]
    [InlineData("nonce", "000000000000000000000000")]
    [InlineData("number", 7)]
    [InlineData("version", 2)]
    public void An_entry_that_was_changed_is_refused(string field, object? value)
    {
        Open().Create(KeyRole.Provider, ["strategy_provider:1"], Out("a"));
        JsonNode file = JsonNode.Parse(File.ReadAllText(KeysFile))!;
        file["keys"]![0]![field] = value is int number ? JsonValue.Create(number) : JsonValue.Create((string?)value);
        File.WriteAllText(KeysFile, file.ToJsonString());
        Assert.Contains("cannot be trusted", Assert.Throws<KeyStoreException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_of_the_sealed_secret_is_refused_and_a_running_engine_keeps_its_keys()
    {
        ApiKeyStore running = Open();
        string id = running.Create(KeyRole.Broker, [], Out("a"));
        Assert.True(running.ReloadIfChanged());
        JsonNode file = JsonNode.Parse(File.ReadAllText(KeysFile))!;
        string secret = (string)file["keys"]![0]!["secret"]!;
        file["keys"]![0]!["secret"] = (secret[0] == '0' ? "1" : "0") + secret[1..];
        File.WriteAllText(KeysFile, file.ToJsonString(new() { WriteIndented = false }));
        Assert.Contains(id, Assert.Throws<KeyStoreException>(() => running.ReloadIfChanged()).Message, StringComparison.Ordinal);
        Assert.NotNull(running.Find(id));
    }

    [Fact]
    public void The_master_key_comes_from_the_environment_or_from_a_private_file()
    {
        string hex = new('a', 64);
        ApiKeyStore.Open(_folder, hex).Create(KeyRole.Risk, [], Out("a"));
        Assert.False(File.Exists(MasterFile));
        Assert.NotNull(ApiKeyStore.Open(_folder, hex).Find("risk-1"));
        Assert.Contains("cannot be trusted", Assert.Throws<KeyStoreException>(() => ApiKeyStore.Open(_folder, new string('b', 64))).Message, StringComparison.Ordinal);
        Assert.Contains("64 hex digits", Assert.Throws<KeyStoreException>(() => ApiKeyStore.Open(_folder, "short")).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("short", Assert.Throws<KeyStoreException>(() => ApiKeyStore.Open(_folder, "short")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_master_key_that_others_may_read_is_refused()
    {
        Open();
        File.SetUnixFileMode(MasterFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<KeyStoreException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Role_and_accounts_have_to_fit_and_no_file_is_overwritten()
    {
        ApiKeyStore store = Open();
        Assert.Throws<KeyStoreException>(() => store.Create(KeyRole.Provider, [], Out("a")));
        Assert.Throws<KeyStoreException>(() => store.Create(KeyRole.Feed, ["live:1"], Out("a")));
        Assert.Throws<KeyStoreException>(() => store.Create(KeyRole.Provider, ["provider:1"], Out("a")));
        Assert.Throws<KeyStoreException>(() => store.Create(KeyRole.Provider, ["live:5..4"], Out("a")));
        Assert.False(File.Exists(Out("a")));
        File.WriteAllText(Out("b"), "mine");
        Assert.Contains("exists", Assert.Throws<KeyStoreException>(() => store.Create(KeyRole.Risk, [], Out("b"))).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(Out("b")));
        Assert.Empty(store.List());
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"format":9,"lastNumber":1,"keys":[]}""")]
    public void What_is_no_key_file_is_refused_by_its_path(string content)
    {
        Open();
        File.WriteAllText(KeysFile, content);
        Assert.Contains(KeysFile, Assert.Throws<KeyStoreException>(Open).Message, StringComparison.Ordinal);
    }

    private ApiKeyStore Open() => ApiKeyStore.Open(_folder, masterKey: null);

    private string Out(string name) => Path.Combine(_folder, name + ".json");
}
