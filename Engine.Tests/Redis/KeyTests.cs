using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>Every key of section 5 of the interfaces, with every field, out of what the core says.</summary>
public sealed class KeyTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private ProjectedWorld _projected = null!;
    private ConnectionMultiplexer _redis = null!;

    private TestWorld World => _projected.World;

    private IDatabase Keys => _redis.GetDatabase();

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _redis = await _server.ConnectAsync();
        _projected = await ProjectedWorld.StartAsync(_server.Address);
        World.Instrument("EURUSD").Instrument("USDJPY").Group("Standard").Group("Spread", (ref RegisterGroup group) => group.MaxLeverage = 200)
            .GroupInstrument("Spread", "EURUSD", (ref SetGroupInstrument terms) =>
            {
                terms.HalfSpreadPoints = 3;
                terms.Commission = Fixed8.Parse("7");
                terms.MaxLot = Fixed8.Parse("50");
            })
            .Quote("EURUSD", "1.10000", "1.10002").Quote("USDJPY", "150.000", "150.020")
            .Account("strategy_provider:1", "10000.00")
            .Account("copy_follower:7", "1000.00", group: "Spread", leverage: 500)
            .Account("live:3", "5000.00");
    }

    public async ValueTask DisposeAsync()
    {
        if (_projected is not null)
        {
            await _projected.DisposeAsync();
            await _redis.CloseAsync(allowCommandsToComplete: false);
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Config_tells_balance_terms_and_levels()
    {
        World.Status("live:3", AccountStatus.Suspended);
        await _projected.CatchUpAsync();

        Assert.Equal(
            "auto_cutoff_level=50 auto_liquidation_level=10 balance=1000.00 currency=USD group=Spread is_active=1 leverage=500 sending_orders=rock status=1 wallet_balance=1000.00",
            await HashAsync("user:{copy_follower:7}:config"));
        Assert.Equal("0", await Keys.HashGetAsync("user:{live:3}:config", "status"));
    }

    [Fact]
    public async Task Holdings_of_an_open_order_with_everything_a_desk_asks_for()
    {
        OrderReport order = World.Buy("live:3", "EURUSD", "1.00", (ref PlaceOrder place) => place.StopLoss = Fixed8.Parse("1.09000"));
        await _projected.CatchUpAsync();

        long ms = TestWorld.Microseconds(World.Now) / 1_000;
        string common =
            $"commission=0.00 commission_entry=0.00 contract_value=100000.00 created_at={ms} execution=local execution_status=EXECUTED group=Standard half_spread=0.00000 " +
            $"margin=1100.02 order_id={order.OrderId} order_price=1.10002 order_quantity=1.00 order_status=OPEN order_type=BUY placed_by=user";
        Assert.Equal(
            $"{common} status=OPEN stop_loss=1.09000 swap=0.00 symbol=EURUSD updated_at={ms} user_id=3 user_type=live",
            await HashAsync($"user_holdings:{{live:3}}:{order.OrderId}"));
        Assert.Equal([order.OrderId.ToString()], await SetAsync("user_orders_index:{live:3}"));
        Assert.Equal(["live:3"], await SetAsync("symbol_holders:EURUSD:live"));
    }

    [Fact]
    public async Task Order_data_adds_leverage_contract_size_and_the_profit_of_now()
    {
        OrderReport order = World.Buy("live:3", "USDJPY", "0.50");
        World.Quote("USDJPY", "151.000", "151.020").Tick();
        await _projected.CatchUpAsync();

        RedisKey key = $"order_data:{order.OrderId}";
        Assert.Equal("100", await Keys.HashGetAsync(key, "leverage"));
        Assert.Equal("100000", await Keys.HashGetAsync(key, "contract_size"));
        Assert.Equal("49000.00", await Keys.HashGetAsync(key, "profit"));
        Assert.Equal("0.50", await Keys.HashGetAsync(key, "order_quantity"));
    }

    [Fact]
    public async Task Portfolio_is_whole_and_has_a_level_of_zero_when_no_margin_is_used()
    {
        World.Buy("live:3", "EURUSD", "1.00");
        World.Tick();
        await _projected.CatchUpAsync();

        long ms = TestWorld.Microseconds(World.Now) / 1_000;
        Assert.Equal(
            "balance=5000.00 calc_status=ok degraded_fields= equity=4998.00 free_margin=3897.98 margin_level=454.36 open_pnl=-2.00 total_pl=-2.00 " +
            $"ts={ms} used_margin=1100.02 used_margin_all=1100.02 used_margin_executed=1100.02",
            await HashAsync("user_portfolio:{live:3}"));
        Assert.Equal("0.00", await Keys.HashGetAsync("user_portfolio:{copy_follower:7}", "margin_level"));
    }

    [Fact]
    public async Task Stops_stand_in_indexes_at_the_market_price_that_fires_them()
    {
        OrderReport buy = World.Buy("copy_follower:7", "EURUSD", "0.10", (ref PlaceOrder place) =>
        {
            place.StopLoss = Fixed8.Parse("1.09000");
            place.TakeProfit = Fixed8.Parse("1.12000");
        });
        await _projected.CatchUpAsync();

        Assert.Equal(
            $"order_id={buy.OrderId} order_type=BUY stop_loss=1.09000 stop_loss_compare=1.09003 symbol=EURUSD take_profit=1.12000 take_profit_compare=1.12003 user_id=7 user_type=copy_follower",
            await HashAsync($"order_triggers:{buy.OrderId}"));
        Assert.Equal(1.09003, await Keys.SortedSetScoreAsync("sl_index:{EURUSD}:BUY", buy.OrderId));
        Assert.Equal(1.12003, await Keys.SortedSetScoreAsync("tp_index:{EURUSD}:BUY", buy.OrderId));
        Assert.Equal("0.00003", await Keys.HashGetAsync($"order_data:{buy.OrderId}", "half_spread"));
    }

    [Fact]
    public async Task Waiting_orders_stand_in_their_index_and_are_pending_everywhere()
    {
        OrderReport limit = World.Limit("copy_follower:7", "EURUSD", Side.Buy, "0.10", "1.09000");
        OrderReport stop = World.Stop("live:3", "EURUSD", Side.Sell, "0.20", "1.08000");
        await _projected.CatchUpAsync();

        Assert.Equal(1.08997, await Keys.SortedSetScoreAsync("pending_index:{EURUSD}:BUY_LIMIT", limit.OrderId));
        Assert.Equal(1.08, await Keys.SortedSetScoreAsync("pending_index:{EURUSD}:SELL_STOP", stop.OrderId));
        RedisKey holdings = $"user_holdings:{{copy_follower:7}}:{limit.OrderId}";
        Assert.Equal("BUY_LIMIT", await Keys.HashGetAsync(holdings, "order_type"));
        Assert.Equal("PENDING", await Keys.HashGetAsync(holdings, "execution_status"));
        Assert.Equal("PENDING", await Keys.HashGetAsync(holdings, "order_status"));
        Assert.Equal("1.09000", await Keys.HashGetAsync(holdings, "order_price"));
        Assert.Equal("1.08000", await Keys.HashGetAsync($"pending_orders:{stop.OrderId}", "order_price"));
        Assert.Equal(["copy_follower:7"], await SetAsync("symbol_holders:EURUSD:copy_follower"));
    }

    [Fact]
    public async Task Groups_tell_terms_for_every_instrument_also_those_they_do_not_mention()
    {
        await _projected.CatchUpAsync();

        Assert.Equal(
            "commission=7 contract_size=100000 margin=1 max_leverage=0 max_lot=50.00 min_lot=0.01 profit=USD spread=6 spread_pip=0.00001 type=1",
            await HashAsync("groups:{Spread}:EURUSD"));
        Assert.Equal(
            "commission=0 contract_size=100000 margin=1 max_leverage=0 max_lot=1000.00 min_lot=0.01 profit=JPY spread=0 spread_pip=0.001 type=1",
            await HashAsync("groups:{Spread}:USDJPY"));
        Assert.Equal(
            "auto_cutoff_level=50 auto_liquidation_level=10 conversion=ask margin_price=current max_leverage=200 warning_interval_seconds=3600",
            await HashAsync("groups:{Spread}:settings"));
    }

    [Fact]
    public async Task Market_tells_the_last_price()
    {
        await _projected.CatchUpAsync();
        Assert.Equal($"ask=150.020 bid=150.000 ts={TestWorld.Microseconds(World.Now) / 1_000}", await HashAsync("market:USDJPY"));
    }

    [Fact]
    public async Task Copies_name_their_master_and_links_their_ends()
    {
        World.Account("strategy_provider:2", "10000.00").Follow("copy_follower:7", "strategy_provider:2").Follow("copy_follower:7", "strategy_provider:1");
        OrderReport master = World.Buy("strategy_provider:1", "EURUSD", "1.00");
        OrderReport copy = World.Holdings("copy_follower:7")[0];
        await _projected.CatchUpAsync();

        RedisKey holdings = $"user_holdings:{{copy_follower:7}}:{copy.OrderId}";
        Assert.Equal(master.OrderId, (long)await Keys.HashGetAsync(holdings, "master_order_id"));
        Assert.Equal("copy_trading", await Keys.HashGetAsync(holdings, "placed_by"));
        Assert.Equal("strategy_provider", await Keys.HashGetAsync($"order_data:{master.OrderId}", "placed_by"));
        Assert.Equal(["7"], await SetAsync("copy_master_followers:1:active"));
        Assert.Equal("2", await Keys.StringGetAsync("copy_follower_master:7:provider_id"));

        World.LinkStatus("copy_follower:7", "strategy_provider:2", LinkStatus.Paused);
        await _projected.CatchUpAsync();
        Assert.Equal("1", await Keys.StringGetAsync("copy_follower_master:7:provider_id"));
        Assert.Empty(await SetAsync("copy_master_followers:2:active"));

        World.Unfollow("copy_follower:7", "strategy_provider:1", OpenCopies.Keep);
        await _projected.CatchUpAsync();
        Assert.False(await Keys.KeyExistsAsync("copy_follower_master:7:provider_id"));
        Assert.False(await Keys.HashExistsAsync(holdings, "master_order_id"));
        Assert.Equal("copy_trading", await Keys.HashGetAsync(holdings, "placed_by"));
    }

    [Fact]
    public async Task A_warning_leaves_a_mark_that_expires_with_the_interval()
    {
        World.Buy("live:3", "EURUSD", "4.50");
        World.Quote("EURUSD", "1.09420", "1.09422").Tick();
        Assert.Contains(World.Last.Of<MarginReport>(), report => report.Kind == MarginEventKind.Warning);
        await _projected.CatchUpAsync();

        Assert.Equal("1", await Keys.StringGetAsync("autocutoff:alert_sent:live:3"));
        TimeSpan? life = await Keys.KeyTimeToLiveAsync("autocutoff:alert_sent:live:3");
        Assert.InRange(life!.Value.TotalSeconds, 3_000, 3_600);
    }

    [Fact]
    public async Task A_cascade_leaves_an_audit_record_for_thirty_days()
    {
        World.Follow("copy_follower:7", "strategy_provider:1");
        World.Buy("strategy_provider:1", "EURUSD", "9.00");
        World.Quote("EURUSD", "1.08900", "1.08902").Tick();
        CascadeReport report = Assert.Single(World.Last.Of<CascadeReport>());
        await _projected.CatchUpAsync();

        long ms = TestWorld.Microseconds(World.Now) / 1_000;
        string key = $"cascade_liquidation_audit:1:{ms}";
        Assert.Equal(
            $"duration_us=0 failed_liquidations=0 positions_closed={report.PositionsClosed} strategy_provider_id=1 successful_liquidations={report.SuccessfulFollowers} " +
            $"timestamp={ms} total_followers={report.TotalFollowers} trigger_margin_level={(decimal)report.TriggerEquity.Units / report.TriggerUsedMargin.Units * 100:0.00}",
            await HashAsync(key));
        Assert.InRange((await Keys.KeyTimeToLiveAsync(key))!.Value.TotalDays, 29.9, 30);
        Assert.False(await Keys.KeyExistsAsync("autocutoff:liquidating:strategy_provider:1"));
    }

    private async Task<string> HashAsync(string key) =>
        string.Join(" ", (await Keys.HashGetAllAsync(key)).Select(entry => $"{entry.Name}={entry.Value}").Order(StringComparer.Ordinal));

    private async Task<string[]> SetAsync(string key) => [.. (await Keys.SetMembersAsync(key)).Select(member => member.ToString()).Order()];
}
