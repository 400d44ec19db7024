using System.Text;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Telemetry;

/// <summary>Members of enumerations as they stand in messages: <c>InsufficientMargin</c> is <c>INSUFFICIENT_MARGIN</c>.</summary>
internal static class WireText
{
    public static string Of<TKind>(TKind kind) where TKind : unmanaged, Enum => Encoding.ASCII.GetString(WireNames<TKind>.Of(kind));
}
