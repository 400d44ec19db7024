using System.Text;

namespace CopyEngine.Host.Redis.Connection;

/// <summary>One reply of Redis, as it came.</summary>
internal sealed class RespReply
{
    /// <summary>No value.</summary>
    public static readonly RespReply Nothing = new();

    /// <summary>Text of an error reply, else null.</summary>
    public string? Error { get; init; }

    /// <summary>Value of a string reply, else null.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>Value of an integer reply.</summary>
    public long Integer { get; init; }

    /// <summary>Values of an array reply, else null.</summary>
    public RespReply[]? Items { get; init; }

    /// <summary>Value of a string reply as text, empty when there is none.</summary>
    public string Text => Bytes is null ? "" : Encoding.UTF8.GetString(Bytes);
}
