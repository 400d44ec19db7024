using CopyEngine.Host.Json;
using CopyEngine.Instruments;
using CopyEngine.Numerics;

namespace CopyEngine.Host.World;

/// <summary>Reads <c>minLot</c> and <c>maxLot</c>, of an instrument or of a group.</summary>
internal static class LotReader
{
    public static (long Least, long Most) Read(StrictObject fields, long step, long absentLeast, long absentMost)
    {
        long least = OnStep(fields, "minLot", absentLeast, step);
        long most = OnStep(fields, "maxLot", absentMost, step);
        if (most < least)
        {
            fields.Fault(fields.Has("maxLot") ? "maxLot" : "minLot",
                $"the largest order of {Fixed8.ToText(most)} lots is below the smallest of {Fixed8.ToText(least)}");
        }
        return (least, Math.Max(least, most));
    }

    private static long OnStep(StrictObject fields, string name, long absent, long step)
    {
        long lots = fields.Decimal(name, absent, 1, LargestOrder(step));
        if (lots % step != 0)
        {
            fields.Fault(fields.Has(name) ? name : "lotStep", $"{name} {Fixed8.ToText(lots)} is not a multiple of the lot step {Fixed8.ToText(step)}");
            return absent;
        }
        return lots;
    }

    private static long LargestOrder(long step) => (long)Int128.Min((Int128)step * Instrument.MaxOrderSteps, long.MaxValue);
}
