using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol.Messages;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>
/// Turns events into messages: dense ids into names, points and steps into decimals. Used under the gateway's lock; the
/// frame is valid until the next call.
/// </summary>
internal sealed class ReportEncoder(EngineDirectory directory)
{
    private const int UsualDecimals = 2;

    private readonly InstrumentFormats _formats = new(directory);
    private readonly EncodedFrame _frame = new();

    /// <summary>An event that clients are told of: an order report, a copy report or a margin report.</summary>
    public EncodedFrame Encode(ref EventSlot slot)
    {
        switch (slot.Header.Type)
        {
            case EventType.OrderReport:
                Encode(in slot.Header, in slot.As<OrderReport>());
                break;
            case EventType.CopyReport:
                Encode(in slot.Header, in slot.As<CopyReport>());
                break;
            case EventType.MarginReport:
                Encode(in slot.Header, in slot.As<MarginReport>());
                break;
            default:
                throw new ArgumentException($"no client is told of a {slot.Header.Type}", nameof(slot));
        }
        return _frame;
    }

    /// <summary>The answer to a query begins.</summary>
    public EncodedFrame Encode(in EventHeader header, in AccountState state)
    {
        AccountEntry account = directory.Account(state.Account);
        Portfolio figures = state.Portfolio;
        int decimals = account.MinorDecimals;
        Span<byte> name = stackalloc byte[AccountText.MaximumLength];
        Span<byte> currency = stackalloc byte[CurrencyCode.Length];
        int currencyLength = System.Text.Encoding.ASCII.GetBytes(account.Currency, currency);
        _frame.Set(new AccountStateMessage
        {
            Account = AccountText.Of(directory, state.Account, name),
            Currency = currency[..currencyLength],
            Balance = MoneyFormat.Amount(figures.Balance, decimals),
            Equity = MoneyFormat.Amount(figures.Equity, decimals),
            UsedMargin = MoneyFormat.Amount(figures.UsedMargin, decimals),
            FreeMargin = MoneyFormat.Amount(figures.FreeMargin, decimals),
            MarginLevel = MoneyFormat.MarginLevel(figures.Equity, figures.UsedMargin),
            OpenProfit = MoneyFormat.Amount(figures.OpenProfit, decimals),
            OpenOrders = state.Orders,
            Status = state.Status,
            Sequence = header.Sequence,
            Time = header.Time,
        });
        return _frame;
    }

    /// <summary>One order of the account that was asked for.</summary>
    /// <param name="order">The order.</param>
    /// <param name="profit">Its open profit, if it is known.</param>
    public EncodedFrame Encode(in OrderReport order, WireNumber profit)
    {
        InstrumentFormat format = _formats.Of(order.Symbol);
        int decimals = directory.Account(order.Account).MinorDecimals;
        bool isOpen = order.Status != OrderStatus.New;
        Span<byte> name = stackalloc byte[AccountText.MaximumLength];
        _frame.Set(new OrderMessage
        {
            Account = AccountText.Of(directory, order.Account, name),
            OrderId = order.OrderId,
            Symbol = format.Symbol,
            Side = order.Side,
            Lots = format.Lots(order.RemainingSteps),
            OpenPrice = isOpen ? format.Price(order.AveragePricePoints) : WireNumber.NotGiven,
            StopLoss = format.Price(order.StopLossPoints),
            TakeProfit = format.Price(order.TakeProfitPoints),
            Profit = profit,
            Margin = MoneyFormat.Amount(order.Margin, decimals),
            MasterOrderId = order.MasterOrderId,
            OpenedAt = order.OpenedAt,
            Status = isOpen ? OpenOrderStatus.Open : OpenOrderStatus.Pending,
            OrderType = order.OrderType,
            Price = format.Price(order.PricePoints),
            StopPrice = format.Price(order.StopPricePoints),
            Commission = MoneyFormat.Amount(order.Commission, decimals),
            Swap = MoneyFormat.Amount(order.Swap, decimals),
            ExpiresAt = order.ExpiresAt,
        });
        return _frame;
    }

    /// <summary>The answer to a query is complete.</summary>
    public EncodedFrame Encode(in EventHeader header, in QueryEnd end)
    {
        Span<byte> name = stackalloc byte[AccountText.MaximumLength];
        _frame.Set(new EndOfQueryMessage
        {
            Account = AccountText.Of(directory, end.Account, name),
            Count = end.Count,
            Sequence = header.Sequence,
        });
        return _frame;
    }

    private void Encode(in EventHeader header, in OrderReport report)
    {
        InstrumentFormat format = _formats.Of(report.Symbol);
        int decimals = report.Account < 0 ? UsualDecimals : directory.Account(report.Account).MinorDecimals;
        bool isOrder = report.OrderId != 0 && report.Symbol >= 0;
        bool isClose = report.Status is OrderStatus.Closed or OrderStatus.PartiallyClosed;
        Span<byte> name = stackalloc byte[AccountText.MaximumLength];
        _frame.Set(new ExecutionReportMessage
        {
            ClientOrderId = TextOf(in report.ClientOrderId),
            OrderId = report.OrderId,
            Account = AccountText.Of(directory, report.Account, name),
            Symbol = format.Symbol,
            Side = report.Side,
            Status = report.Status,
            Lots = format.LotsIfAny(report.LotsSteps),
            LastLots = format.LotsIfAny(report.LastLotsSteps),
            LastPrice = format.Price(report.LastPricePoints),
            AveragePrice = format.Price(report.AveragePricePoints),
            RemainingLots = isOrder ? format.Lots(report.RemainingSteps) : WireNumber.NotGiven,
            StopLoss = format.Price(report.StopLossPoints),
            TakeProfit = format.Price(report.TakeProfitPoints),
            RealizedProfit = isClose ? MoneyFormat.Amount(report.RealizedProfit, decimals) : WireNumber.NotGiven,
            Reason = new ReportReason(report.Cause, report.Reject),
            MasterOrderId = report.MasterOrderId,
            Sequence = header.Sequence,
            Time = header.Time,
            Duplicate = report.Duplicate,
            Index = header.Index,
            ExecutionId = report.ExecutionId,
            OrderType = report.OrderType,
            Price = format.Price(report.PricePoints),
            StopPrice = format.Price(report.StopPricePoints),
            Commission = isOrder ? MoneyFormat.Amount(report.Commission, decimals) : WireNumber.NotGiven,
            Swap = isOrder ? MoneyFormat.Amount(report.Swap, decimals) : WireNumber.NotGiven,
        });
    }

    private void Encode(in EventHeader header, in CopyReport report) => _frame.Set(new CopyReportMessage
    {
        MasterOrderId = report.MasterOrderId,
        ClientOrderId = TextOf(in report.ClientOrderId),
        Action = report.Action,
        Followers = report.Followers,
        Copied = report.Copied,
        Lots = _formats.Of(report.Symbol).Lots(report.LotsSteps),
        Skipped = report.Skipped,
        Sequence = header.Sequence,
        Time = header.Time,
        Index = header.Index,
    });

    private void Encode(in EventHeader header, in MarginReport report)
    {
        int decimals = directory.Account(report.Account).MinorDecimals;
        Span<byte> name = stackalloc byte[AccountText.MaximumLength];
        Span<byte> cause = stackalloc byte[AccountText.MaximumLength];
        _frame.Set(new MarginEventMessage
        {
            Account = AccountText.Of(directory, report.Account, name),
            Kind = report.Kind,
            MarginLevel = MoneyFormat.MarginLevel(report.Equity, report.UsedMargin),
            Equity = MoneyFormat.Amount(report.Equity, decimals),
            UsedMargin = MoneyFormat.Amount(report.UsedMargin, decimals),
            Cause = AccountText.Of(directory, report.CauseProvider, cause),
            Closed = report.Closed,
            Sequence = header.Sequence,
            Time = header.Time,
            Index = header.Index,
        });
    }

    private static ReadOnlySpan<byte> TextOf(ref readonly ClientOrderId id) => AsciiText.Trim(AsciiText.ReadOnlyBytes(in id));
}
