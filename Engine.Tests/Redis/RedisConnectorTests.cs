using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Connection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using ConnectionMultiplexer = StackExchange.Redis.ConnectionMultiplexer;

namespace CopyEngine.Tests.Redis;

/// <summary>How connections come about: logged in, understood when refused, and alone.</summary>
public sealed class RedisConnectorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_of_a_former_connection_are_not_executed_after_those_of_the_next()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using IRedisConnection former = Connector(server.Address).Open(Cancellation);
        server.Stall();
        Assert.Throws<RedisConnectionException>(() => former.Write(Writing("old", commands: 40_000)));
        server.Continue();

        using IRedisConnection next = Connector(server.Address).Open(Cancellation);
        next.Write(Writing("new", commands: 1));

        ConnectionMultiplexer redis = await server.ConnectAsync();
        for (int look = 0; look < 20; look++)
        {
            Assert.Equal("new", await redis.GetDatabase().StringGetAsync("value"));
            await Task.Delay(10, Cancellation);
        }
        await redis.CloseAsync(allowCommandsToComplete: false);
    }

    [Fact]
    public async Task Connections_of_others_are_left_open()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        using IRedisConnection other = Connector(server.Address, shard: 1).Open(Cancellation);
        using IRedisConnection own = Connector(server.Address).Open(Cancellation);

        other.Write(Writing("alive", commands: 1));
        own.Write(Writing("alive", commands: 1));
    }

    [Fact]
    public async Task A_wrong_password_is_told_as_redis_tells_it()
    {
        await using RedisServer server = await RedisServer.StartAsync("--requirepass", "right");
        RedisReplyException refusal = Assert.Throws<RedisReplyException>(
            () => Connector($"{server.Address},password=wrong").Open(Cancellation));
        Assert.Contains("WRONGPASS", refusal.Message);
        refusal = Assert.Throws<RedisReplyException>(() => Connector(server.Address).Open(Cancellation));
        Assert.Contains("NOAUTH", refusal.Message);
        using IRedisConnection connection = Connector($"{server.Address},password=right").Open(Cancellation);
    }

    [Fact]
    public async Task A_user_with_no_more_rights_than_the_projection_needs_is_enough()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        ConnectionMultiplexer redis = await server.ConnectAsync();
        await redis.GetDatabase().ExecuteAsync(
            "ACL", "SETUSER", "desk", "on", ">secret", "~*", "&*", "+@write", "+@read", "+@transaction", "+publish", "+ping", "-@dangerous");
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(
            $"{server.Address},user=desk,password=secret", ProjectedWorld.QuickLimits with { SettleDelay = TimeSpan.FromMilliseconds(50) });
        projected.World.Instrument("EURUSD").Group("Standard").Account("live:1", "100.00");
        await projected.CatchUpAsync();

        Assert.Equal("100.00", await redis.GetDatabase().HashGetAsync("user:{live:1}:config", "balance"));
        await redis.CloseAsync(allowCommandsToComplete: false);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/openssl"), "openssl is not installed");
        string folder = Directory.CreateTempSubdirectory("ce-tls-").FullName;
        string key = Path.Combine(folder, "key.pem");
        string certificate = Path.Combine(folder, "certificate.pem");
        var start = new ProcessStartInfo("openssl") { RedirectStandardError = true };
        string[] arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using (Process openssl = Process.Start(start)!)
        {
            await openssl.StandardError.ReadToEndAsync(Cancellation);
            await openssl.WaitForExitAsync(Cancellation);
        }
        int tlsPort = RedisServer.PickFreePort();
        await using (await RedisServer.StartAsync(
            "--tls-port", tlsPort.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no"))
        {
            RedisConnectionException refusal = Assert.Throws<RedisConnectionException>(
                () => Connector($"localhost:{tlsPort},ssl=true").Open(Cancellation));
            Assert.Contains("certificate", refusal.Message);
        }
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_port_of_something_else_is_told_apart_from_redis()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task answer = AnswerAsWebServerAsync(listener);
        var endPoint = (IPEndPoint)listener.LocalEndpoint;

        RedisConnectionException refusal = Assert.Throws<RedisConnectionException>(
            () => Connector($"127.0.0.1:{endPoint.Port}").Open(Cancellation));

        Assert.Contains("is not a reply of Redis", refusal.Message);
        await answer;
    }

    private static async Task AnswerAsWebServerAsync(TcpListener listener)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(Cancellation);
        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Cancellation);
        await Task.Delay(100, Cancellation);
    }

    private static WriteBatch Writing(string value, int commands)
    {
        var write = new WriteBatch();
        for (int i = 0; i < commands; i++)
        {
            write.Accounts.Command("SET"u8).Add("value").Add(value);
        }
        return write;
    }

    private static RedisConnector Connector(string redis, int shard = 0)
    {
        Assert.True(RedisOptions.TryParse(redis, out RedisOptions? options, out string? error), error);
        return new RedisConnector(options, ProjectedWorld.QuickLimits, shard, NullLogger.Instance);
    }
}
