using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Protocol.Messages;

/// <summary>The keys of a Follow's settings.</summary>
internal enum LinkSetting
{
    Unknown,
    Mode,
    Ratio,
    Lots,
    Amount,
    MinLotPolicy,
    MaxLots,
    MaxSlippage,
    Reverse,
    CopyStops,
}

/// <summary>How a follower wants to copy, as message 42 carries it in a map; what is left out has the default of the core.</summary>
internal record struct LinkSettings()
{
    private static readonly string[] Keys =
        ["", "mode", "ratio", "lots", "amount", "minLotPolicy", "maxLots", "maxSlippage", "reverse", "copyStops"];

    private static readonly string[] Fields = Array.ConvertAll(Keys, key => $"settings.{key}");

    public CopyMode Mode { get; set; } = CopyMode.Proportional;
    public WireNumber Ratio { get; set; }
    public WireNumber Lots { get; set; }
    public WireNumber Amount { get; set; }
    public MinLotPolicy MinLotPolicy { get; set; } = MinLotPolicy.Skip;
    public WireNumber MaxLots { get; set; }
    public WireNumber MaxSlippage { get; set; }
    public bool Reverse { get; set; }
    public bool CopyStops { get; set; } = true;

    public static string NameOf(LinkSetting setting) => Keys[(int)setting];

    public static string FieldOf(LinkSetting setting) => Fields[(int)setting];

    public static LinkSetting KeyOf(ReadOnlySpan<byte> key)
    {
        for (var i = 1; i < Keys.Length; i++)
        {
            if (System.Text.Ascii.Equals(key, Keys[i]))
                return (LinkSetting)i;
        }
        return LinkSetting.Unknown;
    }

    /// <summary>
    /// The settings as the core takes them. Ratio, lots and amounts that came as a float64 are snapped to the given steps.
    /// </summary>
    public readonly CopySettings ToCommand(long lotStep, long priceStep)
    {
        var settings = CopySettings.Default;
        settings.Mode = Mode;
        settings.MinLotPolicy = MinLotPolicy;
        settings.Reverse = Reverse;
        settings.CopyStops = CopyStops;
        settings.Ratio = Ratio.IsGiven ? Ratio.ToFixed8(RatioStep) : settings.Ratio;
        settings.Lots = Lots.ToFixed8(lotStep);
        settings.Amount = Amount.ToFixed8(AmountStep);
        settings.MaxLots = MaxLots.ToFixed8(lotStep);
        settings.MaxSlippage = MaxSlippage.ToFixed8(priceStep);
        return settings;
    }

    /// <summary>A ratio written as a float64 has at most four decimals; finer ones are written as text.</summary>
    private const long RatioStep = Fixed8.One / 10_000;

    private const long AmountStep = Fixed8.One / 100;
}
