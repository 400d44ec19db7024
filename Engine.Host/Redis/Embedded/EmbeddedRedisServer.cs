using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CopyEngine.Host.Redis.Embedded;

/// <summary>The embedded server cannot run.</summary>
internal sealed class RedisServerException(string message) : Exception(message);

/// <summary>
/// A redis-server as the host's own child, on the loopback address, started again when it dies. It holds nothing that
/// the engine does not have, so it is simply killed at the end; and it ends with the host, however the host ends: the
/// kernel sees to that where <c>setpriv</c> is installed, else the next start removes what was left behind.
/// </summary>
internal sealed class EmbeddedRedisServer : IAsyncDisposable
{
    private static readonly TimeSpan FirstRestartDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRestartDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly string _program;
    private readonly string _directory;
    private readonly ILogger _logger;
    private readonly LeftoverProcess _leftover;
    private readonly Thread _supervisor;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _processLock = new();
    private Process? _process;

    /// <summary>A server that is not running yet.</summary>
    /// <param name="program">Path of redis-server.</param>
    /// <param name="port">Port, 0 for any free one.</param>
    /// <param name="directory">Where it may write its log; made when missing.</param>
    /// <param name="logger">Told when it dies.</param>
    public EmbeddedRedisServer(string program, int port, string directory, ILogger logger)
    {
        _program = program;
        _directory = Path.GetFullPath(directory);
        _logger = logger;
        Port = port == 0 ? PickFreePort() : port;
        _leftover = new LeftoverProcess(Path.Combine(_directory, "redis.pid"));
        _supervisor = new Thread(Supervise) { Name = "redis server", IsBackground = true };
    }

    /// <summary>Port on the loopback address.</summary>
    public int Port { get; }

    /// <summary>Process id of the running server, 0 when it is not running.</summary>
    public int ProcessId
    {
        get
        {
            lock (_processLock)
            {
                return _process?.Id ?? 0;
            }
        }
    }

    /// <summary>Path of the installed redis-server, or null.</summary>
    public static string? FindProgram(string name = "redis-server") =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Append("/usr/bin").Append("/usr/local/bin")
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>Starts the server and waits until it answers.</summary>
    /// <exception cref="RedisServerException">The port is taken, the settings are missing, or it does not come up.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(_directory);
        _leftover.Remove();
        ThrowIfPortIsTaken();
        FindSettings();
        _supervisor.Start();
        long started = Stopwatch.GetTimestamp();
        while (!await AnswersAsync(cancellation).ConfigureAwait(false))
        {
            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
            {
                throw new RedisServerException(string.Create(
                    CultureInfo.InvariantCulture, $"redis-server does not come up on port {Port}; see {LogFile}"));
            }
            await Task.Delay(50, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Kills the server.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        lock (_processLock)
        {
            _process?.Kill();
        }
        if (_supervisor.IsAlive)
        {
            await Task.Run(_supervisor.Join).ConfigureAwait(false);
        }
        _leftover.Forget();
        _stopping.Dispose();
    }

    private string LogFile => Path.Combine(_directory, "redis.log");

    /// <summary>
    /// This thread outlives every child it starts: the kernel's "kill the child when its parent dies" means the thread
    /// that made it.
    /// </summary>
    private void Supervise()
    {
        TimeSpan delay = FirstRestartDelay;
        while (!_stopping.IsCancellationRequested)
        {
            long started = Stopwatch.GetTimestamp();
            RunOnce();
            if (_stopping.IsCancellationRequested)
            {
                return;
            }
            bool wasHealthy = Stopwatch.GetElapsedTime(started) > LongestRestartDelay;
            delay = wasHealthy ? FirstRestartDelay : delay;
            _logger.LogWarning("The embedded redis-server on port {Port} ended; it is started again. Its log: {Log}", Port, LogFile);
            _stopping.Token.WaitHandle.WaitOne(delay);
            delay = delay * 2 < LongestRestartDelay ? delay * 2 : LongestRestartDelay;
        }
    }

    private void RunOnce()
    {
        Process process;
        lock (_processLock)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }
            process = Process.Start(Describe()) ?? throw new InvalidOperationException("redis-server gave no process");
            _process = process;
        }
        _leftover.Remember(process);
        process.WaitForExit();
        lock (_processLock)
        {
            _process = null;
            process.Dispose();
        }
    }

    private ProcessStartInfo Describe()
    {
        string? setpriv = FindProgram("setpriv");
        var start = new ProcessStartInfo(setpriv ?? _program) { UseShellExecute = false, WorkingDirectory = _directory };
        if (setpriv is not null)
        {
            Add(start, "--pdeathsig", "KILL", _program);
        }
        Add(start, FindSettings(), "--port", Port.ToString(CultureInfo.InvariantCulture));
        Add(start, "--dir", _directory, "--logfile", LogFile, "--daemonize", "no");
        return start;
    }

    private static void Add(ProcessStartInfo start, params ReadOnlySpan<string> arguments)
    {
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
    }

    /// <summary><c>redis.conf</c> of the working directory, so that it can be changed, else the one beside the program.</summary>
    private static string FindSettings() =>
        new[] { Path.GetFullPath("redis.conf"), Path.Combine(AppContext.BaseDirectory, "redis.conf") }.FirstOrDefault(File.Exists)
        ?? throw new RedisServerException(
            $"redis.conf is neither in the working directory nor in {AppContext.BaseDirectory}; put it there or use --redis off");

    private void ThrowIfPortIsTaken()
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, Port);
            probe.Start();
        }
        catch (SocketException)
        {
            throw new RedisServerException(string.Create(
                CultureInfo.InvariantCulture,
                $"port {Port} of the embedded redis-server is taken by another program; use --redis embedded:PORT with a free one, " +
                $"or --redis 127.0.0.1:{Port} if that program is the Redis to write to"));
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int PickFreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
