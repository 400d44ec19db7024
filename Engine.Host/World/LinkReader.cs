using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Host.Json;
using CopyEngine.Numerics;

namespace CopyEngine.Host.World;

/// <summary>Reads one element of <c>links</c>.</summary>
internal static class LinkReader
{
    private const long MaxAmount = 1_000_000_000 * Fixed8.One;

    public static LinksDefinition? Read(JsonElement element, string path, FaultList faults)
    {
        var fields = new StrictObject(element, path, faults, WorldFields.Link);
        AccountRange? provider = ReadProvider(fields);
        AccountRange? followers = RangeReader.Read(fields, "follower", "followers");
        if (followers is { UserType: not UserType.CopyFollower } stranger)
        {
            fields.Fault(fields.Has("followers") ? "followers" : "follower", $"'{stranger}' cannot follow: only a copy_follower can");
            followers = null;
        }
        CopySettings settings = ReadSettings(fields);
        return provider is { } followed && followers is { } following ? new LinksDefinition(followed, following, settings) : null;
    }

    private static AccountRange? ReadProvider(StrictObject fields)
    {
        if (!fields.Require("provider", "the strategy_provider that is followed") || fields.Text("provider") is not { } text)
        {
            return null;
        }
        if (!AccountRange.TryParse(text, out AccountRange provider, out string reason))
        {
            fields.Fault("provider", reason);
            return null;
        }
        if (provider is { UserType: UserType.StrategyProvider, IsSingle: true })
        {
            return provider;
        }
        fields.Fault("provider", provider.IsSingle ? $"'{text}' cannot be followed: only a strategy_provider can" : "must be one account, not a range");
        return null;
    }

    private static CopySettings ReadSettings(StrictObject fields)
    {
        CopySettings settings = CopySettings.Default;
        settings.Mode = fields.Word("mode", CopyMode.Proportional, ("proportional", CopyMode.Proportional),
            ("fixed_lots", CopyMode.FixedLots), ("fixed_amount", CopyMode.FixedAmount), ("multiplier", CopyMode.Multiplier));
        settings.MinLotPolicy = fields.Word("minLotPolicy", MinLotPolicy.Skip, ("skip", MinLotPolicy.Skip), ("raise", MinLotPolicy.Raise));
        settings.Ratio = fields.Decimal("ratio", settings.Ratio, 1, 1_000 * Fixed8.One);
        settings.Lots = fields.Decimal("lots", Field.NotGiven, 1, MaxAmount);
        settings.Amount = fields.Decimal("amount", Field.NotGiven, 1, MaxAmount);
        settings.MaxLots = fields.Decimal("maxLots", Field.NotGiven, 1, MaxAmount);
        settings.MaxSlippage = fields.Decimal("maxSlippage", Field.NotGiven, 0, MaxAmount);
        settings.Reverse = fields.Flag("reverse", false);
        settings.CopyStops = fields.Flag("copyStops", true);
        CheckModeFields(fields, settings.Mode);
        return settings;
    }

    /// <summary>A size that the mode does not use is a misunderstanding, and so is a missing one.</summary>
    private static void CheckModeFields(StrictObject fields, CopyMode mode)
    {
        Check(fields, "lots", mode == CopyMode.FixedLots, "fixed_lots");
        Check(fields, "amount", mode == CopyMode.FixedAmount, "fixed_amount");
        if (fields.Has("ratio") && mode is CopyMode.FixedLots or CopyMode.FixedAmount)
        {
            fields.Fault("ratio", "has no effect with this mode: leave it out");
        }
    }

    private static void Check(StrictObject fields, string name, bool isUsed, string mode)
    {
        if (isUsed)
        {
            fields.Require(name, $"mode {mode} needs it");
        }
        else if (fields.Has(name))
        {
            fields.Fault(name, $"has an effect only with mode {mode}: leave it out");
        }
    }
}
