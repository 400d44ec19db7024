using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Redis.Mirror;

/// <summary>What of an account has changed since it was written.</summary>
[Flags]
internal enum AccountChanges : byte
{
    None = 0,

    /// <summary>Balance or status.</summary>
    Config = 1,

    /// <summary>Figures of a tick.</summary>
    Portfolio = 2,

    /// <summary>Orders, those in the account's list of changed orders.</summary>
    Orders = 4,

    /// <summary>A warning was given, a liquidation began or ended.</summary>
    Marks = 8,

    /// <summary>Nothing is known of what Redis has: all is written, and what Redis has besides is removed.</summary>
    Everything = 16,

    /// <summary>Prices moved: the profit shown with each order is old. Written when there is nothing else to do.</summary>
    Profit = 32,

    /// <summary>All that <see cref="Everything"/> writes of the account itself.</summary>
    Whole = Config | Portfolio | Orders | Marks | Everything,
}

/// <summary>Questions to <see cref="AccountChanges"/>, without the boxes of <see cref="Enum.HasFlag"/> before the code is optimized.</summary>
internal static class AccountChangesQuestions
{
    public static bool Has(this AccountChanges changes, AccountChanges change) => (changes & change) != 0;
}

/// <summary>An account as its keys show it.</summary>
internal struct ProjectedAccount
{
    /// <summary>End of a list.</summary>
    public const int None = -1;

    public long Number;
    public Money Balance;

    /// <summary>Figures of the last tick that changed them; all zero before the first.</summary>
    public Portfolio Portfolio;

    /// <summary>Effective time of that tick, microseconds.</summary>
    public long PortfolioTime;

    /// <summary>Effective time of the last warning, 0: none.</summary>
    public long WarnedAt;

    public int Group;
    public int Leverage;

    /// <summary>Slot of the first of its orders.</summary>
    public int FirstOrder;

    /// <summary>Slot of the first of its changed orders, ended ones included.</summary>
    public int FirstChangedOrder;

    /// <summary>Slot of the first of its links, if it is a follower.</summary>
    public int FirstLink;

    /// <summary>Next in its queue.</summary>
    public int NextQueued;

    /// <summary>Previous in its queue.</summary>
    public int PreviousQueued;

    /// <summary>Its queue, <see cref="None"/> when it is in none.</summary>
    public int Queue;

    public UserType UserType;
    public AccountStatus Status;
    public AccountChanges Changes;
    public bool IsOpen;
    public bool IsLiquidating;

    /// <summary>An account that has just been opened.</summary>
    public static ProjectedAccount From(in AccountOpened opened) => new()
    {
        Number = opened.AccountNumber,
        Group = opened.Group,
        Leverage = opened.Leverage,
        UserType = opened.UserType,
        Status = AccountStatus.Active,
        IsOpen = true,
        FirstOrder = None,
        FirstChangedOrder = None,
        FirstLink = None,
        NextQueued = None,
        PreviousQueued = None,
        Queue = None,
    };
}
