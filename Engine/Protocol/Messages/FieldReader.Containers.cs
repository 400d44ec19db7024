using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Protocol.MessagePack;

namespace CopyEngine.Protocol.Messages;

internal ref partial struct FieldReader
{
    /// <summary><c>[sequence, index]</c>, or nothing.</summary>
    public EventPosition? Position(string field)
    {
        if (!TryBegin(field) || !Check(_reader.ReadArrayHeader(out var count), field))
            return null;
        if (count != 2)
            Fail(DecodeFault.OutOfRange, field);
        _remaining += 2;
        return new EventPosition(Integer(field), SmallInteger(field));
    }

    public string[] Texts(string field)
    {
        if (!TryBegin(field) || !Check(_reader.ReadArrayHeader(out var count), field))
            return [];
        var texts = new string[count];
        _remaining += count;
        for (var i = 0; i < count; i++)
            texts[i] = Encoding.UTF8.GetString(Text(field));
        return texts;
    }

    /// <summary>A map from reject code to count. Codes not known here keep their count under <see cref="RejectCode.None"/>.</summary>
    public SkipCounts Skipped(string field)
    {
        SkipCounts skipped = default;
        if (!TryBegin(field) || !Check(_reader.ReadMapHeader(out var count), field))
            return skipped;
        if (count > SkipCounts.Length)
            Fail(DecodeFault.OutOfRange, field);
        for (var i = 0; i < count && TryReadKey(field, out var reason); i++)
        {
            WireNames<RejectCode>.TryParse(reason, out var code);
            skipped[i] = new SkipCount(code, SmallInteger(field));
        }
        return skipped;
    }

    /// <summary>
    /// The settings of a copy link. A key that is not known is a fault: ignoring a limit that somebody set would cost money.
    /// </summary>
    public LinkSettings Settings(string field)
    {
        var settings = new LinkSettings();
        if (!TryBegin(field) || !Check(_reader.ReadMapHeader(out var count), field))
            return settings;
        var seen = 0;
        for (var i = 0; i < count && TryReadKey(field, out var key); i++)
        {
            var known = LinkSettings.KeyOf(key);
            if (known == LinkSetting.Unknown)
                Fail(DecodeFault.UnknownKey, $"{field}.{Encoding.UTF8.GetString(key[..Math.Min(key.Length, MaximumIdentifierLength)])}");
            else if ((seen & (1 << (int)known)) != 0)
                Fail(DecodeFault.DuplicateKey, LinkSettings.FieldOf(known));
            else
                ReadSetting(known, ref settings);
            seen |= 1 << (int)known;
        }
        return settings;
    }

    private void ReadSetting(LinkSetting setting, ref LinkSettings settings)
    {
        var field = LinkSettings.FieldOf(setting);
        switch (setting)
        {
            case LinkSetting.Mode: settings.Mode = Member(field, CopyMode.Proportional); break;
            case LinkSetting.Ratio: settings.Ratio = Number(field); break;
            case LinkSetting.Lots: settings.Lots = Number(field); break;
            case LinkSetting.Amount: settings.Amount = Number(field); break;
            case LinkSetting.MinLotPolicy: settings.MinLotPolicy = Member(field, MinLotPolicy.Skip); break;
            case LinkSetting.MaxLots: settings.MaxLots = Number(field); break;
            case LinkSetting.MaxSlippage: settings.MaxSlippage = Number(field); break;
            case LinkSetting.Reverse: settings.Reverse = Boolean(field); break;
            default: settings.CopyStops = Boolean(field, whenNotGiven: true); break;
        }
    }

    /// <summary>Reads the key of a pair and makes its value the next field.</summary>
    private bool TryReadKey(string field, out ReadOnlySpan<byte> key)
    {
        key = default;
        if (Failure.IsFailure || !Check(_reader.ReadString(out key), field))
            return false;
        _remaining++;
        return true;
    }
}
