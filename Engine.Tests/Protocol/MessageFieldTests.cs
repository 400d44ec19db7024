using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>That each value of a message stands in the member that is named after it.</summary>
public class MessageFieldTests
{
    [Fact]
    public void A_new_order_is_read_field_by_field()
    {
        var envelope = Open(
            10L, 7L, "A1", "strategy_provider:1", "EURUSD", "SELL", "STOP_LIMIT", "0.50", "1.08345", "1.08400", "1.09", "1.07", "GTD",
            1_730_000_000_000_000L, "0.0005");
        Assert.Equal(MessageType.PlaceOrder, envelope.Type);
        Assert.Equal(7, envelope.Sequence);
        Assert.True(envelope.TryRead(out PlaceOrderMessage order, out _));
        Assert.Equal("A1", Text(order.ClientOrderId));
        Assert.Equal("strategy_provider:1", Text(order.Account));
        Assert.Equal("EURUSD", Text(order.Symbol));
        Assert.Equal(Side.Sell, order.Side);
        Assert.Equal(OrderType.StopLimit, order.OrderType);
        Assert.Equal(Number("0.5"), order.Lots);
        Assert.Equal(Number("1.08345"), order.Price);
        Assert.Equal(Number("1.084"), order.StopPrice);
        Assert.Equal(Number("1.09"), order.StopLoss);
        Assert.Equal(Number("1.07"), order.TakeProfit);
        Assert.Equal(TimeInForce.Gtd, order.TimeInForce);
        Assert.Equal(1_730_000_000_000_000, order.ExpiresAt);
        Assert.Equal(Number("0.0005"), order.MaxSlippage);
    }

    [Fact]
    public void What_a_new_order_leaves_out_is_not_given_and_it_waits_until_cancelled()
    {
        Assert.True(Open(10L, 1L, "A1", "live:1", "EURUSD", "BUY", "MARKET", 1L).TryRead(out PlaceOrderMessage order, out _));
        Assert.Equal(Fixed8.One, order.Lots.ToFixed8(step: 1));
        Assert.False(order.Price.IsGiven);
        Assert.Equal(Field.NotGiven, order.StopLoss.ToFixed8(step: 1));
        Assert.Equal(TimeInForce.Gtc, order.TimeInForce);
        Assert.Equal(0, order.ExpiresAt);
    }

    [Fact]
    public void A_change_tells_leaving_from_removing()
    {
        Assert.True(Open(12L, 1L, "M1", "live:1", 77L, "2", null, "1.2", "", "1.3").TryRead(out ModifyOrderMessage change, out _));
        Assert.Equal(77, change.OrderId);
        Assert.Equal(Number("2"), change.Lots);
        Assert.Equal(Field.NotGiven, change.Price.ToFixed8(step: 1));
        Assert.Equal(Number("1.2"), change.StopPrice);
        Assert.Equal(Field.Remove, change.StopLoss.ToFixed8(step: 1));
        Assert.Equal(Number("1.3"), change.TakeProfit);
    }

    [Fact]
    public void An_order_id_may_be_a_text_of_digits()
    {
        Assert.True(Open(11L, 1L, "C1", "live:1", "9223372036854775807").TryRead(out CancelOrderMessage cancel, out _));
        Assert.Equal(long.MaxValue, cancel.OrderId);
        Assert.False(Open(11L, 1L, "C1", "live:1", "7x").TryRead(out cancel, out var failure));
        Assert.Equal("orderId", failure.Field);
    }

    [Fact]
    public void The_settings_of_a_link_are_read_key_by_key()
    {
        var settings = new KeyValuePair<string, object?>[]
        {
            new("copyStops", false), new("mode", "fixed_amount"), new("amount", "250.50"), new("minLotPolicy", "raise"),
            new("maxLots", "3"), new("maxSlippage", "0.0002"), new("reverse", true), new("ratio", 0.5), new("lots", null),
        };
        Assert.True(Open(42L, 1L, "F1", "strategy_provider:1", "copy_follower:2", settings).TryRead(out FollowMessage follow, out _));
        Assert.Equal("strategy_provider:1", Text(follow.Provider));
        Assert.Equal("copy_follower:2", Text(follow.Follower));
        var command = follow.Settings.ToCommand(lotStep: Fixed8.Parse("0.01"), priceStep: Fixed8.Parse("0.00001"));
        Assert.Equal(CopyMode.FixedAmount, command.Mode);
        Assert.Equal(Fixed8.Parse("250.5"), command.Amount);
        Assert.Equal(MinLotPolicy.Raise, command.MinLotPolicy);
        Assert.Equal(Fixed8.Parse("3"), command.MaxLots);
        Assert.Equal(Fixed8.Parse("0.0002"), command.MaxSlippage);
        Assert.Equal(Fixed8.Parse("0.5"), command.Ratio);
        Assert.Equal(Field.NotGiven, command.Lots);
        Assert.True(command.Reverse);
        Assert.False(command.CopyStops);
    }

    [Fact]
    public void A_link_without_settings_has_those_of_the_core()
    {
        Assert.True(Open(42L, 1L, "F1", "strategy_provider:1", "copy_follower:2").TryRead(out FollowMessage follow, out _));
        Assert.Equal(CopySettings.Default, follow.Settings.ToCommand(lotStep: 1, priceStep: 1));
    }

    [Fact]
    public void An_execution_report_is_written_field_by_field()
    {
        var report = new ExecutionReportMessage
        {
            ClientOrderId = "A1"u8,
            OrderId = 4711,
            Account = "copy_follower:9"u8,
            Symbol = "XAUUSD"u8,
            Side = Side.Buy,
            Status = OrderStatus.PartiallyClosed,
            Lots = WireNumber.FromFixed8(Fixed8.Parse("2"), 2),
            LastLots = Number("0.5"),
            LastPrice = WireNumber.FromPoints(230_010, 2),
            AveragePrice = WireNumber.FromPoints(230_000, 2),
            RemainingLots = Number("1.5"),
            StopLoss = WireNumber.FromLevel(0, 2),
            TakeProfit = WireNumber.FromLevel(240_050, 2),
            RealizedProfit = WireNumber.FromMoney(Money.Parse("-5"), 2),
            Reason = new ReportReason(Cause.MasterClosed, RejectCode.None),
            MasterOrderId = 4000,
            Sequence = 99,
            Time = 1_730_000_000_000_000,
            Duplicate = true,
            Index = 3,
            ExecutionId = 88,
            OrderType = OrderType.Market,
            Commission = Number("-0.35"),
            Swap = Number("0"),
        };
        Assert.Equal(
            "[110,5,A1,4711,copy_follower:9,XAUUSD,BUY,PARTIALLY_CLOSED,2.00,0.5,2300.10,2300.00,1.5,nil,2400.50,-5.00,"
            + "MASTER_CLOSED,4000,99,1730000000000000,true,3,88,MARKET,nil,nil,-0.35,0]",
            Written(5, report));
    }

    [Fact]
    public void A_refused_order_is_reported_with_its_code()
    {
        var report = new ExecutionReportMessage
        {
            ClientOrderId = "A1"u8,
            Account = "live:1"u8,
            Symbol = "EURUSD"u8,
            Status = OrderStatus.Rejected,
            Reason = new ReportReason(Cause.None, RejectCode.InsufficientMargin),
            Sequence = 9,
            Time = 10,
        };
        Assert.Equal(
            "[110,1,A1,nil,live:1,EURUSD,nil,REJECTED,nil,nil,nil,nil,nil,nil,nil,nil,"
            + "INSUFFICIENT_MARGIN,nil,9,10,false,0,nil,nil,nil,nil,nil,nil]",
            Written(1, report));
    }

    [Fact]
    public void A_copy_report_counts_its_skips_by_reason()
    {
        SkipCounts skipped = default;
        skipped[0] = new SkipCount(RejectCode.BelowMinLot, 12);
        skipped[1] = new SkipCount(RejectCode.LinkPaused, 3);
        var report = new CopyReportMessage
        {
            MasterOrderId = 4711,
            ClientOrderId = "A1"u8,
            Action = CopyAction.Open,
            Followers = 100,
            Copied = 85,
            Lots = Number("42.5"),
            Skipped = skipped,
            Sequence = 9,
            Time = 10,
            Index = 2,
        };
        Assert.Equal("[111,1,4711,A1,OPEN,100,85,42.5,{BELOW_MIN_LOT:12,LINK_PAUSED:3},9,10,2]", Written(1, report));
    }

    [Theory]
    [InlineData("1.08345", 108_345_000)]
    [InlineData("-0.00000001", -1)]
    [InlineData("92233720368.54775807", long.MaxValue)]
    [InlineData("0", 0)]
    [InlineData("007", 700_000_000)]
    [InlineData("1.50", 150_000_000)]
    [InlineData(1L, 100_000_000)]
    [InlineData(-3L, -300_000_000)]
    [InlineData(92_233_720_368L, 9_223_372_036_800_000_000)]
    [InlineData(1.08345, 108_345_000)]
    [InlineData(0.1, 10_000_000)]
    [InlineData(-0.0, 0)]
    public void A_number_means_what_it_says(object given, long fixed8) => Assert.Equal(fixed8, Bid(given).ToFixed8(step: 1_000));

    [Theory]
    [InlineData("0.123456789")]
    [InlineData("92233720368.54775808")]
    [InlineData("99999999999999999999999999999999")]
    [InlineData(92_233_720_369L)]
    [InlineData(long.MinValue)]
    [InlineData(ulong.MaxValue)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    public void A_number_that_cannot_be_held_goes_on_as_such(object given) =>
        Assert.Equal(Fixed8.Unrepresentable, Bid(given).ToFixed8(step: 1_000));

    [Theory]
    [InlineData("1,5")]
    [InlineData("1e5")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("--1")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("１")]
    public void A_text_that_is_no_plain_decimal_is_malformed(string given)
    {
        Assert.False(Open(20L, 1L, "EURUSD", given, "2").TryRead(out QuoteMessage _, out var failure));
        Assert.Equal(new DecodeFailure(DecodeFault.NotDecimal, "bid"), failure);
    }

    [Theory]
    [InlineData("buy")]
    [InlineData("BUY ")]
    [InlineData("")]
    [InlineData("LONG")]
    public void A_side_that_does_not_exist_is_left_to_the_core_to_refuse(string side)
    {
        Assert.True(Open(10L, 1L, "A1", "live:1", "EURUSD", side, "MARKET", "1").TryRead(out PlaceOrderMessage order, out _));
        Assert.False(Enum.IsDefined(order.Side));
    }

    private static WireNumber Bid(object given)
    {
        Assert.True(Open(20L, 1L, "EURUSD", given, "2").TryRead(out QuoteMessage quote, out _));
        return quote.Bid;
    }

    private static Envelope Open(params object?[] values)
    {
        Assert.True(Envelope.TryOpen(MessagePackValues.Write(values), out var envelope, out _));
        return envelope;
    }

    private static WireNumber Number(string text) => WireNumber.FromFixed8(Fixed8.Parse(text));

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static string Written<TMessage>(long sequence, scoped in TMessage message)
        where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        var buffer = new byte[1_000];
        Assert.True(FrameWriter.TryWrite(buffer, sequence, message, out var written));
        Assert.Equal(written - 4, (buffer[2] << 8) | buffer[3]);
        var reader = new CopyEngine.Protocol.MessagePack.MessagePackReader(buffer.AsSpan(4, written - 4));
        return Show(MessagePackValues.Read(ref reader));
    }

    private static string Show(object? value) => value switch
    {
        null => "nil",
        bool boolean => boolean ? "true" : "false",
        object?[] items => "[" + string.Join(',', items.Select(Show)) + "]",
        KeyValuePair<string, object?>[] map => "{" + string.Join(',', map.Select(pair => pair.Key + ":" + Show(pair.Value))) + "}",
        _ => FormattableString.Invariant($"{value}"),
    };
}
