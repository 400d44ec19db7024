using CopyEngine.Host.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>Whatever happens to Redis, the engine goes on and the keys end equal to the state.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task A_server_that_is_not_there_at_the_start_gets_everything_when_it_comes()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        server.Kill();
        await using ProjectedWorld projected = await ProjectedWorld.StartAsync(server.Address);
        projected.World.Instrument("EURUSD").Group("Standard").Account("live:1", "100.00");
        await Eventually.HoldsAsync(() => projected.Projection.Status.Failures > 0, "the writer notices");
        Assert.Equal(RedisState.Disconnected, projected.Projection.Status.State);

        await server.StartAgainAsync();
        await projected.CatchUpAsync();
        Assert.Contains(await KeyDump.OfAsync(server), line => line.Contains("wallet_balance=100.00"));
    }

    [Fact]
    public async Task A_stalled_server_is_left_alone_and_caught_up_with_afterwards()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();

        fixture.Server.Stall();
        fixture.WithChanges();
        Assert.True(fixture.Status.Lag > 0);
        await Eventually.HoldsAsync(() => fixture.Status.Failures > 0, "the stall is noticed");
        fixture.Server.Continue();

        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task Values_that_a_stalled_server_still_holds_never_replace_newer_ones()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();
        for (int round = 0; round < 5; round++)
        {
            long failures = fixture.Status.Failures;
            fixture.Server.Stall();
            for (int i = 0; i < 200; i++)
            {
                fixture.World.Quote("EURUSD", $"1.1{round}{i:000}", $"1.1{round}{i + 2:000}").Tick();
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
            await Eventually.HoldsAsync(() => fixture.Status.Failures > failures, "the stall is noticed");
            fixture.Server.Continue();
            await fixture.Projected.CatchUpAsync();
        }
        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task A_server_that_was_killed_and_comes_back_empty_gets_everything_again()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();

        fixture.Server.Kill();
        fixture.WithChanges();
        await fixture.Server.StartAgainAsync();

        await fixture.AssertKeysEqualStateAsync();
        Assert.True(fixture.Status.Resynchronizations >= 2);
    }

    [Fact]
    public async Task A_server_that_comes_back_with_old_keys_is_cleared_of_what_is_gone()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync("--appendonly", "yes", "--appendfsync", "always");
        await fixture.WithTrade().Projected.CatchUpAsync();

        fixture.Server.Kill();
        fixture.WithChanges();
        await fixture.Server.StartAgainAsync();

        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task A_server_that_is_flushed_behind_an_unbroken_connection_is_found_out()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();

        await fixture.Redis.GetServer(fixture.Server.Address).FlushAllDatabasesAsync();
        await Eventually.HoldsAsync(() => fixture.Status.Failures > 0, "the empty server is noticed");

        Assert.Contains("lost its keys", fixture.Status.LastError);
        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task A_server_without_memory_is_tried_again_until_it_has_some()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();

        await fixture.Keys.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        fixture.WithChanges();
        await Eventually.HoldsAsync(() => fixture.Status.LastError?.Contains("OOM") == true, "the refusal is shown");
        await fixture.Keys.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");

        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task A_server_that_became_a_replica_is_tried_again_until_it_is_a_master()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();

        await fixture.Keys.ExecuteAsync("REPLICAOF", "127.0.0.1", "1");
        fixture.WithChanges();
        await Eventually.HoldsAsync(() => fixture.Status.LastError?.Contains("READONLY") == true, "the refusal is shown");
        await fixture.Keys.ExecuteAsync("REPLICAOF", "NO", "ONE");

        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task A_user_without_rights_is_told_and_catches_up_when_they_are_granted()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();

        await fixture.Keys.ExecuteAsync("ACL", "SETUSER", "default", "-hset");
        fixture.WithChanges();
        await Eventually.HoldsAsync(() => fixture.Status.LastError?.Contains("NOPERM") == true, "the refusal is shown");
        await fixture.Keys.ExecuteAsync("ACL", "SETUSER", "default", "+@all");

        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task A_key_of_ours_with_a_value_of_another_kind_is_replaced()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync(async keys =>
        {
            await keys.StringSetAsync("symbol_holders:EURUSD:live", "mischief");
            await keys.StringSetAsync("user_portfolio:{live:3}", "mischief");
            await keys.StringSetAsync("tp_index:{EURUSD}:SELL", "mischief");
        });
        fixture.WithTrade();

        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task Keys_left_by_a_former_life_are_removed_and_keys_of_others_never_touched()
    {
        string[] foreign =
        [
            "session:1", "market:EURUSD:history", "user:{live:99}:profile", "user_portfolio:{live:99}:note", "order_data:last", "groups:Standard",
            "copy_master_followers:77:paused", "autocutoff:config", "cascade_liquidation_audit:77:1", "symbol_holders:EURUSD:staff", "user:{live:0}:config",
        ];
        string[] leftOver =
        [
            "user:{live:99}:config", "user_portfolio:{live:99}", "user_holdings:{live:99}:1234", "order_data:1234", "order_triggers:1234", "pending_orders:1234",
            "market:GBPUSD", "groups:{Gone}:EURUSD", "copy_follower_master:99:provider_id", "autocutoff:liquidating:live:3", "autocutoff:alert_sent:live:99",
        ];
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync(async keys =>
        {
            foreach (string key in foreign.Concat(leftOver))
            {
                await keys.StringSetAsync(key, "there before");
            }
            await keys.SetAddAsync("user_orders_index:{live:99}", "1234");
            await keys.SetAddAsync("symbol_holders:EURUSD:live", "live:99");
            await keys.SetAddAsync("copy_master_followers:1:active", "99");
            await keys.SortedSetAddAsync("sl_index:{EURUSD}:BUY", "1234", 1.5);
            await keys.SortedSetAddAsync("pending_index:{GBPUSD}:BUY_STOP", "1234", 1.5);
        });
        await fixture.WithTrade().Projected.CatchUpAsync();

        foreach (string key in foreign)
        {
            Assert.Equal("there before", await fixture.Keys.StringGetAsync(key));
            await fixture.Keys.KeyDeleteAsync(key);
        }
        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task Changed_terms_reach_the_orders_they_concern()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();

        fixture.World.GroupInstrument("Standard", "EURUSD", (ref Commands.SetGroupInstrument terms) => terms.HalfSpreadPoints = 5);

        await fixture.AssertKeysEqualStateAsync();
        long order = fixture.World.Holdings("live:3")[0].OrderId;
        Assert.Equal("0.00005", await fixture.Keys.HashGetAsync($"user_holdings:{{live:3}}:{order}", "half_spread"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Trading_through_any_mix_of_faults_ends_in_keys_equal_to_the_state(int seed)
    {
        var random = new Random(seed);
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        fixture.WithTrade();
        for (int round = 0; round < 12; round++)
        {
            switch (random.Next(5))
            {
                case 0:
                    await fixture.Keys.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
                    break;
                case 1:
                    await fixture.Redis.GetServer(fixture.Server.Address).FlushAllDatabasesAsync();
                    break;
                case 2:
                    fixture.Server.Stall();
                    TradeAtRandom(fixture, random);
                    await Task.Delay(random.Next(1_200), TestContext.Current.CancellationToken);
                    fixture.Server.Continue();
                    break;
                case 3:
                    await fixture.Keys.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
                    TradeAtRandom(fixture, random);
                    await fixture.Keys.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
                    break;
                default:
                    await Task.Delay(random.Next(50), TestContext.Current.CancellationToken);
                    break;
            }
            TradeAtRandom(fixture, random);
        }
        await fixture.AssertKeysEqualStateAsync();
    }

    private static void TradeAtRandom(ProjectionFixture fixture, Random random)
    {
        string[] accounts = ["live:3", "strategy_provider:1", "copy_follower:1", "copy_follower:2"];
        for (int i = 0; i < 40; i++)
        {
            string account = accounts[random.Next(accounts.Length)];
            List<Events.OrderReport> holdings = fixture.World.Holdings(account);
            List<Events.OrderReport> waiting = fixture.World.Waiting(account);
            switch (random.Next(6))
            {
                case 0 when holdings.Count < 20:
                    fixture.World.Buy(account, "EURUSD", "0.10", random.Next(2) == 0 ? ProjectionFixture.WithStops : null);
                    break;
                case 1 when holdings.Count > 0:
                    fixture.World.Close(account, holdings[random.Next(holdings.Count)].OrderId, random.Next(2) == 0 ? null : "0.01");
                    break;
                case 2:
                    fixture.World.Limit(account, "EURUSD", Commands.Side.Sell, "0.05", "1.14000");
                    break;
                case 3 when waiting.Count > 0:
                    fixture.World.Cancel(account, waiting[random.Next(waiting.Count)].OrderId);
                    break;
                case 4 when holdings.Count > 0:
                    fixture.World.Modify(account, holdings[0].OrderId, (ref Commands.ModifyOrder order) =>
                        order.StopLoss = random.Next(2) == 0 ? Commands.Field.Remove : Numerics.Fixed8.Parse("1.07000"));
                    break;
                default:
                    int points = random.Next(110_000, 112_000);
                    fixture.World.Quote("EURUSD", $"{points / 100_000m:0.00000}", $"{(points + 2) / 100_000m:0.00000}").Tick();
                    break;
            }
        }
    }
}
