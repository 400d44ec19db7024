using CopyEngine.Commands;

namespace CopyEngine.Protocol.Messages;

/// <summary>What is wrong with a frame.</summary>
internal enum DecodeFault : byte
{
    None,
    /// <summary>Well-formed, but of a type that is not known or not the receiver's.</summary>
    UnknownMessage,
    /// <summary>The frame does not begin with an array of at least a type and a positive sequence number.</summary>
    NotAMessage,
    /// <summary>Bytes follow the array.</summary>
    TrailingBytes,
    /// <summary>A value or the number of elements goes beyond the end of the frame.</summary>
    Incomplete,
    Missing,
    WrongType,
    OutOfRange,
    InvalidUtf8,
    TooDeep,
    /// <summary>A text where a plain decimal is wanted is none.</summary>
    NotDecimal,
    /// <summary>An id is empty, too long or not printable ASCII.</summary>
    NotAnIdentifier,
    /// <summary>A free text is too long or not printable ASCII.</summary>
    NotShortText,
    DuplicateKey,
    UnknownKey,
}

/// <summary>The first fault of a frame and the field in which it is; <c>default</c> is no fault.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Field">Field name as in the protocol's tables, or "frame".</param>
internal readonly record struct DecodeFailure(DecodeFault Fault, string Field)
{
    public bool IsFailure => Fault != DecodeFault.None;

    /// <summary>The code to reject the frame with.</summary>
    public RejectCode Code => Fault switch
    {
        DecodeFault.None => RejectCode.None,
        DecodeFault.UnknownMessage => RejectCode.UnknownMessage,
        _ => RejectCode.Malformed,
    };

    /// <summary>One sentence for the sender: which field, and what it should have been.</summary>
    public override string ToString() => $"{Field}: {Reason}";

    private string Reason => Fault switch
    {
        DecodeFault.None => "in order",
        DecodeFault.UnknownMessage => "this message type is not known here",
        DecodeFault.NotAMessage => "must be an array [type, seq, field…] with a positive seq",
        DecodeFault.TrailingBytes => "bytes follow the array",
        DecodeFault.Incomplete => "goes beyond the end of the frame",
        DecodeFault.Missing => "is required",
        DecodeFault.WrongType => "has the wrong MessagePack type",
        DecodeFault.OutOfRange => "is outside its range",
        DecodeFault.InvalidUtf8 => "is not valid UTF-8",
        DecodeFault.TooDeep => "is nested too deep",
        DecodeFault.NotDecimal => "is not a plain decimal such as 1.08345",
        DecodeFault.NotAnIdentifier => $"must be 1 to {FieldReader.MaximumIdentifierLength} printable ASCII characters",
        DecodeFault.NotShortText => "must be short printable ASCII",
        DecodeFault.DuplicateKey => "is given twice",
        _ => "is not a known setting",
    };
}
