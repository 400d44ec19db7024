using System.Net;
using System.Reflection;
using System.Text;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Host.Gateway.Outbound;
using CopyEngine.Host.Gateway.Sessions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace CopyEngine.Host.Gateway;

/// <summary>
/// The order gateway (interfaces, section 4). In: connection, login, door, ring. Out: event ring, relay, buffers, sockets.
/// It listens to the engine's events, so it is made before the engine, attached to it before it starts, and opened after:
/// <c>new OrderGateway → new TradingEngine(…, [gateway]) → Attach → engine.Start → StartAsync</c>; at the end
/// <c>StopTaking → engine.StopAsync → DisposeAsync</c>, so that what was taken is still answered.
/// </summary>
internal sealed class OrderGateway : IEventListener, IAsyncDisposable
{
    private static readonly byte[] VersionText = Encoding.ASCII.GetBytes(
        typeof(OrderGateway).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "");

    private TradingEngine? _engine;
    private EventRelay? _relay;
    private GatewayServer? _server;
    private Task _housekeeping = Task.CompletedTask;
    private volatile bool _isStopping;

    /// <summary>A gateway that is not attached and not open yet.</summary>
    public OrderGateway(GatewayLimits limits, ApiKeyStore keys, ILogger? logger = null, TimeProvider? clock = null)
    {
        Limits = limits;
        Keys = keys;
        Logger = logger ?? NullLogger.Instance;
        Clock = clock ?? TimeProvider.System;
        Sessions = new SessionTable(Statistics);
        Admission = new ConnectionAdmission(limits);
    }

    /// <summary>The program's version in ASCII, as a Challenge carries it.</summary>
    public static ReadOnlySpan<byte> Version => VersionText;

    /// <inheritdoc/>
    public string Name => "gateway";

    public GatewayStatistics Statistics { get; } = new();

    /// <summary>Where it listens, the port chosen included.</summary>
    public IPEndPoint EndPoint => _server?.EndPoint ?? throw new InvalidOperationException("the gateway is not open");

    internal GatewayLimits Limits { get; }

    internal ApiKeyStore Keys { get; }

    internal ILogger Logger { get; }

    internal TimeProvider Clock { get; }

    internal SessionTable Sessions { get; }

    internal ConnectionAdmission Admission { get; }

    internal TradingEngine Engine => _engine ?? throw new InvalidOperationException("the gateway is not attached to an engine");

    internal EventRelay Relay => _relay ?? throw new InvalidOperationException("the gateway is not attached to an engine");

    internal bool IsStopping => _isStopping;

    /// <summary>New risk is refused: the disk has room for what closes, and for little else.</summary>
    internal Func<bool> IsStorageLow { get; private set; } = static () => false;

    /// <summary>Tells it the engine that it listens to. Before the engine starts.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="isStorageLow">Whether the journal is about to run out of disk, so that no new risk is taken; never when not given.</param>
    public void Attach(TradingEngine engine, Func<bool>? isStorageLow = null)
    {
        _engine = engine;
        IsStorageLow = isStorageLow ?? (static () => false);
        _relay = new EventRelay(engine.Directory, engine.History, Limits, Statistics, engine.NowMicroseconds);
    }

    /// <summary>Opens the port; port 0 takes a free one.</summary>
    /// <exception cref="IOException">The port is in use or not allowed.</exception>
    public async Task StartAsync(IPEndPoint endpoint)
    {
        // Whoever logs in finds everything that was recited and replayed at the engine's start.
        await Engine.WaitForAsync(Engine.Statistics.Sequence).ConfigureAwait(false);
        Relay.Open();
        _server = await GatewayServer.StartAsync(endpoint, this).ConfigureAwait(false);
        _housekeeping = KeepHouseAsync();
    }

    /// <inheritdoc/>
    public void OnEvent(ref EventSlot slot, bool endOfBatch) => Relay.OnEvent(ref slot, endOfBatch);

    /// <summary>Takes no further connection and no further message; answers still go out.</summary>
    public void StopTaking()
    {
        _isStopping = true;
        foreach (GatewayConnection connection in Sessions.Connections)
        {
            connection.StopReading();
        }
    }

    /// <summary>Says Goodbye to everybody, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        StopTaking();
        foreach (GatewayConnection connection in Sessions.Connections)
        {
            connection.End(GoodbyeCode.ShuttingDown, "the engine stops");
        }
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }
        await _housekeeping.ConfigureAwait(false);
    }

    internal long NowMicroseconds() => Engine.NowMicroseconds();

    /// <summary>One connection, from accepting to closing.</summary>
    internal async Task ServeAsync(GatewayConnection connection)
    {
        Sessions.Add(connection);
        try
        {
            if (IsStopping)
            {
                connection.End(GoodbyeCode.ShuttingDown, "the engine stops");
            }
            await connection.RunAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // A fault of ours must not take other connections along, and must not go unseen.
            Statistics.CountFault();
            Logger.LogError(error, "A connection ended by a fault of the gateway");
        }
        finally
        {
            Sessions.Remove(connection);
        }
    }

    /// <summary>Deadlines, heartbeats and the key file, until every connection is closed.</summary>
    private async Task KeepHouseAsync()
    {
        using var timer = new PeriodicTimer(Limits.HousekeepingInterval, Clock);
        while (!IsStopping || Statistics.Connections > 0)
        {
            await timer.WaitForNextTickAsync().ConfigureAwait(false);
            try
            {
                DropRevoked();
                foreach (GatewayConnection connection in Sessions.Connections)
                {
                    connection.CheckTimes();
                }
            }
            catch (Exception error)
            {
                // Deadlines and revocations must go on being looked at.
                Statistics.CountFault();
                Logger.LogError(error, "A fault while looking after the connections");
            }
        }
    }

    private void DropRevoked()
    {
        try
        {
            Keys.ReloadIfChanged();
        }
        catch (KeyStoreException error)
        {
            Logger.LogError("The keys stay as they were: {Reason}", error.Message);
        }
        foreach (GatewaySession session in Sessions.Sessions)
        {
            if (Keys.Find(session.Key.KeyId) is null)
            {
                session.End(GoodbyeCode.Revoked, "the key was revoked");
            }
        }
    }
}
