using System.Text;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>How numbers of one instrument are written.</summary>
/// <param name="Symbol">The symbol in ASCII.</param>
/// <param name="Digits">Decimals of a price.</param>
/// <param name="StepUnits">One lot step in 10^-8 lots.</param>
/// <param name="LotDecimals">Decimals that the lot step needs.</param>
internal sealed record InstrumentFormat(byte[] Symbol, int Digits, long StepUnits, int LotDecimals)
{
    /// <summary>Of an order whose instrument is not known, all of whose numbers are zero.</summary>
    public static readonly InstrumentFormat Unknown = new([], 0, 0, 0);

    public static InstrumentFormat Of(InstrumentEntry instrument)
    {
        long step = instrument.Definition.LotStep;
        int decimals = Fixed8.Decimals;
        for (long rest = step; decimals > 0 && rest % 10 == 0; decimals--)
        {
            rest /= 10;
        }
        return new InstrumentFormat(Encoding.ASCII.GetBytes(instrument.Symbol), instrument.Definition.Digits, step, decimals);
    }

    public WireNumber Lots(long steps) => WireNumber.FromFixed8(steps * StepUnits, LotDecimals);

    /// <summary>Lots where zero says that there are none to tell of.</summary>
    public WireNumber LotsIfAny(long steps) => steps == 0 ? WireNumber.NotGiven : Lots(steps);

    public WireNumber Price(int points) => WireNumber.FromLevel(points, Digits);
}

/// <summary>The formats of all instruments by dense id, made when first needed. Used under the gateway's lock.</summary>
internal sealed class InstrumentFormats(EngineDirectory directory)
{
    private InstrumentFormat?[] _formats = new InstrumentFormat?[16];

    public InstrumentFormat Of(int instrument)
    {
        if (instrument < 0)
        {
            return InstrumentFormat.Unknown;
        }
        if (instrument >= _formats.Length)
        {
            Array.Resize(ref _formats, Math.Max(instrument + 1, 2 * _formats.Length));
        }
        return _formats[instrument] ??= InstrumentFormat.Of(directory.Instrument(instrument));
    }
}
