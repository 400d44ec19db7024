namespace CopyEngine.Protocol.MessagePack;

/// <summary>The first byte of a MessagePack value, by its name in the public format specification.</summary>
internal static class MessagePackCode
{
    public const byte PositiveFixIntMax = 0x7f;
    public const byte FixMap = 0x80;
    public const byte FixArray = 0x90;
    public const byte FixStr = 0xa0;
    public const byte Nil = 0xc0;
    public const byte NeverUsed = 0xc1;
    public const byte False = 0xc2;
    public const byte True = 0xc3;
    public const byte Bin8 = 0xc4;
    public const byte Bin16 = 0xc5;
    public const byte Bin32 = 0xc6;
    public const byte Ext8 = 0xc7;
    public const byte Ext16 = 0xc8;
    public const byte Ext32 = 0xc9;
    public const byte Float32 = 0xca;
    public const byte Float64 = 0xcb;
    public const byte UInt8 = 0xcc;
    public const byte UInt16 = 0xcd;
    public const byte UInt32 = 0xce;
    public const byte UInt64 = 0xcf;
    public const byte Int8 = 0xd0;
    public const byte Int16 = 0xd1;
    public const byte Int32 = 0xd2;
    public const byte Int64 = 0xd3;
    public const byte FixExt1 = 0xd4;
    public const byte FixExt16 = 0xd8;
    public const byte Str8 = 0xd9;
    public const byte Str16 = 0xda;
    public const byte Str32 = 0xdb;
    public const byte Array16 = 0xdc;
    public const byte Array32 = 0xdd;
    public const byte Map16 = 0xde;
    public const byte Map32 = 0xdf;
    public const byte NegativeFixInt = 0xe0;

    public static MessagePackKind KindOf(byte code) => code switch
    {
        <= PositiveFixIntMax or >= NegativeFixInt => MessagePackKind.Integer,
        < FixArray => MessagePackKind.Map,
        < FixStr => MessagePackKind.Array,
        < Nil => MessagePackKind.String,
        Nil => MessagePackKind.Nil,
        NeverUsed => MessagePackKind.Invalid,
        False or True => MessagePackKind.Boolean,
        <= Bin32 => MessagePackKind.Binary,
        <= Ext32 => MessagePackKind.Extension,
        Float32 => MessagePackKind.Float32,
        Float64 => MessagePackKind.Float64,
        <= Int64 => MessagePackKind.Integer,
        <= FixExt16 => MessagePackKind.Extension,
        <= Str32 => MessagePackKind.String,
        <= Array32 => MessagePackKind.Array,
        _ => MessagePackKind.Map,
    };
}

/// <summary>What a MessagePack value is, without its width.</summary>
internal enum MessagePackKind : byte
{
    /// <summary>No byte is left.</summary>
    None,
    Nil,
    Boolean,
    Integer,
    Float32,
    Float64,
    String,
    Binary,
    Array,
    Map,
    Extension,
    /// <summary>0xc1, which the format never uses.</summary>
    Invalid,
}

/// <summary>How reading a MessagePack value went. Anything but <see cref="Ok"/> leaves the reader where it was.</summary>
internal enum MessagePackStatus : byte
{
    Ok,
    /// <summary>The value, or the elements its header announces, would need more bytes than there are.</summary>
    Incomplete,
    WrongType,
    /// <summary>An integer outside of the range asked for.</summary>
    OutOfRange,
    InvalidUtf8,
    TooDeep,
}
