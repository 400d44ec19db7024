using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CopyEngine.Commands;

/// <summary>Which command a slot carries. The numbers are part of the journal's format and are never used again.</summary>
public enum CommandType : ushort
{
    /// <summary>An empty slot.</summary>
    None = 0,

    /// <summary><see cref="Commands.RegisterInstrument"/></summary>
    RegisterInstrument = 1,

    /// <summary><see cref="Commands.RegisterGroup"/></summary>
    RegisterGroup = 2,

    /// <summary><see cref="Commands.SetGroupInstrument"/></summary>
    SetGroupInstrument = 3,

    /// <summary><see cref="Commands.OpenAccount"/></summary>
    OpenAccount = 4,

    /// <summary><see cref="Commands.MoveFunds"/></summary>
    MoveFunds = 5,

    /// <summary><see cref="Commands.SetAccountStatus"/></summary>
    SetAccountStatus = 6,

    /// <summary><see cref="Commands.Follow"/></summary>
    Follow = 7,

    /// <summary><see cref="Commands.Unfollow"/></summary>
    Unfollow = 8,

    /// <summary><see cref="Commands.SetLinkStatus"/></summary>
    SetLinkStatus = 9,

    /// <summary><see cref="Commands.PlaceOrder"/></summary>
    PlaceOrder = 10,

    /// <summary><see cref="Commands.CancelOrder"/></summary>
    CancelOrder = 11,

    /// <summary><see cref="Commands.ModifyOrder"/></summary>
    ModifyOrder = 12,

    /// <summary><see cref="Commands.CloseOrder"/></summary>
    CloseOrder = 13,

    /// <summary><see cref="Commands.CloseAll"/></summary>
    CloseAll = 14,

    /// <summary><see cref="Commands.SetLimits"/></summary>
    SetLimits = 15,

    /// <summary><see cref="Commands.Quote"/></summary>
    Quote = 20,

    /// <summary><see cref="Commands.Tick"/></summary>
    Tick = 21,

    /// <summary><see cref="Commands.Rollover"/></summary>
    Rollover = 22,

    /// <summary><see cref="Commands.Continue"/></summary>
    Continue = 23,

    /// <summary><see cref="Commands.QueryAccount"/></summary>
    QueryAccount = 30,

    /// <summary><see cref="Commands.ReportState"/></summary>
    ReportState = 31,
}

/// <summary>Something that can be asked of the core. Implemented by blittable structs that fit into a slot.</summary>
public interface ICommand
{
    /// <summary>The type number under which the command travels.</summary>
    static abstract CommandType Type { get; }
}

/// <summary>What every command carries besides its own fields.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CommandHeader
{
    /// <summary>Place in the order of all commands, from 1, given when the slot is claimed.</summary>
    public long Sequence;

    /// <summary>Microseconds since the Unix epoch, UTC, as stamped at the door. The core uses max(previous, stamp).</summary>
    public long Time;

    /// <summary>The sender's own number of this message in its session, for rejects; 0 when there is none.</summary>
    public long Correlation;

    /// <summary>Gateway session that sent it, 0 for internal causes.</summary>
    public int Session;

    /// <summary>Number of the API key that sent it, 0 for internal causes; request ids are unique per key.</summary>
    public int Key;

    /// <summary>Which command the slot carries.</summary>
    public CommandType Type;
    private readonly short _padding1;
    private readonly int _padding2;
}

/// <summary>
/// The ring's slot: 256 bytes, four cache lines. Every command fits, texts included, so no slot needs bytes elsewhere.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct CommandSlot
{
    /// <summary>Bytes that a command may take.</summary>
    public const int PayloadLength = 216;

    /// <summary>Sequence, time, type, sender.</summary>
    public CommandHeader Header;

    private PayloadBytes _payload;

    /// <summary>The command's bytes; unused ones are zero.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Payload => _payload;

    /// <summary>Fills the slot with a command; the header's other fields are the caller's.</summary>
    public void Set<TCommand>(in TCommand command) where TCommand : unmanaged, ICommand
    {
        Header.Type = TCommand.Type;
        _payload = default;
        As<TCommand>() = command;
    }

    /// <summary>Fills the slot with what a journal kept of it.</summary>
    internal void Set(in CommandHeader header, ReadOnlySpan<byte> payload)
    {
        Header = header;
        _payload = default;
        payload.CopyTo(_payload);
    }

    /// <summary>The command in place; the caller has looked at <see cref="CommandHeader.Type"/>.</summary>
    [UnscopedRef]
    public ref TCommand As<TCommand>() where TCommand : unmanaged, ICommand =>
        ref MemoryMarshal.AsRef<TCommand>((Span<byte>)_payload);

    /// <summary>The command in place, for those who must leave it as it is: every reader of the ring.</summary>
    [UnscopedRef]
    public readonly ref readonly TCommand Read<TCommand>() where TCommand : unmanaged, ICommand =>
        ref MemoryMarshal.AsRef<TCommand>((ReadOnlySpan<byte>)_payload);

    [InlineArray(PayloadLength)]
    private struct PayloadBytes
    {
        private byte _first;
    }
}
