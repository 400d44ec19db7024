using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using Xunit;
using CopyReport = CopyEngine.Protocol.Client.CopyReport;

namespace CopyEngine.Tests.Gateway;

/// <summary>Orders through the .NET client, a real socket and the real core.</summary>
public class OrderFlowTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static NewOrder Order(decimal lots = 1.00m, string? id = null, string symbol = "EURUSD") => new()
    {
        Account = GatewayWorld.Provider,
        Symbol = symbol,
        Side = Side.Buy,
        Lots = lots,
        ClientOrderId = id,
    };

    [Fact]
    public async Task An_order_is_opened_modified_partly_closed_and_closed_with_its_copies()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient provider = await world.ConnectAsync(KeyRole.Provider);
        await using TradingClient follower = await world.ConnectAsync(KeyRole.Follower);

        ExecutionReport opened = await provider.PlaceOrderAsync(Order(), Cancellation);
        Assert.Equal(OrderStatus.Filled, opened.Status);
        Assert.Equal(1.10010m, opened.LastPrice);
        Assert.Equal(1.00m, opened.LastLots);
        Assert.Equal(Cause.Client, opened.Cause);
        CopyReport copies = await provider.CopyReports.ReadAsync(Cancellation);
        Assert.Equal((CopyAction.Open, 2, 2, 0.20m), (copies.Action, copies.Followers, copies.Copied, copies.Lots));
        Assert.Equal(opened.OrderId, copies.MasterOrderId);
        ExecutionReport copy = await follower.ExecutionReports.ReadAsync(Cancellation);
        Assert.Equal(("copy_follower:1", opened.OrderId, 0.10m), (copy.Account, copy.MasterOrderId, copy.LastLots));
        Assert.Equal(Cause.MasterOpened, copy.Cause);
        Assert.Equal("copy_follower:2", (await follower.ExecutionReports.ReadAsync(Cancellation)).Account);

        ExecutionReport modified = await provider.ModifyOrderAsync(
            GatewayWorld.Provider, opened.OrderId, new OrderChange { StopLoss = 1.05m, TakeProfit = 1.2m }, cancellationToken: Cancellation);
        Assert.Equal((OrderStatus.Modified, 1.05000m, 1.20000m), (modified.Status, modified.StopLoss, modified.TakeProfit));
        Assert.Equal(CopyAction.Modify, (await provider.CopyReports.ReadAsync(Cancellation)).Action);
        Assert.Equal((1.05000m, Cause.MasterModified), await FirstOf(follower, report => (report.StopLoss, report.Cause)));
        await follower.ExecutionReports.ReadAsync(Cancellation);

        await world.QuoteAsync("EURUSD", "1.11010", "1.11020");
        ExecutionReport part = await provider.CloseOrderAsync(GatewayWorld.Provider, opened.OrderId, 0.40m, cancellationToken: Cancellation);
        Assert.Equal((OrderStatus.PartiallyClosed, 0.40m, 0.60m, 400.00m), (part.Status, part.LastLots, part.RemainingLots, part.RealizedProfit));
        Assert.Equal(0.08m, (await provider.CopyReports.ReadAsync(Cancellation)).Lots);
        ExecutionReport closed = await provider.CloseOrderAsync(GatewayWorld.Provider, opened.OrderId, cancellationToken: Cancellation);
        Assert.Equal((OrderStatus.Closed, 0.60m, 0m, 600.00m), (closed.Status, closed.LastLots, closed.RemainingLots, closed.RealizedProfit));
        Assert.Equal((CopyAction.Close, 2), await CopiesOf(provider));

        AccountSnapshot account = await provider.QueryAccountAsync(GatewayWorld.Provider, Cancellation);
        Assert.Equal((11_000.00m, 11_000.00m, 0m), (account.Balance, account.Equity, account.UsedMargin));
        Assert.Empty(account.Orders);
    }

    [Fact]
    public async Task A_query_tells_the_account_and_each_of_its_orders()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient provider = await world.ConnectAsync(KeyRole.Provider);
        await provider.PlaceOrderAsync(Order() with { StopLoss = 1.05m }, Cancellation);
        await provider.PlaceOrderAsync(Order() with { OrderType = OrderType.Limit, Price = 1.09m }, Cancellation);
        await world.QuoteAsync("EURUSD", "1.10110", "1.10120");

        AccountSnapshot account = await provider.QueryAccountAsync(GatewayWorld.Provider, Cancellation);
        Assert.Equal((10_000.00m, 10_100.00m, 100.00m, 1_101.20m), (account.Balance, account.Equity, account.OpenProfit, account.UsedMargin));
        Assert.Equal(8_998.80m, account.FreeMargin);
        Assert.Equal(917.18m, account.MarginLevel);
        Assert.Equal(AccountStatus.Active, account.Status);
        Assert.Equal(2, account.Orders.Count);
        OrderSnapshot open = account.Orders[0];
        Assert.Equal((false, 1.10010m, 1.05000m, 100.00m, 1_101.20m), (open.IsPending, open.OpenPrice, open.StopLoss, open.Profit, open.Margin));
        OrderSnapshot waiting = account.Orders[1];
        Assert.Equal((true, null, 1.09000m, OrderType.Limit), (waiting.IsPending, waiting.OpenPrice, waiting.Price, waiting.OrderType));
        Assert.Null(waiting.Profit);
    }

    [Fact]
    public async Task The_same_id_with_the_same_content_is_answered_again_and_acts_once()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        ExecutionReport first;
        await using (TradingClient provider = await world.ConnectAsync(KeyRole.Provider))
        {
            first = await provider.PlaceOrderAsync(Order(id: "once"), Cancellation);
            ExecutionReport again = await provider.PlaceOrderAsync(Order(id: "once"), Cancellation);
            Assert.True(again.IsDuplicate);
            Assert.Equal(first.OrderId, again.OrderId);
            await provider.CloseOrderAsync(GatewayWorld.Provider, first.OrderId, cancellationToken: Cancellation);
        }
        // After the fill, after the close and after a reconnect.
        await using TradingClient later = await world.ConnectAsync(KeyRole.Provider);
        ExecutionReport third = await later.PlaceOrderAsync(Order(id: "once"), Cancellation);
        Assert.Equal((true, OrderStatus.Filled, first.OrderId, first.LastPrice), (third.IsDuplicate, third.Status, third.OrderId, third.LastPrice));
        Assert.Empty((await later.QueryAccountAsync(GatewayWorld.Provider, Cancellation)).Orders);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_refused_without_effect()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient provider = await world.ConnectAsync(KeyRole.Provider);
        await provider.PlaceOrderAsync(Order(id: "once"), Cancellation);
        Assert.Equal(RejectCode.DuplicateClientOrderId, await RefusalOf(provider.PlaceOrderAsync(Order(lots: 2m, id: "once"), Cancellation)));
        Assert.Single((await provider.QueryAccountAsync(GatewayWorld.Provider, Cancellation)).Orders);
    }

    [Fact]
    public async Task A_deposit_that_is_sent_twice_is_booked_once()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient broker = await world.ConnectAsync(KeyRole.Broker);
        Acknowledgement first = await broker.MoveFundsAsync(GatewayWorld.Provider, 500m, "wire", "deposit-1", Cancellation);
        Acknowledgement again = await broker.MoveFundsAsync(GatewayWorld.Provider, 500m, "wire", "deposit-1", Cancellation);
        Assert.False(first.IsDuplicate);
        Assert.Equal((true, first.Sequence, first.Time), (again.IsDuplicate, again.Sequence, again.Time));
        Assert.Equal(RejectCode.DuplicateClientOrderId, await RefusalOf(broker.MoveFundsAsync(GatewayWorld.Provider, 5m, null, "deposit-1", Cancellation)));
        Assert.Equal(10_500.00m, (await broker.QueryAccountAsync(GatewayWorld.Provider, Cancellation)).Balance);
    }

    [Fact]
    public async Task A_broker_opens_accounts_and_links_and_hears_of_everything()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient broker = await world.ConnectAsync(KeyRole.Broker);
        await using TradingClient newcomer = await world.ConnectAsync(KeyRole.Follower, null, "copy_follower:50");
        await broker.OpenAccountAsync("copy_follower:50", "Standard", "USD", 100, cancellationToken: Cancellation);
        await broker.MoveFundsAsync("copy_follower:50", 5_000m, cancellationToken: Cancellation);
        await broker.FollowAsync(GatewayWorld.OtherProvider, "copy_follower:50", cancellationToken: Cancellation);
        await world.TradeAsync(GatewayWorld.OtherProvider);
        Assert.Equal(0.05m, (await newcomer.ExecutionReports.ReadAsync(Cancellation)).LastLots);
        Assert.Equal(GatewayWorld.OtherProvider, (await broker.ExecutionReports.ReadAsync(Cancellation)).Account);
        Assert.Equal("copy_follower:50", (await broker.ExecutionReports.ReadAsync(Cancellation)).Account);

        await broker.SetLinkStatusAsync(GatewayWorld.OtherProvider, "copy_follower:50", LinkStatus.Paused, cancellationToken: Cancellation);
        await broker.SetAccountStatusAsync("copy_follower:50", AccountStatus.Suspended, cancellationToken: Cancellation);
        await broker.UnfollowAsync(GatewayWorld.OtherProvider, "copy_follower:50", OpenCopies.Keep, cancellationToken: Cancellation);
        Assert.Equal(AccountStatus.Suspended, (await broker.QueryAccountAsync("copy_follower:50", Cancellation)).Status);
        Assert.Equal(RejectCode.UnknownAccount, await RefusalOf(broker.QueryAccountAsync("live:9", Cancellation)));
        Assert.Equal(RejectCode.NotAProvider, await RefusalOf(broker.FollowAsync("copy_follower:1", "copy_follower:3", cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task Close_all_is_answered_by_each_order_and_an_end()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient provider = await world.ConnectAsync(KeyRole.Provider);
        await provider.PlaceOrderAsync(Order(0.10m), Cancellation);
        await provider.PlaceOrderAsync(Order(0.20m), Cancellation);
        await provider.PlaceOrderAsync(Order(0.01m, symbol: "XAUUSD"), Cancellation);
        CloseAllResult some = await provider.CloseAllAsync(GatewayWorld.Provider, "EURUSD", cancellationToken: Cancellation);
        Assert.Equal([0.10m, 0.20m], some.Reports.Select(report => report.LastLots));
        CloseAllResult rest = await provider.CloseAllAsync(GatewayWorld.Provider, cancellationToken: Cancellation);
        Assert.Equal("XAUUSD", Assert.Single(rest.Reports).Symbol);
        Assert.Empty((await provider.CloseAllAsync(GatewayWorld.Provider, cancellationToken: Cancellation)).Reports);
        Assert.Equal(RejectCode.UnknownSymbol, await RefusalOf(provider.CloseAllAsync(GatewayWorld.Provider, "NOPE", cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task What_comes_out_of_order_has_its_code()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient provider = await world.ConnectAsync(KeyRole.Provider);
        const string account = GatewayWorld.Provider;
        Assert.Equal(RejectCode.UnknownOrder, await RefusalOf(provider.CancelOrderAsync(account, 12_345, cancellationToken: Cancellation)));
        ExecutionReport opened = await provider.PlaceOrderAsync(Order(0.10m), Cancellation);
        Assert.Equal(RejectCode.UnknownOrder, await RefusalOf(provider.CancelOrderAsync(account, opened.OrderId, cancellationToken: Cancellation)));
        Assert.Equal(RejectCode.InvalidLots, await RefusalOf(provider.ModifyOrderAsync(account, opened.OrderId, new OrderChange { Lots = 0.20m }, cancellationToken: Cancellation)));
        Assert.Equal(RejectCode.InvalidLots, await RefusalOf(provider.CloseOrderAsync(account, opened.OrderId, 0.11m, cancellationToken: Cancellation)));
        await provider.CloseOrderAsync(account, opened.OrderId, cancellationToken: Cancellation);
        Assert.Equal(RejectCode.UnknownOrder, await RefusalOf(provider.CloseOrderAsync(account, opened.OrderId, cancellationToken: Cancellation)));
        Assert.Equal(RejectCode.UnknownOrder, await RefusalOf(provider.ModifyOrderAsync(account, opened.OrderId, new OrderChange { StopLoss = 1m }, cancellationToken: Cancellation)));
    }

    [Fact]
    public async Task Unknown_symbols_and_closed_markets_have_their_codes()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient provider = await world.ConnectAsync(KeyRole.Provider);
        Assert.Equal(RejectCode.UnknownSymbol, await RefusalOf(provider.PlaceOrderAsync(Order(symbol: "NOPE"), Cancellation)));
        Assert.Equal(RejectCode.UnknownSymbol, await RefusalOf(provider.PlaceOrderAsync(Order(symbol: "A-SYMBOL-THAT-IS-TOO-LONG"), Cancellation)));
        Assert.Equal(RejectCode.MarketClosed, await RefusalOf(provider.PlaceOrderAsync(Order(symbol: "CLOSED"), Cancellation)));
    }

    [Fact]
    public async Task A_warning_reaches_the_owner_and_the_risk_desk()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient provider = await world.ConnectAsync(KeyRole.Provider, null, GatewayWorld.OtherProvider);
        await using TradingClient risk = await world.ConnectAsync(KeyRole.Risk);
        await world.TradeAsync(GatewayWorld.OtherProvider, "9.00");
        await world.QuoteAsync("EURUSD", "1.09400", "1.09410");
        await world.DoAsync(new Tick());
        MarginEvent warned = await provider.MarginEvents.ReadAsync(Cancellation);
        Assert.Equal((MarginEventKind.Warning, GatewayWorld.OtherProvider, 4_510.00m, 9_846.90m), (warned.Kind, warned.Account, warned.Equity, warned.UsedMargin));
        Assert.Equal(45.80m, warned.MarginLevel);
        Assert.Equal(warned, await risk.MarginEvents.ReadAsync(Cancellation));
        await world.QuoteAsync("EURUSD", "1.08900", "1.08910");
        await world.DoAsync(new Tick());
        Assert.Equal(
            [MarginEventKind.CascadeStarted, MarginEventKind.CascadeDone],
            [(await provider.MarginEvents.ReadAsync(Cancellation)).Kind, (await provider.MarginEvents.ReadAsync(Cancellation)).Kind]);
    }

    private static async Task<(CopyAction, int)> CopiesOf(TradingClient provider)
    {
        CopyReport report = await provider.CopyReports.ReadAsync(Cancellation);
        return (report.Action, report.Copied);
    }

    private static async Task<TResult> FirstOf<TResult>(TradingClient client, Func<ExecutionReport, TResult> of) =>
        of(await client.ExecutionReports.ReadAsync(Cancellation));

    private static async Task<RejectCode> RefusalOf(Task request) =>
        (await Assert.ThrowsAsync<TradingRejectedException>(() => request)).Code;
}
