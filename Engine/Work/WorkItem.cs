using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;

namespace CopyEngine.Work;

/// <summary>Kinds of long work.</summary>
internal enum WorkKind
{
    /// <summary>A master's fill goes to its followers.</summary>
    FanOut,

    /// <summary>A master's close, whole or in part, goes to its copies.</summary>
    MirrorClose,

    /// <summary>A master's stops go to its copies.</summary>
    MirrorStops,

    /// <summary>A quote fires what it crosses.</summary>
    Triggers,

    /// <summary>A tick visits the accounts.</summary>
    Tick,

    /// <summary>A provider's cascade, waiting for its parts.</summary>
    Cascade,

    /// <summary>A cascade pauses the provider's links.</summary>
    PauseLinks,

    /// <summary>A cascade counts the copies that must wait.</summary>
    CountPending,

    /// <summary>A rollover charges swaps.</summary>
    Rollover,
}

/// <summary>
/// A piece of long work and how far it has come: part of the state, so that replay goes on where it stood. Which
/// fields mean something depends on the kind.
/// </summary>
internal struct WorkItem
{
    /// <summary>Value of <see cref="Cursor"/> before the first step: what is walked may still change until then.</summary>
    public const int NotStarted = -2;

    public WorkKind Kind;

    /// <summary>Place of the provider whose orders or links are worked on, -1: nobody's.</summary>
    public int Provider;

    /// <summary>The item under this one in its chain, -1: none. It waits until this one is done.</summary>
    public int Below;

    /// <summary>The master's order.</summary>
    public int Master;

    /// <summary>Next link, copy, account or order place.</summary>
    public int Cursor;

    /// <summary>Instrument of a quote; day of a rollover.</summary>
    public int Subject;

    /// <summary>The quote at which everything of this cause fills, however many slices it takes.</summary>
    public RawQuote Pinned;

    /// <summary>Fan-out: the master's fill.</summary>
    public long ExecutionId;

    /// <summary>Cause given to what it does.</summary>
    public Cause Cause;

    /// <summary>Fan-out: why nobody can be copied to, if so.</summary>
    public RejectCode ProviderRefusal;
    private readonly short _padding1;
    private readonly int _padding2;

    /// <summary>Fan-out: the provider's equity before its order changed anything.</summary>
    public Money ProviderEquity;

    /// <summary>Fan-out: the master's fill price.</summary>
    public int MasterFillPoints;

    /// <summary>Fan-out: lots of the master's fill. Mirror: lots of the master closed so far.</summary>
    public int MasterSteps;

    /// <summary>How far the triggers of a quote have been looked at.</summary>
    public TriggerCursor Triggers;

    /// <summary>What is told at the end of a fan-out or mirror.</summary>
    public CopyReport Report;

    /// <summary>What is told at the end of a tick.</summary>
    public TickCompleted Tick;
}

/// <summary>What can do a step of long work.</summary>
internal interface IWorker
{
    /// <summary>Goes on with an item for at most about <paramref name="budget"/> units.</summary>
    /// <returns>True when the item is done. An item that has put another on top of itself is not.</returns>
    bool Step(ref WorkItem item, ref int budget);
}
