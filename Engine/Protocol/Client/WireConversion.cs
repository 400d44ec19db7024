using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Protocol.Client;

/// <summary>Between the messages on the wire and the values that users of the client see.</summary>
internal static class WireConversion
{
    private const decimal One = Fixed8.One;
    private const int TicksPerMicrosecond = (int)TimeSpan.TicksPerMicrosecond;

    public static byte[] ToUtf8(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);

    public static string ToText(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    public static string? ToOptionalText(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? null : Encoding.UTF8.GetString(utf8);

    public static decimal? ToDecimal(WireNumber number) =>
        number.Kind == WireNumberKind.Exact ? number.ToFixed8(1) / One : null;

    /// <exception cref="ArgumentException">The value has more than eight decimals or is too large to travel.</exception>
    public static WireNumber ToNumber(decimal? value, string name)
    {
        if (value is not { } given)
            return default;
        if (Math.Abs(given) > long.MaxValue / One || given * One != decimal.Truncate(given * One))
            throw new ArgumentException($"{name} {given} has more than eight decimals or is too large", name);
        return WireNumber.FromFixed8((long)(given * One));
    }

    public static WireNumber ToChange(decimal? value, bool remove, string name) =>
        !remove ? ToNumber(value, name)
        : value is null ? WireNumber.Remove
        : throw new ArgumentException($"{name} is both set and removed", name);

    public static long ToMicroseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TicksPerMicrosecond;

    public static DateTimeOffset ToTime(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TicksPerMicrosecond);

    public static ExecutionReport ToReport(in ExecutionReportMessage message) => new()
    {
        ClientOrderId = ToOptionalText(message.ClientOrderId),
        OrderId = message.OrderId,
        Account = ToText(message.Account),
        Symbol = ToText(message.Symbol),
        Side = message.Side,
        Status = message.Status,
        Lots = ToDecimal(message.Lots),
        LastLots = ToDecimal(message.LastLots),
        LastPrice = ToDecimal(message.LastPrice),
        AveragePrice = ToDecimal(message.AveragePrice),
        RemainingLots = ToDecimal(message.RemainingLots),
        StopLoss = ToDecimal(message.StopLoss),
        TakeProfit = ToDecimal(message.TakeProfit),
        RealizedProfit = ToDecimal(message.RealizedProfit),
        Cause = message.Reason.Cause,
        RejectCode = message.Reason.Reject,
        MasterOrderId = message.MasterOrderId,
        ExecutionId = message.ExecutionId,
        OrderType = message.OrderType,
        Price = ToDecimal(message.Price),
        StopPrice = ToDecimal(message.StopPrice),
        Commission = ToDecimal(message.Commission),
        Swap = ToDecimal(message.Swap),
        Time = ToTime(message.Time),
        Position = new EventPosition(message.Sequence, message.Index),
        IsDuplicate = message.Duplicate,
    };

    public static CopyReport ToReport(in CopyReportMessage message) => new()
    {
        MasterOrderId = message.MasterOrderId,
        ClientOrderId = ToOptionalText(message.ClientOrderId),
        Action = message.Action,
        Followers = message.Followers,
        Copied = message.Copied,
        Lots = ToDecimal(message.Lots),
        Skipped = ToCounts(message.Skipped),
        Time = ToTime(message.Time),
        Position = new EventPosition(message.Sequence, message.Index),
    };

    public static MarginEvent ToEvent(in MarginEventMessage message) => new()
    {
        Account = ToText(message.Account),
        Kind = message.Kind,
        MarginLevel = ToDecimal(message.MarginLevel),
        Equity = ToDecimal(message.Equity),
        UsedMargin = ToDecimal(message.UsedMargin),
        Provider = ToOptionalText(message.Cause),
        Closed = message.Closed,
        Time = ToTime(message.Time),
        Position = new EventPosition(message.Sequence, message.Index),
    };

    public static AccountSnapshot ToSnapshot(in AccountStateMessage message) => new()
    {
        Account = ToText(message.Account),
        Currency = ToText(message.Currency),
        Balance = ToDecimal(message.Balance),
        Equity = ToDecimal(message.Equity),
        UsedMargin = ToDecimal(message.UsedMargin),
        FreeMargin = ToDecimal(message.FreeMargin),
        MarginLevel = ToDecimal(message.MarginLevel),
        OpenProfit = ToDecimal(message.OpenProfit),
        Status = message.Status,
        Sequence = message.Sequence,
        Time = ToTime(message.Time),
    };

    public static OrderSnapshot ToSnapshot(in OrderMessage message) => new()
    {
        OrderId = message.OrderId,
        Symbol = ToText(message.Symbol),
        Side = message.Side,
        Lots = ToDecimal(message.Lots),
        OpenPrice = ToDecimal(message.OpenPrice),
        StopLoss = ToDecimal(message.StopLoss),
        TakeProfit = ToDecimal(message.TakeProfit),
        Profit = ToDecimal(message.Profit),
        Margin = ToDecimal(message.Margin),
        MasterOrderId = message.MasterOrderId,
        OpenedAt = ToTime(message.OpenedAt),
        IsPending = message.Status == OpenOrderStatus.Pending,
        OrderType = message.OrderType,
        Price = ToDecimal(message.Price),
        StopPrice = ToDecimal(message.StopPrice),
        Commission = ToDecimal(message.Commission),
        Swap = ToDecimal(message.Swap),
        ExpiresAt = message.ExpiresAt == 0 ? null : ToTime(message.ExpiresAt),
    };

    private static Dictionary<RejectCode, int> ToCounts(SkipCounts skipped)
    {
        var counts = new Dictionary<RejectCode, int>();
        foreach (var place in skipped)
        {
            if (place.Count != 0)
                counts[place.Reason] = counts.GetValueOrDefault(place.Reason) + place.Count;
        }
        return counts;
    }
}
