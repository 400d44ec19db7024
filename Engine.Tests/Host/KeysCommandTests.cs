using System.Runtime.Versioning;
using System.Text.Json;
using CopyEngine.Host;
using CopyEngine.Host.CommandLine;
using Xunit;

namespace CopyEngine.Tests.Host;

[UnsupportedOSPlatform("windows")]
public sealed class KeysCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Key_is_made_listed_without_its_secret_and_revoked()
    {
        string file = _folder.PathOf("provider.json");

        Assert.Equal(ExitCode.Clean, await RunAsync("create", "--role", "provider", "--accounts", "strategy_provider:1,strategy_provider:4..6", "--out", file));
        JsonElement key = JsonElement.Parse(File.ReadAllText(file));
        string keyId = key.GetProperty("keyId").GetString()!;
        string secret = key.GetProperty("secret").GetString()!;
        Assert.Matches("^[0-9a-f]{64}$", secret);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        Assert.Equal(ExitCode.Clean, await RunAsync("list"));
        Assert.Contains(keyId, _output.ToString());
        Assert.Contains("strategy_provider:1,strategy_provider:4..6", _output.ToString());
        Assert.DoesNotContain(secret, _output.ToString());

        Assert.Equal(ExitCode.Clean, await RunAsync("revoke", keyId));
        Assert.Equal(ExitCode.WrongUsage, await RunAsync("revoke", keyId));
        Assert.Contains($"there is no key '{keyId}' in use", _errors.ToString());
    }

    [Theory]
    [InlineData("create --role king --out OUT", "--role: 'king' is not provider")]
    [InlineData("create --role provider --out OUT", "provider")]
    [InlineData("create --role provider --accounts nobody:1 --out OUT", "'nobody:1' is not an account")]
    [InlineData("create --role feed --accounts strategy_provider:1 --out OUT", "feed")]
    [InlineData("create --role feed", "Option '--out' is required")]
    [InlineData("create --out OUT", "Option '--role' is required")]
    [InlineData("revoke nobody-7", "there is no key 'nobody-7' in use")]
    [InlineData("revoke", "Required argument 'ID' missing")]
    [InlineData("forget", "Unrecognized command or argument 'forget'")]
    public async Task Wrong_usage_makes_no_key(string line, string words)
    {
        string file = _folder.PathOf("key.json");

        Assert.Equal(ExitCode.WrongUsage, await RunAsync(line.Replace("OUT", file).Split(' ')));

        Assert.Contains(words, _errors.ToString());
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task File_that_exists_is_not_overwritten()
    {
        string file = _folder.Write("key.json", "precious");

        Assert.NotEqual(ExitCode.Clean, await RunAsync("create", "--role", "feed", "--out", file));

        Assert.Equal("precious", File.ReadAllText(file));
        Assert.Contains(file, _errors.ToString());
    }

    private Task<int> RunAsync(params string[] arguments) =>
        RootCommandLine.RunAsync(["keys", .. arguments, "--data", _folder.PathOf("data")], _output, _errors);
}
