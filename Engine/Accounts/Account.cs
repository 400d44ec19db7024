using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Accounts;

/// <summary>What is true of an account besides its numbers.</summary>
[Flags]
internal enum AccountFlags
{
    None = 0,
    CloseOnly = 1,
    Suspended = 2,

    /// <summary>A warning was given and the level has not been above the warning level since.</summary>
    Disarmed = 4,

    /// <summary>A provider whose cascade is not done.</summary>
    Liquidating = 8,

    /// <summary>The alarm of this episode has rung.</summary>
    AlarmRang = 16,

    /// <summary>A portfolio was published.</summary>
    Published = 32,

    /// <summary>The portfolio published last was degraded.</summary>
    PublishedDegraded = 64,
}

/// <summary>The part of an account that every order and every tick touches: one cache line.</summary>
internal struct Account
{
    /// <summary>Cash, on the grid of the currency's minor unit.</summary>
    public Money Balance;

    /// <summary>Swap minus entry commission of all open holdings.</summary>
    public Money Carried;

    /// <summary>Equity as published last.</summary>
    public Money Equity;

    /// <summary>Used margin as published last.</summary>
    public Money UsedMargin;

    public int Group;
    public int Leverage;
    public int Currency;

    /// <summary>Head of the account's exposures, -1: none.</summary>
    public int FirstExposure;

    /// <summary>Ends of the account's orders, open and waiting, in order of id; -1: none.</summary>
    public int FirstOrder;
    public int LastOrder;

    /// <summary>Open orders.</summary>
    public int Holdings;

    public AccountFlags Flags;

    public readonly bool Has(AccountFlags flag) => (Flags & flag) != 0;

    public void Set(AccountFlags flag, bool value) => Flags = value ? Flags | flag : Flags & ~flag;

    public AccountStatus Status
    {
        readonly get => Has(AccountFlags.Suspended) ? AccountStatus.Suspended
            : Has(AccountFlags.CloseOnly) ? AccountStatus.CloseOnly
            : AccountStatus.Active;
        set
        {
            Set(AccountFlags.Suspended, value == AccountStatus.Suspended);
            Set(AccountFlags.CloseOnly, value == AccountStatus.CloseOnly);
        }
    }
}

/// <summary>The rest of an account.</summary>
internal struct AccountProfile
{
    public long Number;

    /// <summary>Effective time of the last warning; 0: none yet.</summary>
    public long LastWarningAt;

    /// <summary>Balance as published last.</summary>
    public Money PublishedBalance;

    /// <summary>Open and waiting orders.</summary>
    public int Orders;

    /// <summary>Those of them that the account placed itself.</summary>
    public int OwnOrders;

    /// <summary>Place among the providers, -1: not one.</summary>
    public int Provider;

    /// <summary>Head of a follower's links, -1: none.</summary>
    public int FirstLink;

    /// <summary>Number of the cascade that counted this follower last.</summary>
    public int CountedByCascade;

    /// <summary>Number of the cascade that failed to close a copy of this follower.</summary>
    public int FailedByCascade;

    public UserType UserType;
    private readonly byte _padding1;
    private readonly short _padding2;
    private readonly int _padding3;
}
