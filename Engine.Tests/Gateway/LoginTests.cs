using System.Security.Cryptography;
using CopyEngine.Commands;
using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using CopyEngine.Tests.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Gateway;

public class LoginTests
{
    [Fact]
    public async Task A_key_with_its_secret_opens_a_session()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Follower);
        Assert.Equal("follower", client.Welcome[1]);
        Assert.Equal(["copy_follower:1..3"], (object?[])client.Welcome[2]!);
        Assert.Equal(10L, client.Welcome[3]);
        Assert.Equal(1, world.Gateway.Statistics.Sessions);
        Assert.Equal(1, world.Gateway.Statistics.Logins);
    }

    [Fact]
    public async Task A_wrong_secret_and_an_unknown_key_get_the_same_answer()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        string known = world.Key(KeyRole.Provider).KeyId;
        foreach (string keyId in (string[])[known, "provider-999"])
        {
            var options = new TradingClientOptions { Host = "127.0.0.1", Port = world.EndPoint.Port, Key = new ApiKey(keyId, new string('a', 64)) };
            var refused = await Assert.ThrowsAsync<TradingRejectedException>(
                () => TradingClient.ConnectAsync(options, TestContext.Current.CancellationToken));
            Assert.Equal(RejectCode.NotAuthenticated, refused.Code);
            Assert.Equal("refused: NotAuthenticated: the key id or the proof is wrong", refused.Message);
        }
        Assert.Equal(2, world.Gateway.Statistics.LoginFailures);
        Assert.Equal(0, world.Gateway.Statistics.Sessions);
    }

    [Fact]
    public async Task A_recorded_login_is_worth_nothing_in_a_new_connection()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        ApiKey key = world.Key(KeyRole.Provider);
        byte[] nonce = RandomNumberGenerator.GetBytes(16);
        using RawClient first = await world.DialAsync();
        first.Send(1, 1L, key.KeyId, nonce);
        byte[] mac = RawClient.Mac(key, nonce, (byte[])(await first.ReceiveAsync(101))[0]!);
        first.Send(2, mac);
        await first.ReceiveAsync(102);

        using RawClient second = await world.DialAsync();
        second.Send(1, 1L, key.KeyId, nonce);
        await second.ReceiveAsync(101);
        second.Send(2, mac);
        Assert.Equal("NOT_AUTHENTICATED", await second.RejectAsync());
        Assert.Equal("NOT_AUTHENTICATED", await second.GoodbyeAsync());
    }

    [Fact]
    public async Task Who_does_not_log_in_in_time_is_sent_away()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync(new GatewayLimits { LoginDeadline = TimeSpan.FromMilliseconds(300) });
        using RawClient silent = await world.DialAsync();
        using RawClient half = await world.DialAsync();
        half.Send(1, 1L, "provider-1", new byte[16]);
        await half.ReceiveAsync(101);
        Assert.Equal("LOGIN_TIMEOUT", await silent.GoodbyeAsync());
        Assert.Equal("LOGIN_TIMEOUT", await half.GoodbyeAsync());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(99)]
    public async Task Anything_but_a_hello_ends_the_connection(long type)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.DialAsync();
        client.Send(type, new byte[32]);
        Assert.Equal("NOT_AUTHENTICATED", await client.RejectAsync());
        Assert.Equal("NOT_AUTHENTICATED", await client.GoodbyeAsync());
    }

    [Fact]
    public async Task An_order_between_hello_and_auth_ends_the_connection()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.DialAsync();
        client.Send(1, 1L, world.Key(KeyRole.Provider).KeyId, new byte[16]);
        await client.ReceiveAsync(101);
        client.Send(14, "all", GatewayWorld.Provider);
        Assert.Equal("NOT_AUTHENTICATED", await client.GoodbyeAsync());
    }

    [Fact]
    public async Task Another_protocol_version_is_refused_by_name()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.DialAsync();
        client.Send(1, 2L, "provider-1", new byte[16]);
        object?[] reject = await client.ReceiveAsync(112);
        Assert.Equal("MALFORMED", reject[2]);
        Assert.Contains("protocol", (string)reject[3]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_login_replaces_the_first_and_only_the_second_trades()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient first = await world.LogInAsync(KeyRole.Provider);
        using RawClient second = await world.LogInAsync(KeyRole.Provider);
        Assert.Equal("REPLACED", await first.GoodbyeAsync());
        second.Send(30, GatewayWorld.Provider);
        await second.ReceiveAsync(130);
        Eventually.Holds(() => world.Gateway.Statistics.Sessions == 1, "one session is left");
    }

    [Fact]
    public async Task One_address_cannot_take_every_place_of_strangers()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync(new GatewayLimits { ConnectionsBeforeLoginPerAddress = 3 });
        using RawClient loggedIn = await world.LogInAsync(KeyRole.Provider);
        var strangers = new List<RawClient>();
        for (int i = 0; i < 3; i++)
        {
            strangers.Add(await world.DialAsync());
            Eventually.Holds(() => world.Gateway.Statistics.Connections == strangers.Count + 1, "the stranger is let in");
        }
        using RawClient refused = await world.DialAsync();
        Assert.Equal("BUSY", await refused.GoodbyeAsync());
        loggedIn.Send(30, GatewayWorld.Provider);
        await loggedIn.ReceiveAsync(130);

        strangers[0].Reset();
        Eventually.Holds(() => world.Gateway.Statistics.Connections == 3, "the place is free again");
        using RawClient next = await world.LogInAsync(KeyRole.Risk);
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public async Task A_revoked_key_is_out_at_once_and_a_new_one_comes_in_without_a_restart()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        // Another process, such as the command line.
        ApiKeyStore commandLine = ApiKeyStore.Open(world.Folder, masterKey: null);
        Assert.True(commandLine.Revoke(world.Key(KeyRole.Provider).KeyId));
        Assert.Equal("REVOKED", await client.GoodbyeAsync());
        await Assert.ThrowsAsync<TradingRejectedException>(() => world.ConnectAsync(KeyRole.Provider));

        string path = Path.Combine(world.Folder, "new.json");
        commandLine.Create(KeyRole.Risk, [], path);
        ApiKey created = ApiKey.ReadFile(path);
        Eventually.Holds(() => world.Keys.Find(created.KeyId) is not null, "the running engine takes up the new key");
        using RawClient second = await world.DialAsync();
        await second.LogInAsync(created);
    }

    [Fact]
    public async Task No_secret_and_no_proof_is_ever_logged()
    {
        string secrets;
        CollectedLog log;
        await using (GatewayWorld world = await GatewayWorld.StartAsync())
        {
            log = world.Log;
            using RawClient client = await world.LogInAsync(KeyRole.Provider);
            using RawClient wrong = await world.DialAsync();
            wrong.Send(1, 1L, world.Key(KeyRole.Provider).KeyId, new byte[16]);
            wrong.Send(2, new byte[32]);
            await wrong.GoodbyeAsync();
            client.SendBytes([0xff, 0xff, 0xff, 0xff]);
            await client.GoodbyeAsync();
            secrets = Convert.ToHexStringLower(world.Key(KeyRole.Provider).Secret);
            Assert.Contains(secrets, await File.ReadAllTextAsync(world.KeyFile(KeyRole.Provider, GatewayWorld.Provider), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        Assert.Contains("provider-1", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secrets, log.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("byte", log.Text, StringComparison.OrdinalIgnoreCase);
    }
}
