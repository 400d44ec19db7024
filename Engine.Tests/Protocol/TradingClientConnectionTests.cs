using System.Net;
using System.Net.Sockets;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Client;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>How a connection begins, is kept, and ends.</summary>
public class TradingClientConnectionTests
{
    private static readonly NewOrder Order = new() { Account = "strategy_provider:1", Symbol = "EURUSD", Side = Side.Buy, Lots = 0.5m };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Login_proves_the_secret_and_tells_what_the_key_may()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session => await session.ReceiveAsync(MessageType.Logout));
        await using var client = await server.ConnectAsync();
        Assert.Equal(5, client.SessionId);
        Assert.Equal("provider", client.Role);
        Assert.Equal(["strategy_provider:1", "strategy_provider:2"], client.Accounts);
        Assert.Equal(new EventPosition(1_000, 2), client.LastEvent);
    }

    [Fact]
    public async Task A_refused_key_is_a_rejection_with_its_code()
    {
        await using var server = ScriptedServer.Start(async session =>
        {
            await session.ChallengeAsync();
            await session.ReceiveAsync(MessageType.Auth);
            session.Send(new RejectMessage { ReferenceSequence = 2, Code = RejectCode.NotAuthenticated, Text = "unknown key"u8 });
            session.Send(new GoodbyeMessage { Code = "NOT_AUTHENTICATED"u8 });
        });
        var refused = await Assert.ThrowsAsync<TradingRejectedException>(server.ConnectAsync);
        Assert.Equal(RejectCode.NotAuthenticated, refused.Code);
        Assert.Contains("unknown key", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_goodbye_during_login_is_told()
    {
        await using var server = ScriptedServer.Start(async session =>
        {
            await session.ReceiveAsync(MessageType.Hello);
            session.Send(new GoodbyeMessage { Code = "BUSY"u8, Text = "too many connections"u8 });
        });
        var ended = await Assert.ThrowsAsync<TradingConnectionException>(server.ConnectAsync);
        Assert.Equal("BUSY", ended.GoodbyeCode);
    }

    [Fact]
    public async Task A_host_that_does_not_listen_is_named()
    {
        var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        var failed = await Assert.ThrowsAsync<TradingConnectionException>(
            () => TradingClient.ConnectAsync("127.0.0.1", port, ScriptedServer.KeyId, ScriptedServer.Secret, cancellationToken: Cancelled));
        Assert.Contains($"127.0.0.1:{port}", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_speak_is_given_up()
    {
        await using var server = ScriptedServer.Start(async session =>
        {
            await session.ReceiveAsync(MessageType.Hello);
            await session.ReceiveAsync(MessageType.Logout);
        });
        var options = server.Options with { ConnectTimeout = TimeSpan.FromMilliseconds(200) };
        await Assert.ThrowsAsync<TradingConnectionException>(() => TradingClient.ConnectAsync(options, Cancelled));
    }

    [Fact]
    public async Task A_replaced_session_fails_what_is_under_way_and_says_why()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            await session.ReceiveAsync(MessageType.PlaceOrder);
            session.Send(new GoodbyeMessage { Code = "REPLACED"u8, Text = "the key has logged in again"u8 });
        });
        await using var client = await server.ConnectAsync();
        var ended = await Assert.ThrowsAsync<TradingConnectionException>(() => client.PlaceOrderAsync(Order, Cancelled));
        Assert.Equal("REPLACED", ended.GoodbyeCode);
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        await Assert.ThrowsAsync<TradingConnectionException>(() => client.PlaceOrderAsync(Order, Cancelled));
        await Assert.ThrowsAsync<TradingConnectionException>(
            async () => await client.SendQuoteAsync("EURUSD", 1.1m, 1.2m, DateTimeOffset.UnixEpoch, Cancelled));
        var stream = await Assert.ThrowsAsync<TradingConnectionException>(async () => await client.CopyReports.Completion);
        Assert.Equal("REPLACED", stream.GoodbyeCode);
    }

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("00000000")]
    [InlineData("00000001c0")]
    [InlineData("00000003926e09")] // a number that is not the next
    [InlineData("00000006956e02050505")] // an execution report that is none
    public async Task A_server_that_talks_nonsense_ends_the_connection(string hex)
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            session.SendRaw(Convert.FromHexString(hex));
            await session.IsClosedAsync();
        });
        await using var client = await server.ConnectAsync();
        await Assert.ThrowsAsync<TradingConnectionException>(
            async () => await client.ExecutionReports.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
    }

    [Fact]
    public async Task Disposing_logs_out_and_ends_the_streams_quietly()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session => await session.ReceiveAsync(MessageType.Logout));
        var client = await server.ConnectAsync();
        await client.DisposeAsync();
        await client.DisposeAsync();
        await client.ExecutionReports.Completion;
        Assert.True(client.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task An_idle_client_sends_heartbeats()
    {
        await using var server = ScriptedServer.StartLoggedIn(
            async session =>
            {
                await session.ReceiveAsync(MessageType.ClientHeartbeat);
                await session.ReceiveAsync(MessageType.ClientHeartbeat);
            },
            heartbeatSeconds: 1);
        await using var client = await server.ConnectAsync();
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    [Fact]
    public async Task A_silent_server_is_left_after_three_intervals()
    {
        await using var server = ScriptedServer.StartLoggedIn(
            async session => Assert.True(await session.IsClosedAsync()), heartbeatSeconds: 1);
        await using var client = await server.ConnectAsync();
        var ended = await Assert.ThrowsAsync<TradingConnectionException>(
            async () => await client.ExecutionReports.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
        Assert.Contains("silent", ended.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zz")]
    public void A_secret_is_sixty_four_hex_digits(string secret) => Assert.Throws<ArgumentException>(() => new ApiKey("k", secret));
}
