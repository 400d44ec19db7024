using System.Net;

namespace CopyEngine.Host.Gateway.Sessions;

/// <summary>Counts connections, so that strangers cannot take the places of those who have logged in.</summary>
internal sealed class ConnectionAdmission(GatewayLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _waitingByAddress = [];
    private int _total;
    private int _waiting;

    /// <summary>Takes a place for a connection that has not logged in.</summary>
    public bool TryEnter(IPAddress address)
    {
        lock (_gate)
        {
            int fromAddress = _waitingByAddress.GetValueOrDefault(address);
            if (_total >= limits.Connections || _waiting >= limits.ConnectionsBeforeLogin
                || fromAddress >= limits.ConnectionsBeforeLoginPerAddress)
            {
                return false;
            }
            _total++;
            _waiting++;
            _waitingByAddress[address] = fromAddress + 1;
            return true;
        }
    }

    /// <summary>The connection has logged in and no longer counts as a stranger's.</summary>
    public void LogIn(IPAddress address)
    {
        lock (_gate)
        {
            LeaveWaiting(address);
        }
    }

    public void Leave(IPAddress address, bool isLoggedIn)
    {
        lock (_gate)
        {
            _total--;
            if (!isLoggedIn)
            {
                LeaveWaiting(address);
            }
        }
    }

    private void LeaveWaiting(IPAddress address)
    {
        _waiting--;
        if (--_waitingByAddress[address] == 0)
        {
            _waitingByAddress.Remove(address);
        }
    }
}
