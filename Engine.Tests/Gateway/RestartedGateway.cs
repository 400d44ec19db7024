using System.Net;
using CopyEngine.Events;
using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>
/// A gateway of a process that was started again: told by a test what the engine would tell it, a saved history, what is
/// recited, what is replayed and what happens live, in the order in which an engine's stages get it.
/// </summary>
internal sealed class RestartedGateway : IAsyncDisposable
{
    private readonly TradingEngine _engine;
    private readonly OrderGateway _gateway;
    private readonly GatewayWorld _before;

    public RestartedGateway(GatewayWorld before, int retainedEvents = 262_144)
    {
        _before = before;
        var limits = new GatewayLimits
        {
            ConnectionsBeforeLoginPerAddress = 256,
            HousekeepingInterval = TimeSpan.FromMilliseconds(50),
            Linger = TimeSpan.FromMilliseconds(20),
            ResumeSlice = 3,
        };
        _gateway = new OrderGateway(limits, before.Keys, Log);
        _engine = new TradingEngine(new EngineLimits { RetainedEvents = retainedEvents }, [_gateway]);
        _gateway.Attach(_engine);
    }

    public CollectedLog Log { get; } = new();

    public OrderGateway Gateway => _gateway;

    public EventHistory History => _engine.History;

    /// <summary>Loads what a history had kept when the snapshot was taken.</summary>
    public void Load(List<byte> saved) => History.Transfer(new SavedBytes(isLoading: true, saved));

    public void Tell(IEnumerable<EventSlot> events)
    {
        foreach (EventSlot happened in events)
        {
            EventSlot slot = happened;
            _engine.Directory.OnEvent(ref slot, endOfBatch: false);
            _engine.History.OnEvent(ref slot, endOfBatch: false);
            _gateway.OnEvent(ref slot, endOfBatch: true);
        }
    }

    /// <summary>What an engine recites of a state: accounts and orders as they stand, without anything having happened.</summary>
    public void Recite(IEnumerable<EventSlot> events) => Tell(events
        .Where(slot => slot.Header.Type is EventType.InstrumentDefined or EventType.GroupDefined or EventType.AccountOpened
            or EventType.QuoteTaken or EventType.OrderReport or EventType.LinkChanged or EventType.MarginReport)
        .Select(Recited));

    public Task OpenAsync()
    {
        _engine.Start();
        return _gateway.StartAsync(new IPEndPoint(IPAddress.Loopback, 0));
    }

    public async Task<RawClient> LogInAsync(KeyRole role, EventPosition? resumeFrom)
    {
        RawClient client = await RawClient.ConnectAsync(_gateway.EndPoint);
        await client.LogInAsync(_before.Key(role), resumeFrom is { } seen ? [seen.Sequence, (long)seen.Index] : null);
        return client;
    }

    public Task<TradingClient> ConnectAsync(KeyRole role, EventPosition? resumeFrom) => TradingClient.ConnectAsync(
        new TradingClientOptions { Host = "127.0.0.1", Port = _gateway.EndPoint.Port, Key = _before.Key(role), ResumeFrom = resumeFrom },
        TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _gateway.StopTaking();
        await _engine.StopAsync();
        await _gateway.DisposeAsync();
        await _engine.DisposeAsync();
    }

    private static EventSlot Recited(EventSlot slot)
    {
        slot.Header.IsRecited = true;
        slot.Header.Session = 0;
        return slot;
    }
}

/// <summary>Keeps every event as it stood in its slot.</summary>
internal sealed class RecordedEvents : IEventListener
{
    private readonly List<EventSlot> _events = [];

    public string Name => "recorded";

    public IReadOnlyList<EventSlot> All
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        lock (_events)
        {
            _events.Add(slot);
        }
    }
}
