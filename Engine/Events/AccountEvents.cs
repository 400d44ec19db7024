using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Events;

/// <summary>An account exists.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AccountOpened : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.AccountOpened;

    /// <summary>Second part of the name.</summary>
    public long AccountNumber;

    /// <summary>Dense id, given in order of opening from 0.</summary>
    public int Account;

    /// <summary>Dense id of the group.</summary>
    public int Group;

    /// <summary>Leverage as asked for; instrument and group may cap it.</summary>
    public int Leverage;

    /// <summary>First part of the name.</summary>
    public UserType UserType;

    /// <summary>Decimals of the currency's minor unit.</summary>
    public byte MinorDecimals;

    /// <summary>Currency.</summary>
    public CurrencyCode Currency;
    private readonly short _padding;
}

/// <summary>An account may do more or less than before.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AccountStatusChanged : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.AccountStatusChanged;

    /// <summary>Dense id.</summary>
    public int Account;

    /// <summary>The new status.</summary>
    public AccountStatus Status;
    private readonly byte _padding1;
    private readonly short _padding2;
}

/// <summary>
/// Every change of a balance, with its counter entries (semantics, section 8). The client's side is the sum of the
/// five booked amounts, each rounded to the minor unit; <see cref="Rounding"/> is what the rounding account takes.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct LedgerPosting : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.LedgerPosting;

    /// <summary>The order whose close caused it, 0 for movements of funds.</summary>
    public long OrderId;

    /// <summary>Dense id of the account.</summary>
    public int Account;
    private readonly int _padding;

    /// <summary>Deposit, or withdrawal when negative; against the external flows.</summary>
    public Money Funds;

    /// <summary>Profit of a close; against the broker's profit and loss.</summary>
    public Money Profit;

    /// <summary>Commission, negative: the client pays; against the commissions.</summary>
    public Money Commission;

    /// <summary>Swap; against the swaps.</summary>
    public Money Swap;

    /// <summary>Negative balance forgiven; against the broker's expense.</summary>
    public Money NegativeBalance;

    /// <summary>Booked minus exact, over all entries; against the rounding account.</summary>
    public Money Rounding;

    /// <summary>The balance afterwards.</summary>
    public Money Balance;
}

/// <summary>A copy link came, changed or went.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct LinkChanged : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.LinkChanged;

    /// <summary>Dense id of the provider's account.</summary>
    public int Provider;

    /// <summary>Dense id of the follower's account.</summary>
    public int Follower;

    /// <summary>Rises with every link; orders a follower's links by age.</summary>
    public long Subscription;

    /// <summary>Active or paused; of no meaning when removed.</summary>
    public LinkStatus Status;

    /// <summary>Why it is paused: <see cref="RejectCode.LinkPaused"/> or <see cref="RejectCode.Liquidating"/>.</summary>
    public RejectCode PauseReason;

    /// <summary>The link is gone.</summary>
    public bool Removed;
    private readonly byte _padding1;
    private readonly int _padding2;

    /// <summary>How it copies.</summary>
    public CopySettings Settings;
}

/// <summary>A request of kind 40 to 45, or a close-all, was carried out.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RequestDone : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.RequestDone;

    /// <summary>The sender's id.</summary>
    public ClientOrderId RequestId;
    private readonly int _padding1;

    /// <summary>Sequence of the first answer; differs from the header's when <see cref="Duplicate"/>.</summary>
    public long FirstSequence;

    /// <summary>Time of the first answer.</summary>
    public long FirstTime;

    /// <summary>The first answer given again.</summary>
    public bool Duplicate;
    private readonly byte _padding2;
    private readonly short _padding3;
    private readonly int _padding4;
}

/// <summary>A request of kind 40 to 45, a close-all or a query was refused; nothing changed.</summary>
public struct RequestRefused : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.RequestRefused;

    /// <summary>The sender's id, empty for a query.</summary>
    public ClientOrderId RequestId;

    /// <summary>Why.</summary>
    public RejectCode Reject;

    /// <summary>The first answer given again.</summary>
    public bool Duplicate;
}

/// <summary>Answer to a query: the account.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AccountState : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.AccountState;

    /// <summary>Dense id.</summary>
    public int Account;

    /// <summary>Open and waiting orders, which follow one by one.</summary>
    public int Orders;

    /// <summary>What it may do.</summary>
    public AccountStatus Status;
    private readonly byte _padding1;
    private readonly short _padding2;
    private readonly int _padding3;

    /// <summary>Figures, computed afresh.</summary>
    public Portfolio Portfolio;
}

/// <summary>Answer to a query: one order, as its report would show it.</summary>
public struct OrderState : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.OrderState;

    /// <summary>The order.</summary>
    public OrderReport Order;
}

/// <summary>Answer to a query: its end.</summary>
public struct QueryEnd : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.QueryEnd;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>Orders told.</summary>
    public int Count;
}
