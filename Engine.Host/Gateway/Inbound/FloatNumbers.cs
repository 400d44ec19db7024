using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Inbound;

/// <summary>
/// What a float64 means where the message does not say which instrument it is about (changes and closes name an order
/// only): the plain decimal with the fewest decimals that it denotes. The core then checks it against the order's grid.
/// </summary>
internal static class FloatNumbers
{
    public static long ToFixed8(WireNumber number)
    {
        if (number.Kind != WireNumberKind.Float)
        {
            return number.ToFixed8(step: 1);
        }
        for (long step = Fixed8.One; step > 0; step /= 10)
        {
            long value = number.ToFixed8(step);
            // What is off the step comes back as no multiple of it.
            if (value != Fixed8.Unrepresentable && value % step == 0)
            {
                return value;
            }
        }
        return Fixed8.Unrepresentable;
    }
}
