using System.Globalization;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Telemetry;
using CopyEngine.Numerics;

namespace CopyEngine.Host.Dashboard;

/// <summary>Remarkable events in words.</summary>
internal sealed class EventText(EngineDirectory directory)
{
    public static string Time(long time) =>
        DateTimeOffset.UnixEpoch.AddMicroseconds(time).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    public string Alert(Alert alert)
    {
        EventSlot slot = alert.Event;
        return Alert(ref slot) + (alert.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {alert.Count - 1} more") : "");
    }

    private string Alert(ref EventSlot slot) => slot.Header.Type switch
    {
        EventType.MarginReport => Margin(in slot.As<MarginReport>()),
        EventType.CascadeReport => Cascade(in slot.As<CascadeReport>(), slot.Header.Time),
        EventType.Alarm => AlarmText(in slot.As<Alarm>()),
        _ => slot.Header.Type.ToString(),
    };

    public string Order(in OrderReport order)
    {
        string symbol = order.Symbol >= 0 ? directory.Instrument(order.Symbol).Symbol : "?";
        string lots = Lots(in order, order.LastLotsSteps > 0 ? order.LastLotsSteps : order.LotsSteps);
        string price = Price(in order);
        string reason = order.Reject != RejectCode.None ? WireText.Of(order.Reject) : WireText.Of(order.Cause);
        string profit = order.Status is OrderStatus.Closed or OrderStatus.PartiallyClosed
            ? $" profit {order.RealizedProfit} {directory.Account(order.Account).Currency}"
            : "";
        return $"{Account(order.Account)} {WireText.Of(order.Status)} {WireText.Of(order.Side)} {lots} {symbol}{price} ({reason}){profit}";
    }

    public string Copy(in CopyReport copy)
    {
        InstrumentEntry instrument = directory.Instrument(copy.Symbol);
        var skips = new List<string>();
        for (int i = 0; i < SkipCounts.Length && copy.Skipped[i].Reason != RejectCode.None; i++)
        {
            skips.Add($"{WireText.Of(copy.Skipped[i].Reason)} {copy.Skipped[i].Count}");
        }
        string lots = Fixed8.ToText(copy.LotsSteps * instrument.Definition.LotStep);
        string skipped = skips.Count > 0 ? $", skipped {string.Join(", ", skips)}" : "";
        return $"{copy.Copied} of {copy.Followers} copies, {lots} lots{skipped}";
    }

    /// <summary>A price of points with the instrument's decimals.</summary>
    public string Points(int symbol, int points) =>
        symbol < 0 ? "?" : Fixed8.UnitsToText(points, directory.Instrument(symbol).Definition.Digits);

    private string Margin(in MarginReport report)
    {
        string level = report.UsedMargin.Units > 0
            ? $" at {((decimal)report.Equity.Units / report.UsedMargin.Units * 100).ToString("0.00", CultureInfo.InvariantCulture)} %"
            : "";
        string closed = report.Closed > 0 ? $", {report.Closed} closed" : "";
        return $"{WireText.Of(report.Kind)} {Account(report.Account)}{level}, equity {MoneyText.Of(report.Equity.RoundToMinorUnit(2).Units)}{closed}";
    }

    private string Cascade(in CascadeReport report, long time)
    {
        string duration = ((time - report.StartedAt) / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);
        return $"CASCADE {Account(report.Provider)}: {report.ProviderPositionsClosed} own and {report.PositionsClosed} copies of "
            + $"{report.TotalFollowers} followers closed in {duration} ms, {report.FailedFollowers} pending";
    }

    private string AlarmText(in Alarm alarm)
    {
        string account = alarm.Account >= 0 ? $" {Account(alarm.Account)}" : "";
        string symbol = alarm.Symbol >= 0 ? $" {directory.Instrument(alarm.Symbol).Symbol}" : "";
        string pair = alarm.Kind == AlarmKind.ConversionMissing ? $" {alarm.From} to {alarm.To}" : "";
        return $"ALARM {WireText.Of(alarm.Kind)}{account}{symbol}{pair}";
    }

    private string Account(int account) => account < 0 ? "?" : directory.Account(account).Name.ToString();

    private string Lots(in OrderReport order, int steps) =>
        order.Symbol < 0 ? "?" : Fixed8.ToText(steps * directory.Instrument(order.Symbol).Definition.LotStep);

    private string Price(in OrderReport order)
    {
        int points = order.LastPricePoints != 0 ? order.LastPricePoints : order.PricePoints != 0 ? order.PricePoints : order.StopPricePoints;
        return points != 0 ? $" at {Points(order.Symbol, points)}" : "";
    }
}
