using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CopyEngine.Events;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Embedded;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>The redis-server that the host starts as its own child.</summary>
public sealed class EmbeddedRedisServerTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ce-embedded-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(EmbeddedRedisServer.FindProgram() is null, "redis-server is not installed");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_answers_is_started_again_when_it_dies_and_ends_with_its_owner()
    {
        int lastProcess;
        await using (EmbeddedRedisServer server = NewServer(0))
        {
            await server.StartAsync(Cancellation);
            int firstProcess = server.ProcessId;
            using (var process = Process.GetProcessById(firstProcess))
            {
                process.Kill();
            }
            await Eventually.HoldsAsync(
                () => server.ProcessId != firstProcess && server.ProcessId != 0 && Answers(server.Port), "it answers again");
            lastProcess = server.ProcessId;
        }
        Assert.False(Directory.Exists($"/proc/{lastProcess}"));
    }

    [Fact]
    public async Task A_taken_port_is_refused_with_what_to_do_about_it()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using EmbeddedRedisServer server = NewServer(port);

        RedisServerException refusal = await Assert.ThrowsAsync<RedisServerException>(() => server.StartAsync(Cancellation));

        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), refusal.Message);
        Assert.Contains("--redis embedded:PORT", refusal.Message);
    }

    [Fact]
    public async Task What_a_killed_host_left_behind_is_removed_by_the_next_start()
    {
        int port = RedisServer.PickFreePort();
        using Process left = StartStray(port);
        await Eventually.HoldsAsync(() => Answers(port), "the stray server answers");
        Directory.CreateDirectory(ServerDirectory);
        new LeftoverProcess(Path.Combine(ServerDirectory, "redis.pid")).Remember(left);

        await using EmbeddedRedisServer server = NewServer(port);
        await server.StartAsync(Cancellation);

        Assert.True(left.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.NotEqual(left.Id, server.ProcessId);
    }

    [Fact]
    public async Task A_process_that_only_has_the_same_number_as_ours_had_is_left_alone()
    {
        int port = RedisServer.PickFreePort();
        using Process stranger = StartStray(port);
        Directory.CreateDirectory(ServerDirectory);
        await File.WriteAllTextAsync(Path.Combine(ServerDirectory, "redis.pid"), $"{stranger.Id} 1", Cancellation);

        await using (EmbeddedRedisServer server = NewServer(0))
        {
            await server.StartAsync(Cancellation);
            Assert.False(stranger.HasExited);
        }
        stranger.Kill();
    }

    [Fact]
    public async Task The_projection_writes_to_it_and_says_on_which_port_it_is()
    {
        Assert.True(RedisOptions.TryParse("embedded:0", out RedisOptions? options, out _));
        await using var projection = new RedisProjection(
            options, new EngineDirectory(), _directory, NullLogger.Instance, ProjectedWorld.QuickLimits);
        await projection.StartAsync(Cancellation);
        await projection.WaitUntilCaughtUpAsync(Cancellation);

        Assert.Equal(RedisState.Following, projection.Status.State);
        Assert.True(Answers(projection.EmbeddedPort));
        Assert.True(File.Exists(Path.Combine(ServerDirectory, "redis.log")));
    }

    [Fact]
    public async Task Off_takes_events_and_writes_nothing()
    {
        Assert.True(RedisOptions.TryParse("off", out RedisOptions? options, out _));
        await using var projection = new RedisProjection(options, new EngineDirectory(), _directory, NullLogger.Instance);
        await projection.StartAsync(Cancellation);
        var slot = new EventSlot();
        projection.OnEvent(ref slot, endOfBatch: true);
        await projection.WaitUntilCaughtUpAsync(Cancellation);

        Assert.Equal(RedisState.Off, projection.Status.State);
    }

    [Fact]
    public void A_program_that_is_not_installed_is_not_found() =>
        Assert.Null(EmbeddedRedisServer.FindProgram("redis-server-of-another-planet"));

    private string ServerDirectory => Path.Combine(_directory, "redis");

    private EmbeddedRedisServer NewServer(int port) =>
        new(EmbeddedRedisServer.FindProgram()!, port, ServerDirectory, NullLogger.Instance);

    private static Process StartStray(int port)
    {
        var start = new ProcessStartInfo(EmbeddedRedisServer.FindProgram()!) { RedirectStandardOutput = true };
        foreach (string argument in new[] { "--port", port.ToString(CultureInfo.InvariantCulture), "--save", "", "--bind", "127.0.0.1" })
        {
            start.ArgumentList.Add(argument);
        }
        return Process.Start(start)!;
    }

    private static bool Answers(int port)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
