using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyEngine.Events;

/// <summary>Something that happened. Implemented by blittable structs that fit into a slot.</summary>
public interface IEvent
{
    /// <summary>The type number under which the event travels.</summary>
    static abstract EventType Type { get; }
}

/// <summary>Which event a slot carries.</summary>
public enum EventType : ushort
{
    /// <summary>An empty slot.</summary>
    None = 0,

    /// <summary><see cref="Events.InstrumentDefined"/></summary>
    InstrumentDefined = 1,

    /// <summary><see cref="Events.GroupDefined"/></summary>
    GroupDefined = 2,

    /// <summary><see cref="Events.GroupInstrumentDefined"/></summary>
    GroupInstrumentDefined = 3,

    /// <summary><see cref="Events.AccountOpened"/></summary>
    AccountOpened = 4,

    /// <summary><see cref="Events.AccountStatusChanged"/></summary>
    AccountStatusChanged = 5,

    /// <summary><see cref="Events.LedgerPosting"/></summary>
    LedgerPosting = 6,

    /// <summary><see cref="Events.LinkChanged"/></summary>
    LinkChanged = 7,

    /// <summary><see cref="Events.OrderReport"/></summary>
    OrderReport = 10,

    /// <summary><see cref="Events.CopySkipped"/></summary>
    CopySkipped = 11,

    /// <summary><see cref="Events.CopyReport"/></summary>
    CopyReport = 12,

    /// <summary><see cref="Events.SwapCharged"/></summary>
    SwapCharged = 13,

    /// <summary><see cref="Events.QuoteTaken"/></summary>
    QuoteTaken = 20,

    /// <summary><see cref="Events.QuoteRefused"/></summary>
    QuoteRefused = 21,

    /// <summary><see cref="Events.PortfolioBatch"/></summary>
    PortfolioBatch = 22,

    /// <summary><see cref="Events.TickCompleted"/></summary>
    TickCompleted = 23,

    /// <summary><see cref="Events.RolloverCompleted"/></summary>
    RolloverCompleted = 24,

    /// <summary><see cref="Events.MarginReport"/></summary>
    MarginReport = 30,

    /// <summary><see cref="Events.CascadeReport"/></summary>
    CascadeReport = 31,

    /// <summary><see cref="Events.Alarm"/></summary>
    Alarm = 32,

    /// <summary><see cref="Events.RequestDone"/></summary>
    RequestDone = 40,

    /// <summary><see cref="Events.RequestRefused"/></summary>
    RequestRefused = 41,

    /// <summary><see cref="Events.AccountState"/></summary>
    AccountState = 42,

    /// <summary><see cref="Events.OrderState"/></summary>
    OrderState = 43,

    /// <summary><see cref="Events.QueryEnd"/></summary>
    QueryEnd = 44,

    /// <summary><see cref="Events.StateReport"/></summary>
    StateReport = 45,

    /// <summary><see cref="Events.BooksState"/></summary>
    BooksState = 46,
}

/// <summary>What every event carries besides its own fields. (Sequence, Index) identifies it forever.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventHeader
{
    /// <summary>Sequence of the command that caused it.</summary>
    public long Sequence;

    /// <summary>Effective time of that command, microseconds since the Unix epoch.</summary>
    public long Time;

    /// <summary>The sender's own number of the message that caused it, 0 when there is none.</summary>
    public long Correlation;

    /// <summary>Session that sent the command, 0 for internal causes.</summary>
    public int Session;

    /// <summary>API key that sent the command, 0 for internal causes.</summary>
    public int Key;

    /// <summary>Place among the events of its command, from 0.</summary>
    public int Index;

    /// <summary>Which event the slot carries.</summary>
    public EventType Type;

    /// <summary>
    /// Nothing happened now: after a start the engine tells its state in events, as it stands, so that every listener can
    /// build its picture of it. Whoever passes on news passes over these.
    /// </summary>
    public bool IsRecited;
    private readonly byte _padding;
}

/// <summary>The event ring's slot: 256 bytes, four cache lines.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct EventSlot
{
    /// <summary>Bytes that an event may take.</summary>
    public const int PayloadLength = 216;

    /// <summary>Sequence, index, time, type, sender.</summary>
    public EventHeader Header;

    private Payload _payload;

    /// <summary>The event in place; the caller has looked at <see cref="EventHeader.Type"/>.</summary>
    [UnscopedRef]
    public ref TEvent As<TEvent>() where TEvent : unmanaged, IEvent =>
        ref MemoryMarshal.AsRef<TEvent>((Span<byte>)_payload);

    [InlineArray(PayloadLength)]
    private struct Payload
    {
        private byte _first;
    }
}
