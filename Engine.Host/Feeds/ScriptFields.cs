using System.Text;
using System.Text.Json;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Json;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Feeds;

/// <summary>Fields of a scripted command in the engine's own types.</summary>
internal sealed class ScriptFields(StrictObject fields, FaultList faults)
{
    private const long LastTime = 253_402_300_799_999_999;
    private static readonly string[] SettingsFields =
        ["mode", "ratio", "lots", "amount", "minLotPolicy", "maxLots", "maxSlippage", "reverse", "copyStops"];

    public string Required(string name, string meaning) =>
        fields.Require(name, meaning) ? fields.Text(name) ?? "" : "";

    public TValue Word<TValue>(string name, bool isRequired, params ReadOnlySpan<(string Word, TValue Value)> words)
    {
        if (isRequired)
        {
            fields.Require(name, "one of a list of words");
        }
        return fields.Word(name, words[0].Value, words);
    }

    /// <summary>Microseconds since the Unix epoch.</summary>
    public long Time(string name, bool isRequired = false)
    {
        if (isRequired && !fields.Require(name, "microseconds since 1970-01-01 UTC"))
        {
            return 0;
        }
        return fields.Integer(name, 0, 1, LastTime);
    }

    public ClientOrderId Id(string name, bool isRequired = false)
    {
        if (isRequired)
        {
            fields.Require(name, "an id of 1 to 36 printable ASCII characters");
        }
        return fields.Text(name) is { } text && IsAscii(name, text, ClientOrderId.Length) ? ClientOrderId.From(text) : default;
    }

    public Comment Comment(string name) =>
        fields.Text(name) is { } text && IsAscii(name, text, Numerics.Comment.Length) ? Numerics.Comment.From(text) : default;

    public AccountName Account(string name)
    {
        if (!fields.Require(name, "an account such as strategy_provider:1") || fields.Text(name) is not { } text)
        {
            return default;
        }
        if (!AccountName.TryParse(text, out AccountName account))
        {
            fields.Fault(name, $"'{text}' is not an account: write live, demo, strategy_provider or copy_follower, a colon and a positive number");
        }
        return account;
    }

    /// <summary>A decimal in 10^-8; not given: <see cref="Field.NotGiven"/>.</summary>
    public long Number(string name, bool isRequired = false)
    {
        if (isRequired)
        {
            fields.Require(name, "a number");
        }
        return fields.Decimal(name, Field.NotGiven, -long.MaxValue + 2, long.MaxValue);
    }

    /// <summary>As <see cref="Number"/>; an empty text removes the level.</summary>
    public long Level(string name) => fields.IsText(name, "") ? Field.Remove : Number(name);

    public CopySettings CopySettings(string name)
    {
        CopySettings settings = Commands.CopySettings.Default;
        if (fields.Object(name, faults, SettingsFields) is not { } given)
        {
            return settings;
        }
        var values = new ScriptFields(given, faults);
        settings.Mode = given.Word("mode", settings.Mode, ("proportional", CopyMode.Proportional), ("fixed_lots", CopyMode.FixedLots),
            ("fixed_amount", CopyMode.FixedAmount), ("multiplier", CopyMode.Multiplier));
        settings.MinLotPolicy = given.Word("minLotPolicy", settings.MinLotPolicy, ("skip", MinLotPolicy.Skip), ("raise", MinLotPolicy.Raise));
        settings.Ratio = given.Has("ratio") ? values.Number("ratio") : settings.Ratio;
        settings.Lots = values.Number("lots");
        settings.Amount = values.Number("amount");
        settings.MaxLots = values.Number("maxLots");
        settings.MaxSlippage = values.Number("maxSlippage");
        settings.Reverse = given.Flag("reverse", false);
        settings.CopyStops = given.Flag("copyStops", true);
        return settings;
    }

    private bool IsAscii(string name, string text, int length)
    {
        bool isValid = AsciiText.IsValid(Encoding.UTF8.GetBytes(text), length);
        if (!isValid)
        {
            fields.Fault(name, $"'{text}' is not 1 to {length} printable ASCII characters");
        }
        return isValid;
    }
}
