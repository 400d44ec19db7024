using System.Buffers.Text;
using CopyEngine.Numerics;
using CopyEngine.Protocol.MessagePack;

namespace CopyEngine.Protocol.Messages;

/// <summary>
/// Reads the fields of one message in order. A nil and a field that is not there any more mean "not given". The first fault is
/// kept with its field, and everything after it reads as "not given", so a message reads its fields without asking each time.
/// </summary>
internal ref partial struct FieldReader
{
    /// <summary>Longest id a client gives an order, a request or itself.</summary>
    public const int MaximumIdentifierLength = ClientOrderId.Length;

    private MessagePackReader _reader;
    private int _remaining;

    public FieldReader(MessagePackReader reader, int count)
    {
        _reader = reader;
        _remaining = count;
    }

    /// <summary>The first fault, if any.</summary>
    public DecodeFailure Failure { get; private set; }

    /// <summary>A text, empty when not given.</summary>
    public ReadOnlySpan<byte> Text(string field)
    {
        if (!TryBegin(field))
            return default;
        Check(_reader.ReadString(out var utf8), field);
        return utf8;
    }

    public ReadOnlySpan<byte> RequiredText(string field)
    {
        var text = Text(field);
        if (text.IsEmpty)
            Fail(DecodeFault.Missing, field);
        return text;
    }

    /// <summary>An id that the client gave: required, short, printable ASCII.</summary>
    public ReadOnlySpan<byte> Identifier(string field)
    {
        var text = RequiredText(field);
        if (AsciiText.IsValid(text, MaximumIdentifierLength))
            return text;
        Fail(DecodeFault.NotAnIdentifier, field);
        return default;
    }

    /// <summary>Short printable ASCII, empty when not given.</summary>
    public ReadOnlySpan<byte> ShortText(string field, int maximumLength)
    {
        var text = Text(field);
        if (text.IsEmpty || AsciiText.IsValid(text, maximumLength))
            return text;
        Fail(DecodeFault.NotShortText, field);
        return default;
    }

    /// <summary>A required bin of a length between the two bounds.</summary>
    public ReadOnlySpan<byte> Binary(string field, int minimumLength, int maximumLength)
    {
        if (!TryBegin(field))
        {
            Fail(DecodeFault.Missing, field);
            return default;
        }
        Check(_reader.ReadBinary(out var bytes), field);
        if (bytes.Length < minimumLength || bytes.Length > maximumLength)
            Fail(DecodeFault.OutOfRange, field);
        return bytes;
    }

    public long Integer(string field, long whenNotGiven = 0)
    {
        if (!TryBegin(field))
            return whenNotGiven;
        Check(_reader.ReadInt64(out var value), field);
        return value;
    }

    public int SmallInteger(string field)
    {
        var value = Integer(field);
        if (value is >= int.MinValue and <= int.MaxValue)
            return (int)value;
        Fail(DecodeFault.OutOfRange, field);
        return 0;
    }

    /// <summary>An order's id, required: an integer, or its digits as a text for senders whose numbers end at 2^53.</summary>
    public long OrderId(string field)
    {
        const long nothing = long.MinValue;
        var value = _reader.NextKind == MessagePackKind.String ? OrderIdText(field) : Integer(field, whenNotGiven: nothing);
        if (value == nothing)
            Fail(DecodeFault.Missing, field);
        return value;
    }

    public bool Boolean(string field, bool whenNotGiven = false)
    {
        if (!TryBegin(field))
            return whenNotGiven;
        Check(_reader.ReadBoolean(out var value), field);
        return value;
    }

    /// <summary>A price, lots or an amount: a text with a plain decimal, an integer or a float64.</summary>
    public WireNumber Number(string field) => Number(field, emptyRemoves: false);

    /// <summary>As <see cref="Number(string)"/>; an empty text asks for removal.</summary>
    public WireNumber NumberOrRemoval(string field) => Number(field, emptyRemoves: true);

    /// <summary>
    /// A member by its wire name. A name that is none reads as number 0, which no enumeration uses: it is a wrong value, which
    /// the core refuses by a code of its own, and no fault of the frame.
    /// </summary>
    public TEnum Member<TEnum>(string field, TEnum whenNotGiven = default) where TEnum : unmanaged, Enum
    {
        if (!TryBegin(field))
            return whenNotGiven;
        Check(_reader.ReadString(out var name), field);
        WireNames<TEnum>.TryParse(name, out var value);
        return value;
    }

    /// <summary>Takes what the sender knows and we do not, down to the end of the frame.</summary>
    public void SkipRest()
    {
        while (_remaining > 0 && !Failure.IsFailure)
        {
            _remaining--;
            Check(_reader.Skip(), "frame");
        }
        if (_reader.Remaining > 0)
            Fail(DecodeFault.TrailingBytes, "frame");
    }

    private WireNumber Number(string field, bool emptyRemoves)
    {
        if (!TryBegin(field))
            return default;
        switch (_reader.NextKind)
        {
            case MessagePackKind.Integer:
                return IntegerNumber(field);
            case MessagePackKind.Float64:
                Check(_reader.ReadFloat64(out var value), field);
                return WireNumber.FromDouble(value);
            default:
                return DecimalNumber(field, emptyRemoves);
        }
    }

    private WireNumber IntegerNumber(string field)
    {
        var status = _reader.ReadInt64(out var value);
        if (status != MessagePackStatus.OutOfRange)
        {
            Check(status, field);
            return WireNumber.FromInteger(value);
        }
        Check(_reader.Skip(), field);
        return WireNumber.Unrepresentable;
    }

    private WireNumber DecimalNumber(string field, bool emptyRemoves)
    {
        if (!Check(_reader.ReadString(out var text), field))
            return default;
        if (text.IsEmpty && emptyRemoves)
            return WireNumber.Remove;
        if (!WireNumber.TryParse(text, out var number))
            Fail(DecodeFault.NotDecimal, field);
        return number;
    }

    private long OrderIdText(string field)
    {
        var text = Text(field);
        if (Utf8Parser.TryParse(text, out long value, out var consumed) && consumed == text.Length)
            return value;
        Fail(DecodeFault.WrongType, field);
        return 0;
    }

    /// <summary>Goes to the next field; false if it is not given or something failed before.</summary>
    private bool TryBegin(string field)
    {
        if (_remaining == 0 || Failure.IsFailure)
            return false;
        _remaining--;
        if (_reader.NextKind == MessagePackKind.None)
            Fail(DecodeFault.Incomplete, field);
        return !_reader.TryReadNil() && !Failure.IsFailure;
    }

    private bool Check(MessagePackStatus status, string field)
    {
        if (status == MessagePackStatus.Ok)
            return true;
        Fail(FaultOf(status), field);
        return false;
    }

    private void Fail(DecodeFault fault, string field)
    {
        if (!Failure.IsFailure)
            Failure = new DecodeFailure(fault, field);
    }

    private static DecodeFault FaultOf(MessagePackStatus status) => status switch
    {
        MessagePackStatus.Incomplete => DecodeFault.Incomplete,
        MessagePackStatus.OutOfRange => DecodeFault.OutOfRange,
        MessagePackStatus.InvalidUtf8 => DecodeFault.InvalidUtf8,
        MessagePackStatus.TooDeep => DecodeFault.TooDeep,
        _ => DecodeFault.WrongType,
    };
}
