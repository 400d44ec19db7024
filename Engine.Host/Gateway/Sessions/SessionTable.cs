using System.Collections.Concurrent;
using CopyEngine.Host.Gateway.Keys;

namespace CopyEngine.Host.Gateway.Sessions;

/// <summary>All connections, and the sessions among them: one for each key at most.</summary>
internal sealed class SessionTable(GatewayStatistics statistics)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, GatewaySession> _byKey = [];
    private readonly ConcurrentDictionary<GatewayConnection, bool> _connections = new();
    private int _lastId;

    public IEnumerable<GatewayConnection> Connections => _connections.Keys;

    public GatewaySession[] Sessions
    {
        get
        {
            lock (_gate)
            {
                return [.. _byKey.Values];
            }
        }
    }

    public void Add(GatewayConnection connection)
    {
        _connections[connection] = true;
        statistics.CountConnection(1);
    }

    public void Remove(GatewayConnection connection)
    {
        if (_connections.TryRemove(connection, out _))
        {
            statistics.CountConnection(-1);
        }
    }

    /// <summary>Opens a session; the one that the key had on another connection ends.</summary>
    public GatewaySession Open(ApiKeyEntry key, GatewayConnection connection)
    {
        GatewaySession? replaced;
        GatewaySession session;
        lock (_gate)
        {
            session = new GatewaySession(++_lastId, key, connection);
            _byKey.Remove(key.Number, out replaced);
            _byKey.Add(key.Number, session);
        }
        statistics.CountLogin();
        statistics.CountSession(1);
        replaced?.End(GoodbyeCode.Replaced, "the key has logged in on another connection");
        return session;
    }

    public void Close(GatewaySession session)
    {
        statistics.CountSession(-1);
        lock (_gate)
        {
            if (_byKey.GetValueOrDefault(session.Key.Number) == session)
            {
                _byKey.Remove(session.Key.Number);
            }
        }
    }
}
