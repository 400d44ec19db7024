using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol.MessagePack;

namespace CopyEngine.Protocol.Messages;

/// <summary>Writes the fields of one message in order; what is empty or not given becomes nil.</summary>
internal ref struct FieldWriter(MessagePackWriter writer)
{
    private MessagePackWriter _writer = writer;

    public readonly int Written => _writer.Written;

    /// <summary>The message did not fit.</summary>
    public readonly bool Overflowed => _writer.Overflowed;

    public void Text(scoped ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            _writer.WriteNil();
        else
            _writer.WriteString(utf8);
    }

    public void Text(string text)
    {
        Span<byte> utf8 = stackalloc byte[256];
        if (text.Length > utf8.Length / 3)
            Text(Encoding.UTF8.GetBytes(text));
        else
            Text(utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    public void Binary(scoped ReadOnlySpan<byte> bytes) => _writer.WriteBinary(bytes);

    public void Integer(long value) => _writer.WriteInt64(value);

    /// <summary>An id, where 0 says that there is none.</summary>
    public void Id(long id)
    {
        if (id == 0)
            _writer.WriteNil();
        else
            _writer.WriteInt64(id);
    }

    /// <summary>A time, where 0 says that there is none.</summary>
    public void Time(long microseconds) => Id(microseconds);

    public void Boolean(bool value) => _writer.WriteBoolean(value);

    public void Number(WireNumber number)
    {
        Span<byte> text = stackalloc byte[Fixed8.MaxLength + 2];
        if (number.TryFormat(text, out var length))
            _writer.WriteString(text[..length]);
        else if (number.Kind == WireNumberKind.Float)
            _writer.WriteFloat64(number.AsDouble());
        else if (number.Kind == WireNumberKind.Remove)
            _writer.WriteString(default);
        else
            _writer.WriteNil();
    }

    public void Member<TEnum>(TEnum value) where TEnum : unmanaged, Enum => Text(WireNames<TEnum>.Of(value));

    public void Position(EventPosition? position)
    {
        if (position is not { } given)
        {
            _writer.WriteNil();
            return;
        }
        _writer.WriteArrayHeader(2);
        _writer.WriteInt64(given.Sequence);
        _writer.WriteInt64(given.Index);
    }

    public void Texts(string[] texts)
    {
        _writer.WriteArrayHeader(texts.Length);
        foreach (var text in texts)
            Text(text);
    }

    public void Skipped(in SkipCounts skipped)
    {
        ReadOnlySpan<SkipCount> places = skipped;
        var used = 0;
        while (used < places.Length && places[used].Reason != RejectCode.None)
            used++;
        _writer.WriteMapHeader(used);
        foreach (var place in places[..used])
        {
            Member(place.Reason);
            _writer.WriteInt64(place.Count);
        }
    }

    public void Settings(in LinkSettings settings)
    {
        _writer.WriteMapHeader(9);
        Key(LinkSetting.Mode);
        Member(settings.Mode);
        Key(LinkSetting.Ratio);
        Number(settings.Ratio);
        Key(LinkSetting.Lots);
        Number(settings.Lots);
        Key(LinkSetting.Amount);
        Number(settings.Amount);
        Key(LinkSetting.MinLotPolicy);
        Member(settings.MinLotPolicy);
        Key(LinkSetting.MaxLots);
        Number(settings.MaxLots);
        Key(LinkSetting.MaxSlippage);
        Number(settings.MaxSlippage);
        Key(LinkSetting.Reverse);
        Boolean(settings.Reverse);
        Key(LinkSetting.CopyStops);
        Boolean(settings.CopyStops);
    }

    private void Key(LinkSetting setting) => Text(LinkSettings.NameOf(setting));
}
