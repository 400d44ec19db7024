namespace CopyEngine.Commands;

/// <summary>
/// Sets the limits that may differ from one start to the next. A command like any other, the first of every journal, so
/// that a replay decides at every place by the limits that held there. Any of them below 1: refused.
/// </summary>
public struct SetLimits : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.SetLimits;

    /// <summary>Units of long work after each command.</summary>
    public int WorkQuota;

    /// <summary>Client order ids remembered per account, and request ids per key.</summary>
    public int ClientOrderIdsPerAccount;

    /// <summary>Waiting and open orders that an account may have placed itself.</summary>
    public int OrdersPerAccount;

    /// <summary>Most accounts.</summary>
    public int Accounts;

    /// <summary>Those of a configuration.</summary>
    public static SetLimits Of(EngineLimits limits) => new()
    {
        WorkQuota = limits.WorkQuota,
        ClientOrderIdsPerAccount = limits.ClientOrderIdsPerAccount,
        OrdersPerAccount = limits.OrdersPerAccount,
        Accounts = limits.Accounts,
    };
}
