using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Events;

/// <summary>
/// Everything that happens to an order: one report for each change, complete enough that a reader who keeps the last
/// report of every order knows every order. Prices in points of the instrument, lots in its lot steps, money in the
/// account's currency; 0 where there is no price or level. An event with <see cref="Reject"/> changes nothing but, for
/// a waiting order, ends it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct OrderReport : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.OrderReport;

    /// <summary>The order, 0 when it was refused before it had an id.</summary>
    public long OrderId;

    /// <summary>The master's order of a copy, else 0.</summary>
    public long MasterOrderId;

    /// <summary>The fill that opened or closed, else 0. A copy's opening report carries its own; its cause is <see cref="CauseExecutionId"/>.</summary>
    public long ExecutionId;

    /// <summary>The master's fill that caused a copy, else 0.</summary>
    public long CauseExecutionId;

    /// <summary>Dense id of the account, -1 when it is unknown.</summary>
    public int Account;

    /// <summary>Dense id of the instrument, -1 when it is unknown.</summary>
    public int Symbol;

    /// <summary>Lots of the order as they stand: ordered or, of a holding, opened with.</summary>
    public int LotsSteps;

    /// <summary>Lots of this fill or close.</summary>
    public int LastLotsSteps;

    /// <summary>Lots still open, or still waiting.</summary>
    public int RemainingSteps;

    /// <summary>Price of this fill or close.</summary>
    public int LastPricePoints;

    /// <summary>Average opening price.</summary>
    public int AveragePricePoints;

    /// <summary>Limit price.</summary>
    public int PricePoints;

    /// <summary>Stop price.</summary>
    public int StopPricePoints;

    /// <summary>Stop loss, 0: none.</summary>
    public int StopLossPoints;

    /// <summary>Take profit, 0: none.</summary>
    public int TakeProfitPoints;

    /// <summary>What happened.</summary>
    public OrderStatus Status;

    /// <summary>What caused it.</summary>
    public Cause Cause;

    /// <summary>Why it was refused.</summary>
    public RejectCode Reject;

    /// <summary>Buy or sell.</summary>
    public Side Side;

    /// <summary>Type as it stands: a triggered stop-limit is a limit.</summary>
    public OrderType OrderType;

    /// <summary>The first answer given again to a client order id used twice.</summary>
    public bool Duplicate;

    /// <summary>Whether the order is a copy, also after its master is gone.</summary>
    public bool IsCopy;
    private readonly byte _padding1;
    private readonly int _padding2;

    /// <summary>Profit booked by this close, rounded to the minor unit, without commission and swap.</summary>
    public Money RealizedProfit;

    /// <summary>Closing: commission booked by this close. Else: entry commission that the holding carries.</summary>
    public Money Commission;

    /// <summary>Closing: swap booked by this close. Else: swap that the holding carries.</summary>
    public Money Swap;

    /// <summary>The order's own margin at the moment of the report, of the lots that remain.</summary>
    public Money Margin;

    /// <summary>Microseconds since the Unix epoch when it was placed or, of a holding, filled.</summary>
    public long OpenedAt;

    /// <summary>Microseconds since the Unix epoch when it expires, 0: never.</summary>
    public long ExpiresAt;

    /// <summary>The client's id, empty for copies and internal causes.</summary>
    public ClientOrderId ClientOrderId;
    private readonly int _padding3;

    /// <summary>Copy opening: how its size came about.</summary>
    public CopySizing Sizing;
}

/// <summary>Kept with every copy and skip, so that any size can be explained afterwards.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CopySizing
{
    /// <summary>The provider's equity, in its currency.</summary>
    public Money ProviderEquity;

    /// <summary>The follower's equity, in the provider's currency.</summary>
    public Money FollowerEquity;

    /// <summary>The link's ratio, in 10^-8.</summary>
    public long Ratio;

    /// <summary>The size before rounding to the lot step and before caps, in 10^-8 lots, rounded down.</summary>
    public long RawLots;

    /// <summary>Lots of the master's fill.</summary>
    public int MasterSteps;
    private readonly int _padding;
}

/// <summary>A follower that got no copy, and why. Every follower of a fill ends in a copy or in this.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CopySkipped : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.CopySkipped;

    /// <summary>The master's order.</summary>
    public long MasterOrderId;

    /// <summary>The master's fill.</summary>
    public long CauseExecutionId;

    /// <summary>Dense id of the provider's account.</summary>
    public int Provider;

    /// <summary>Dense id of the follower's account.</summary>
    public int Follower;

    /// <summary>Why.</summary>
    public RejectCode Reason;
    private readonly byte _padding1;
    private readonly short _padding2;
    private readonly int _padding3;

    /// <summary>As far as it was computed.</summary>
    public CopySizing Sizing;
}

/// <summary>How many followers a copy action skipped for one reason.</summary>
/// <param name="Reason">The reason; <see cref="RejectCode.None"/> in unused places.</param>
/// <param name="Count">Followers.</param>
public readonly record struct SkipCount(RejectCode Reason, int Count)
{
    private readonly int _reason = (int)Reason;

    /// <summary>The reason; kept in as many bytes as the count, so that there is no hole between them.</summary>
    public RejectCode Reason => (RejectCode)_reason;
}

/// <summary>Skips by reason; the used places come first, in order of <see cref="RejectCode"/>.</summary>
[InlineArray(Length)]
public struct SkipCounts
{
    /// <summary>Different reasons that can occur.</summary>
    public const int Length = 16;
    private SkipCount _first;

    /// <summary>Counts one more follower for a reason, keeping the reasons in order.</summary>
    internal void Count(RejectCode reason)
    {
        int place = 0;
        while (this[place].Reason != RejectCode.None && this[place].Reason < reason)
        {
            place++;
        }
        if (this[place].Reason != reason)
        {
            for (int i = Length - 1; i > place; i--)
            {
                this[i] = this[i - 1];
            }
            this[place] = new SkipCount(reason, 0);
        }
        this[place] = new SkipCount(reason, this[place].Count + 1);
    }
}

/// <summary>One for every master fill, close or modification that has followers: what became of the copies.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CopyReport : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.CopyReport;

    /// <summary>The master's order.</summary>
    public long MasterOrderId;

    /// <summary>Copied lots in lot steps of the instrument.</summary>
    public long LotsSteps;

    /// <summary>Dense id of the provider's account.</summary>
    public int Provider;

    /// <summary>Dense id of the instrument.</summary>
    public int Symbol;

    /// <summary>Open: links of the provider. Else: copies of the order that were open.</summary>
    public int Followers;

    /// <summary>Copies opened, closed or changed.</summary>
    public int Copied;

    /// <summary>What is summed up.</summary>
    public CopyAction Action;

    /// <summary>Id under which the master's order was placed, empty when there was none.</summary>
    public ClientOrderId ClientOrderId;
    private readonly byte _padding1;
    private readonly short _padding2;

    /// <summary>Followers without a copy, by reason.</summary>
    public SkipCounts Skipped;
}

/// <summary>A holding was charged its swap at a rollover.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SwapCharged : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.SwapCharged;

    /// <summary>The holding.</summary>
    public long OrderId;

    /// <summary>Dense id of the account.</summary>
    public int Account;
    private readonly int _padding;

    /// <summary>What this rollover added; negative: the client pays.</summary>
    public Money Amount;

    /// <summary>Swap that the holding carries now.</summary>
    public Money Swap;
}
