using CopyEngine.Commands;

namespace CopyEngine.State;

/// <summary>The limits in force: part of the state, changed by <see cref="SetLimits"/> only.</summary>
internal sealed class CurrentLimits(EngineLimits limits)
{
    private SetLimits _values = SetLimits.Of(limits);

    public int WorkQuota => _values.WorkQuota;

    public int ClientOrderIdsPerAccount => _values.ClientOrderIdsPerAccount;

    public int OrdersPerAccount => _values.OrdersPerAccount;

    public int Accounts => _values.Accounts;

    /// <summary>Whether a configuration asks for other limits than those in force.</summary>
    public bool DifferFrom(EngineLimits limits)
    {
        SetLimits wanted = SetLimits.Of(limits);
        return wanted.WorkQuota != WorkQuota || wanted.ClientOrderIdsPerAccount != ClientOrderIdsPerAccount
            || wanted.OrdersPerAccount != OrdersPerAccount || wanted.Accounts != Accounts;
    }

    /// <summary>Takes limits over; false, and nothing changes, when one of them leaves room for nothing.</summary>
    public bool TrySet(in SetLimits command)
    {
        bool isSound = command is { WorkQuota: > 0, ClientOrderIdsPerAccount: > 0, OrdersPerAccount: > 0, Accounts: > 0 };
        if (isSound)
        {
            _values = command;
        }
        return isSound;
    }

    public void Transfer(StateTransfer transfer) => transfer.Value(ref _values);
}
