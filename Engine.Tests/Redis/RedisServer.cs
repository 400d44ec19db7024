using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using CopyEngine.Host.Redis.Embedded;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>A real redis-server of a test's own, on a free port, that can be stalled, killed and started again.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string[] _settings;
    private readonly string _directory = Directory.CreateTempSubdirectory("ce-redis-").FullName;
    private Process? _process;

    private RedisServer(string[] settings) => _settings = settings;

    public int Port { get; } = PickFreePort();

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Starts a server, or skips the test where none is installed.</summary>
    public static async Task<RedisServer> StartAsync(params string[] settings)
    {
        Assert.SkipWhen(EmbeddedRedisServer.FindProgram() is null, "redis-server is not installed");
        var server = new RedisServer(settings);
        await server.StartAgainAsync();
        return server;
    }

    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(EmbeddedRedisServer.FindProgram()!) { RedirectStandardOutput = true, WorkingDirectory = _directory };
        string[] arguments = ["--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", _directory, "--save", "", "--bind", "127.0.0.1", .. _settings];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        await Eventually.HoldsAsync(AnswersAsync, "the test's redis-server answers");
    }

    /// <summary>Kills it as a power cut would; nothing was saved.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    /// <summary>Stalls it: connections stay, nothing is answered.</summary>
    public void Stall() => Signal("-STOP");

    public void Continue() => Signal("-CONT");

    /// <summary>A connection that has nothing to do with the code under test.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync(
        $"{Address},allowAdmin=true,abortConnect=false,syncTimeout=20000,connectTimeout=20000");

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }
        _process?.Dispose();
        await Task.Run(() => Directory.Delete(_directory, recursive: true));
    }

    public static int PickFreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
