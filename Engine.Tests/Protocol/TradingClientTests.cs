using System.Text;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Client;
using CopyEngine.Protocol.Messages;
using Xunit;
using ExecutionReport = CopyEngine.Protocol.Client.ExecutionReport;

namespace CopyEngine.Tests.Protocol;

public class TradingClientTests
{
    private static readonly NewOrder Order = new() { Account = "strategy_provider:1", Symbol = "EURUSD", Side = Side.Buy, Lots = 0.5m };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_completes_with_its_report_which_is_also_an_event()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            AssertOrder(await session.ReceiveAsync(MessageType.PlaceOrder));
            session.Send(new ExecutionReportMessage
            {
                ClientOrderId = "mine"u8,
                OrderId = 77,
                Account = "strategy_provider:1"u8,
                Status = OrderStatus.Filled,
                LastPrice = WireNumber.FromPoints(108_345, 5),
                Reason = new ReportReason(Cause.Client, RejectCode.None),
                Sequence = 1_001,
                Time = 1_730_000_000_123_456,
            });
        });
        await using var client = await server.ConnectAsync();
        var report = await client.PlaceOrderAsync(
            Order with
            {
                ClientOrderId = "mine",
                StopLoss = 1.07m,
                MaxSlippage = 0.0005m,
                ExpiresAt = DateTimeOffset.UnixEpoch.AddSeconds(2),
            },
            Cancelled);
        Assert.Equal(77, report.OrderId);
        Assert.Equal(1.08345m, report.LastPrice);
        Assert.Equal(Cause.Client, report.Cause);
        Assert.Null(report.StopLoss);
        Assert.Equal(1_730_000_000_123_456, (report.Time - DateTimeOffset.UnixEpoch).Ticks / 10);
        Assert.Equal(report, await client.ExecutionReports.ReadAsync(Cancelled));
        Assert.Equal(new EventPosition(1_001, 0), client.LastEvent);
    }

    [Fact]
    public async Task An_order_that_the_core_refuses_is_a_rejection_with_its_report()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            var id = ServerSession.IdOf(await session.ReceiveAsync(MessageType.PlaceOrder));
            session.Send(new ExecutionReportMessage
            {
                ClientOrderId = Encoding.UTF8.GetBytes(id),
                Account = "strategy_provider:1"u8,
                Status = OrderStatus.Rejected,
                Reason = new ReportReason(Cause.None, RejectCode.InsufficientMargin),
                Sequence = 1_001,
            });
        });
        await using var client = await server.ConnectAsync();
        var refused = await Assert.ThrowsAsync<TradingRejectedException>(() => client.PlaceOrderAsync(Order, Cancelled));
        Assert.Equal(RejectCode.InsufficientMargin, refused.Code);
        Assert.Equal(OrderStatus.Rejected, refused.Report!.Status);
    }

    [Fact]
    public async Task A_message_that_the_gateway_refuses_is_a_rejection()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            var order = await session.ReceiveAsync(MessageType.CancelOrder);
            session.Send(new RejectMessage
            {
                ReferenceSequence = ServerSession.SequenceOf(order),
                Code = RejectCode.RateLimited,
                Text = "100 a second"u8,
            });
            var query = await session.ReceiveAsync(MessageType.QueryAccount);
            session.Send(new RejectMessage { ReferenceSequence = ServerSession.SequenceOf(query), Code = RejectCode.NotAuthorized });
        });
        await using var client = await server.ConnectAsync();
        var limited = await Assert.ThrowsAsync<TradingRejectedException>(
            () => client.CancelOrderAsync("strategy_provider:1", 77, cancellationToken: Cancelled));
        Assert.Equal(RejectCode.RateLimited, limited.Code);
        Assert.Equal("refused: RateLimited: 100 a second", limited.Message);
        var foreign = await Assert.ThrowsAsync<TradingRejectedException>(() => client.QueryAccountAsync("live:9", Cancelled));
        Assert.Equal(RejectCode.NotAuthorized, foreign.Code);
    }

    [Fact]
    public async Task Answers_find_their_calls_in_any_order_and_past_other_accounts_ids()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            await session.ReceiveAsync(MessageType.PlaceOrder);
            await session.ReceiveAsync(MessageType.PlaceOrder);
            session.Send(new ExecutionReportMessage { ClientOrderId = "A"u8, Account = "live:99"u8, OrderId = 1 });
            session.Send(new ExecutionReportMessage { ClientOrderId = "B"u8, Account = "strategy_provider:1"u8, OrderId = 2 });
            session.Send(new ExecutionReportMessage { ClientOrderId = "A"u8, Account = "strategy_provider:1"u8, OrderId = 3 });
        });
        await using var client = await server.ConnectAsync();
        var first = client.PlaceOrderAsync(Order with { ClientOrderId = "A" }, Cancelled);
        Assert.Throws<InvalidOperationException>(() => { _ = client.PlaceOrderAsync(Order with { ClientOrderId = "A" }, Cancelled); });
        var second = client.PlaceOrderAsync(Order with { ClientOrderId = "B" }, Cancelled);
        Assert.Equal(2, (await second).OrderId);
        Assert.Equal(3, (await first).OrderId);
    }

    [Fact]
    public async Task Changes_and_closes_complete_with_their_reports()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            var change = await session.ReceiveAsync(MessageType.ModifyOrder);
            Assert.Equal("c0", Convert.ToHexStringLower(MessageSchema.Split(change)[6]));
            Assert.Equal("a0", Convert.ToHexStringLower(MessageSchema.Split(change)[8]));
            session.Send(new ExecutionReportMessage
            {
                ClientOrderId = Encoding.UTF8.GetBytes(ServerSession.IdOf(change)),
                Status = OrderStatus.Modified,
            });
            await session.AnswerOrderAsync(MessageType.CloseOrder, OrderStatus.PartiallyClosed);
        });
        await using var client = await server.ConnectAsync();
        var changed = await client.ModifyOrderAsync(
            "strategy_provider:1", 77, new OrderChange { RemoveStopLoss = true, TakeProfit = 1.2m }, cancellationToken: Cancelled);
        Assert.Equal(OrderStatus.Modified, changed.Status);
        var closed = await client.CloseOrderAsync("strategy_provider:1", 77, 0.2m, cancellationToken: Cancelled);
        Assert.Equal(OrderStatus.PartiallyClosed, closed.Status);
    }

    [Fact]
    public async Task A_close_all_collects_the_reports_of_its_orders()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            var id = Encoding.UTF8.GetBytes(ServerSession.IdOf(await session.ReceiveAsync(MessageType.CloseAll)));
            session.Send(new ExecutionReportMessage { ClientOrderId = id, OrderId = 1, Status = OrderStatus.Closed });
            session.Send(new ExecutionReportMessage { ClientOrderId = id, OrderId = 2, Status = OrderStatus.Rejected, Index = 1 });
            session.Send(new AckMessage { RequestId = id, Sequence = 1_001, Time = 9 });
        });
        await using var client = await server.ConnectAsync();
        var result = await client.CloseAllAsync("strategy_provider:1", cancellationToken: Cancelled);
        Assert.Equal([1L, 2L], result.Reports.Select(report => report.OrderId));
        Assert.Equal(1_001, result.Acknowledgement.Sequence);
    }

    [Fact]
    public async Task A_query_brings_the_account_with_its_orders()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            await session.ReceiveAsync(MessageType.QueryAccount);
            session.Send(new AccountStateMessage { Account = "live:1"u8, Balance = WireNumber.FromFixed8(100), OpenOrders = 2 });
            session.Send(new OrderMessage { Account = "live:1"u8, OrderId = 7, Status = OpenOrderStatus.Open });
            session.Send(new OrderMessage { Account = "live:1"u8, OrderId = 8, Status = OpenOrderStatus.Pending, ExpiresAt = 1_000_000 });
            session.Send(new EndOfQueryMessage { Account = "live:1"u8, Count = 2, Sequence = 44 });
        });
        await using var client = await server.ConnectAsync();
        var account = await client.QueryAccountAsync("live:1", Cancelled);
        Assert.Equal(0.000001m, account.Balance);
        Assert.Equal([7L, 8L], account.Orders.Select(order => order.OrderId));
        Assert.True(account.Orders[1].IsPending);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1), account.Orders[1].ExpiresAt);
    }

    [Fact]
    public async Task Broker_requests_complete_with_their_acknowledgements()
    {
        MessageType[] requests =
        [
            MessageType.OpenAccount, MessageType.MoveFunds, MessageType.Follow, MessageType.Unfollow, MessageType.SetAccountStatus,
            MessageType.SetLinkStatus,
        ];
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            foreach (var type in requests)
            {
                var id = Encoding.UTF8.GetBytes(ServerSession.IdOf(await session.ReceiveAsync(type)));
                session.Send(new AckMessage { RequestId = id, Sequence = (long)type, Time = 1, Duplicate = type == MessageType.MoveFunds });
            }
        });
        await using var client = await server.ConnectAsync();
        Assert.Equal(40, (await client.OpenAccountAsync("live:1", "Standard", "USD", 100, cancellationToken: Cancelled)).Sequence);
        var moved = await client.MoveFundsAsync("live:1", 1_000m, "first deposit", "deposit-1", Cancelled);
        Assert.Equal(new Acknowledgement("deposit-1", 41, DateTimeOffset.UnixEpoch.AddMicroseconds(1), IsDuplicate: true), moved);
        var options = new LinkOptions { Mode = CopyMode.Multiplier, Ratio = 0.5m };
        const string provider = "strategy_provider:1", follower = "copy_follower:1";
        Assert.Equal(42, (await client.FollowAsync(provider, follower, options, cancellationToken: Cancelled)).Sequence);
        Assert.Equal(43, (await client.UnfollowAsync(provider, follower, OpenCopies.Keep, cancellationToken: Cancelled)).Sequence);
        Assert.Equal(44, (await client.SetAccountStatusAsync("live:1", AccountStatus.CloseOnly, cancellationToken: Cancelled)).Sequence);
        Assert.Equal(45, (await client.SetLinkStatusAsync(provider, follower, LinkStatus.Paused, cancellationToken: Cancelled)).Sequence);
    }

    [Fact]
    public async Task Events_come_through_their_streams_and_unknown_messages_do_not_disturb()
    {
        SkipCounts skipped = default;
        skipped[0] = new SkipCount(RejectCode.BelowMinLot, 4);
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            Assert.Equal(new EventPosition(900, 1), session.ResumeFrom);
            session.Send(new ExecutionReportMessage { OrderId = 5, Account = "copy_follower:1"u8, MasterOrderId = 4, Sequence = 950 });
            session.Send(new CopyReportMessage { MasterOrderId = 4, Followers = 9, Skipped = skipped, Sequence = 950, Index = 1 });
            session.SendUnknown();
            session.Send(new MarginEventMessage { Account = "live:1"u8, Kind = MarginEventKind.Warning, Sequence = 951 });
            await session.ReceiveAsync(MessageType.Logout);
        });
        var resuming = server.Options with { ResumeFrom = new EventPosition(900, 1) };
        await using var client = await TradingClient.ConnectAsync(resuming, Cancelled);
        Assert.Equal(4, (await client.ExecutionReports.ReadAsync(Cancelled)).MasterOrderId);
        var copies = await client.CopyReports.ReadAsync(Cancelled);
        Assert.Equal(4, copies.Skipped[RejectCode.BelowMinLot]);
        var margin = await client.MarginEvents.ReadAsync(Cancelled);
        Assert.Equal(MarginEventKind.Warning, margin.Kind);
        Assert.Equal(new EventPosition(951, 0), client.LastEvent);
    }

    [Fact]
    public async Task A_call_that_is_not_answered_times_out_and_its_id_can_be_used_again()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            await session.ReceiveAsync(MessageType.PlaceOrder);
            await session.AnswerOrderAsync(MessageType.PlaceOrder, OrderStatus.Filled);
        });
        var hasty = server.Options with { RequestTimeout = TimeSpan.FromMilliseconds(300) };
        await using var client = await TradingClient.ConnectAsync(hasty, Cancelled);
        await Assert.ThrowsAsync<TimeoutException>(() => client.PlaceOrderAsync(Order with { ClientOrderId = "again" }, Cancelled));
        var report = await client.PlaceOrderAsync(Order with { ClientOrderId = "again" }, Cancelled);
        Assert.Equal("again", report.ClientOrderId);
    }

    [Fact]
    public async Task A_refused_quote_is_told_to_whoever_listens()
    {
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            var quote = await session.ReceiveAsync(MessageType.Quote);
            var refused = ServerSession.SequenceOf(quote);
            session.Send(new RejectMessage { ReferenceSequence = refused, Code = RejectCode.UnknownSymbol, Text = "XXX"u8 });
            await session.ReceiveAsync(MessageType.Logout);
        });
        await using var client = await server.ConnectAsync();
        await client.SendQuoteAsync("XXX", 1.1m, 1.2m, DateTimeOffset.UnixEpoch, Cancelled);
        Assert.Equal(new Refusal(RejectCode.UnknownSymbol, "XXX", null), await client.Refusals.ReadAsync(Cancelled));
    }

    [Fact]
    public async Task Quotes_wait_for_a_server_that_is_slow_to_take_them()
    {
        const int count = 20_000;
        await using var server = ScriptedServer.StartLoggedIn(async session =>
        {
            for (var i = 0; i < count; i++)
                Assert.Equal(i + 3, ServerSession.SequenceOf(await session.ReceiveAsync(MessageType.Quote)));
        });
        await using var client = await server.ConnectAsync();
        for (var i = 0; i < count; i++)
            await client.SendQuoteAsync("EURUSD", 1.1m, 1.2m, DateTimeOffset.UnixEpoch, Cancelled);
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }

    [Fact]
    public async Task Events_that_nobody_reads_are_dropped_oldest_first_and_counted()
    {
        await using var server = ScriptedServer.StartLoggedIn(session =>
        {
            for (var i = 0; i < 10; i++)
                session.Send(new ExecutionReportMessage { OrderId = i, Sequence = 1_001 + i });
            return Task.CompletedTask;
        });
        await using var client = await TradingClient.ConnectAsync(server.Options with { EventBacklog = 4 }, Cancelled);
        await client.Completion.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
        Assert.Equal(6, client.DroppedEvents);
        Assert.True(client.ExecutionReports.TryRead(out ExecutionReport? oldest));
        Assert.Equal(6, oldest.OrderId);
    }

    [Theory]
    [InlineData(0.123456789)]
    [InlineData(1e20)]
    public async Task A_number_that_cannot_travel_is_refused_before_it_is_sent(double lots)
    {
        await using var server = ScriptedServer.StartLoggedIn(async session => await session.ReceiveAsync(MessageType.Logout));
        await using var client = await server.ConnectAsync();
        Assert.Throws<ArgumentException>(() => { _ = client.PlaceOrderAsync(Order with { Lots = (decimal)lots }, Cancelled); });
    }

    private static void AssertOrder(byte[] frame)
    {
        Assert.True(Envelope.TryOpen(frame, out var envelope, out _));
        Assert.True(envelope.TryRead(out PlaceOrderMessage order, out _));
        Assert.Equal("mine", Encoding.UTF8.GetString(order.ClientOrderId));
        Assert.Equal("strategy_provider:1", Encoding.UTF8.GetString(order.Account));
        Assert.Equal(Side.Buy, order.Side);
        Assert.Equal(OrderType.Market, order.OrderType);
        Assert.Equal(50_000_000, order.Lots.ToFixed8(1));
        Assert.Equal(107_000_000, order.StopLoss.ToFixed8(1));
        Assert.Equal(50_000, order.MaxSlippage.ToFixed8(1));
        Assert.Equal(2_000_000, order.ExpiresAt);
        Assert.False(order.TakeProfit.IsGiven);
    }
}
