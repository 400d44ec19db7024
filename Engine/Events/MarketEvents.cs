using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Events;

/// <summary>An instrument exists or has changed.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct InstrumentDefined : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.InstrumentDefined;

    /// <summary>Its definition.</summary>
    public RegisterInstrument Definition;

    /// <summary>Dense id, given in order of registration from 0.</summary>
    public int Id;
    private readonly int _padding;
}

/// <summary>A group exists or has changed.</summary>
public struct GroupDefined : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.GroupDefined;

    /// <summary>Its definition.</summary>
    public RegisterGroup Definition;

    /// <summary>Dense id, given in order of registration from 0.</summary>
    public int Id;
}

/// <summary>A group does something differently for an instrument.</summary>
public struct GroupInstrumentDefined : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.GroupInstrumentDefined;

    /// <summary>What it does.</summary>
    public SetGroupInstrument Definition;
}

/// <summary>A quote that is now the market's.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct QuoteTaken : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.QuoteTaken;

    /// <summary>Dense id of the instrument.</summary>
    public int Symbol;

    /// <summary>Bid in points, without any half-spread.</summary>
    public int BidPoints;

    /// <summary>Ask in points, without any half-spread.</summary>
    public int AskPoints;
    private readonly int _padding;

    /// <summary>Microseconds since the Unix epoch at the source.</summary>
    public long SourceTime;
}

/// <summary>A quote that is used for nothing.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct QuoteRefused : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.QuoteRefused;

    /// <summary>Dense id of the instrument, -1 when unknown.</summary>
    public int Symbol;

    /// <summary>Why.</summary>
    public QuoteRefusal Refusal;
    private readonly byte _padding1;
    private readonly short _padding2;

    /// <summary>Quotes of the instrument refused so far.</summary>
    public long Count;
}

/// <summary>An account's figures at one sequence, in its currency.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Portfolio
{
    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>A conversion rate is missing: some holdings are left out.</summary>
    public bool IsDegraded;
    private readonly byte _padding1;
    private readonly short _padding2;

    /// <summary>Cash.</summary>
    public Money Balance;

    /// <summary>Balance plus open profit.</summary>
    public Money Equity;

    /// <summary>Margin of all holdings.</summary>
    public Money UsedMargin;

    /// <summary>Profit of all holdings, swap and entry commission included.</summary>
    public readonly Money OpenProfit => Equity - Balance;

    /// <summary>Equity minus used margin.</summary>
    public readonly Money FreeMargin => Equity - UsedMargin;
}

/// <summary>Figures of several accounts that changed at a tick; as many as fit into a slot.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PortfolioBatch : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.PortfolioBatch;

    /// <summary>Used places.</summary>
    public int Count;
    private readonly int _padding;

    /// <summary>The figures.</summary>
    public Portfolios Portfolios;
}

/// <summary>Places of a <see cref="PortfolioBatch"/>.</summary>
[InlineArray(Length)]
public struct Portfolios
{
    /// <summary>Accounts per batch.</summary>
    public const int Length = 6;
    private Portfolio _first;
}

/// <summary>A tick's sweep has visited every account that it had to.</summary>
public struct TickCompleted : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.TickCompleted;

    /// <summary>Sequence of the tick that began it.</summary>
    public long TickSequence;

    /// <summary>Accounts recomputed.</summary>
    public int Recomputed;

    /// <summary>Accounts whose figures changed.</summary>
    public int Changed;

    /// <summary>Warnings given.</summary>
    public int Warnings;

    /// <summary>Accounts liquidated, providers included.</summary>
    public int Liquidations;
}

/// <summary>A rollover has charged every holding that it had to.</summary>
public struct RolloverCompleted : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.RolloverCompleted;

    /// <summary>Days since the Unix epoch of the day that ended.</summary>
    public int Day;

    /// <summary>Holdings charged.</summary>
    public int Charged;
}

/// <summary>An account's margin level crossed something (interfaces, message 113).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MarginReport : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.MarginReport;

    /// <summary>Dense id of the account.</summary>
    public int Account;

    /// <summary>Dense id of the provider whose cascade it is, else -1.</summary>
    public int CauseProvider;

    /// <summary>Holdings closed: own ones, of a cascade the copies.</summary>
    public int Closed;

    /// <summary>What happened.</summary>
    public MarginEventKind Kind;
    private readonly byte _padding1;
    private readonly short _padding2;

    /// <summary>Equity at that moment.</summary>
    public Money Equity;

    /// <summary>Used margin at that moment.</summary>
    public Money UsedMargin;
}

/// <summary>The audit of a cascade (interfaces, <c>cascade_liquidation_audit</c>).</summary>
public struct CascadeReport : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.CascadeReport;

    /// <summary>Dense id of the provider's account.</summary>
    public int Provider;

    /// <summary>Followers that held at least one copy.</summary>
    public int TotalFollowers;

    /// <summary>Followers all of whose copies are closed.</summary>
    public int SuccessfulFollowers;

    /// <summary>Followers with a copy that waits for a price or a conversion rate.</summary>
    public int FailedFollowers;

    /// <summary>Copies closed.</summary>
    public int PositionsClosed;

    /// <summary>Provider's own holdings closed.</summary>
    public int ProviderPositionsClosed;

    /// <summary>Sequence of the command in which it began.</summary>
    public long StartSequence;

    /// <summary>Time of that command; the header's time minus this is how long it took.</summary>
    public long StartedAt;

    /// <summary>The provider's equity when it began.</summary>
    public Money TriggerEquity;

    /// <summary>The provider's used margin when it began.</summary>
    public Money TriggerUsedMargin;
}

/// <summary>Something a person should look at. Rings once per episode.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct Alarm : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.Alarm;

    /// <summary>Dense id of the account, -1 when none.</summary>
    public int Account;

    /// <summary>Dense id of the instrument, -1 when none.</summary>
    public int Symbol;

    /// <summary>The order that waits, 0 when none.</summary>
    public long OrderId;

    /// <summary>Why.</summary>
    public AlarmKind Kind;

    /// <summary>Missing pair: from this currency.</summary>
    public CurrencyCode From;

    /// <summary>Missing pair: to this currency.</summary>
    public CurrencyCode To;
    private readonly byte _padding1;
    private readonly short _padding2;
    private readonly int _padding3;
}

/// <summary>Answer to <see cref="Commands.ReportState"/>.</summary>
public struct StateReport : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.StateReport;

    /// <summary>Hash of the whole state at the header's sequence, upper half.</summary>
    public ulong HashHigh;

    /// <summary>Hash of the whole state at the header's sequence, lower half.</summary>
    public ulong HashLow;

    /// <summary>Accounts.</summary>
    public int Accounts;

    /// <summary>Open holdings.</summary>
    public int Holdings;

    /// <summary>Waiting orders.</summary>
    public int PendingOrders;

    /// <summary>Copy links.</summary>
    public int Links;
}

/// <summary>
/// Answer to <see cref="Commands.ReportState"/>, one for each currency after the <see cref="StateReport"/>: the books of
/// semantics, section 8, in 10^-8 of the currency. Their sum is zero.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct BooksState : IEvent
{
    /// <inheritdoc/>
    public static EventType Type => EventType.BooksState;

    /// <summary>The currency.</summary>
    public CurrencyCode Currency;
    private readonly long _padding;

    /// <summary>Sum of all client balances.</summary>
    public Int128 ClientBalances;

    /// <summary>Broker's profit and loss from clients' closes.</summary>
    public Int128 BrokerProfit;

    /// <summary>Commissions.</summary>
    public Int128 Commissions;

    /// <summary>Swaps.</summary>
    public Int128 Swaps;

    /// <summary>Negative balances forgiven; negative: the broker's expense.</summary>
    public Int128 NegativeBalanceExpense;

    /// <summary>Remainders of rounding to minor units.</summary>
    public Int128 Rounding;

    /// <summary>Money from and to outside; deposits make it negative.</summary>
    public Int128 ExternalFlows;
}
