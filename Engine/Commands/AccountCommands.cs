using System.Runtime.InteropServices;
using CopyEngine.Numerics;

namespace CopyEngine.Commands;

/// <summary>Opens an account.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct OpenAccount : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.OpenAccount;

    /// <summary>Unique per key; empty for internal causes.</summary>
    public ClientOrderId RequestId;

    /// <summary>First part of the account's name.</summary>
    public UserType UserType;
    private readonly byte _padding1;
    private readonly short _padding2;

    /// <summary>Second part of the account's name, positive.</summary>
    public long AccountNumber;

    /// <summary>Dense id of the group, -1 when unknown.</summary>
    public int Group;

    /// <summary>Currency of balance and margin.</summary>
    public CurrencyCode Currency;

    /// <summary>Leverage 1 to 10,000.</summary>
    public int Leverage;

    /// <summary>
    /// Opening balance in 10^-8 of the currency, a whole number of its minor units; 0: none. Part of the opening, so that there
    /// is no moment, and no crash, between an account and its first money.
    /// </summary>
    public long Deposit;
}

/// <summary>Deposits, or withdraws when negative.</summary>
public struct MoveFunds : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.MoveFunds;

    /// <summary>Unique per key, so that a request sent again deposits once; empty for internal causes.</summary>
    public ClientOrderId RequestId;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>Amount in 10^-8 of the account's currency, a whole number of its minor units.</summary>
    public long Amount;

    /// <summary>Free text for the statement.</summary>
    public Comment Comment;
}

/// <summary>Changes what an account may do.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetAccountStatus : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.SetAccountStatus;

    /// <summary>Unique per key; empty for internal causes.</summary>
    public ClientOrderId RequestId;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>The new status.</summary>
    public AccountStatus Status;
    private readonly byte _padding1;
    private readonly short _padding2;
}

/// <summary>How a follower copies a provider (interfaces, message 42). Numbers in 10^-8, <see cref="Field.NotGiven"/> where absent.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CopySettings
{
    /// <summary>How a copy is sized.</summary>
    public CopyMode Mode;

    /// <summary>What happens below the minimum lot.</summary>
    public MinLotPolicy MinLotPolicy;

    /// <summary>Buys what the provider sells, stop loss and take profit swapped.</summary>
    public bool Reverse;

    /// <summary>Whether stop loss and take profit are copied.</summary>
    public bool CopyStops;
    private readonly int _padding;

    /// <summary>Ratio of proportional and multiplier, up to 1,000.</summary>
    public long Ratio;

    /// <summary>Lots of fixed lots.</summary>
    public long Lots;

    /// <summary>Margin of fixed amount, in the follower's currency.</summary>
    public long Amount;

    /// <summary>Cap of a copy's lots.</summary>
    public long MaxLots;

    /// <summary>How much worse than the master's fill a copy may fill, in price units.</summary>
    public long MaxSlippage;

    /// <summary>Proportional at ratio 1, stops copied, sizes below the minimum skipped.</summary>
    public static CopySettings Default => new()
    {
        Mode = CopyMode.Proportional,
        MinLotPolicy = MinLotPolicy.Skip,
        CopyStops = true,
        Ratio = Fixed8.One,
        Lots = Field.NotGiven,
        Amount = Field.NotGiven,
        MaxLots = Field.NotGiven,
        MaxSlippage = Field.NotGiven,
    };
}

/// <summary>Links a follower to a provider. What the provider holds already is not copied.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Follow : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.Follow;

    /// <summary>Unique per key; empty for internal causes.</summary>
    public ClientOrderId RequestId;

    /// <summary>Dense id of the provider's account.</summary>
    public int Provider;

    /// <summary>Dense id of the follower's account.</summary>
    public int Follower;
    private readonly int _padding;

    /// <summary>How it copies.</summary>
    public CopySettings Settings;
}

/// <summary>Ends a link.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Unfollow : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.Unfollow;

    /// <summary>Unique per key; empty for internal causes.</summary>
    public ClientOrderId RequestId;

    /// <summary>Dense id of the provider's account.</summary>
    public int Provider;

    /// <summary>Dense id of the follower's account.</summary>
    public int Follower;

    /// <summary>What happens to open copies.</summary>
    public OpenCopies OpenCopies;
    private readonly byte _padding1;
    private readonly short _padding2;
}

/// <summary>Pauses or resumes a link.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SetLinkStatus : ICommand
{
    /// <inheritdoc/>
    public static CommandType Type => CommandType.SetLinkStatus;

    /// <summary>Unique per key; empty for internal causes.</summary>
    public ClientOrderId RequestId;

    /// <summary>Dense id of the provider's account.</summary>
    public int Provider;

    /// <summary>Dense id of the follower's account.</summary>
    public int Follower;

    /// <summary>The new status.</summary>
    public LinkStatus Status;
    private readonly byte _padding1;
    private readonly short _padding2;
}
