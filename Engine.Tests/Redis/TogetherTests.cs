using CopyEngine.Events;
using CopyEngine.Host.Redis;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>What a reader may rely on at any moment, also in the middle of writing.</summary>
public sealed class TogetherTests
{
    /// <summary>Executed atomically by the server: index entries without a hash, holdings whose account is no holder, portfolios that are not whole.</summary>
    private const string CountFaults = """
        local faults = 0
        for _, id in ipairs(redis.call('SMEMBERS', 'user_orders_index:{live:3}')) do
            if redis.call('EXISTS', 'user_holdings:{live:3}:' .. id) == 0 then faults = faults + 1 end
            if redis.call('EXISTS', 'order_data:' .. id) == 0 then faults = faults + 1 end
        end
        for _, key in ipairs(redis.call('KEYS', 'user_holdings:{live:3}:*')) do
            local id = redis.call('HGET', key, 'order_id')
            local symbol = redis.call('HGET', key, 'symbol')
            if redis.call('SISMEMBER', 'user_orders_index:{live:3}', id) == 0 then faults = faults + 1 end
            if redis.call('SISMEMBER', 'symbol_holders:' .. symbol .. ':live', 'live:3') == 0 then faults = faults + 1 end
            if redis.call('HLEN', key) < 21 then faults = faults + 1 end
        end
        for _, id in ipairs(redis.call('ZRANGE', 'sl_index:{EURUSD}:BUY', 0, -1)) do
            if redis.call('EXISTS', 'order_triggers:' .. id) == 0 then faults = faults + 1 end
        end
        if redis.call('HLEN', 'user_portfolio:{live:3}') % 12 ~= 0 then faults = faults + 1 end
        return faults
        """;

    [Fact]
    public async Task Hash_index_entry_and_holder_entry_appear_and_go_in_the_promised_order()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        fixture.World.Instrument("EURUSD").Group("Standard").Quote("EURUSD", "1.10000", "1.10002").Account("live:3", "100000.00");
        using var stopping = new CancellationTokenSource();
        Task<(int Looks, long Faults)> reader = Task.Run(() => LookAsync(fixture.Keys, stopping.Token), TestContext.Current.CancellationToken);

        for (int round = 0; round < 150; round++)
        {
            OrderReport first = fixture.World.Buy("live:3", "EURUSD", "0.10", ProjectionFixture.WithStops);
            fixture.World.Buy("live:3", "EURUSD", "0.20");
            await Task.Delay(round % 8, TestContext.Current.CancellationToken);
            fixture.World.Close("live:3", first.OrderId, "0.05");
            fixture.World.Tick();
            fixture.World.CloseAll("live:3");
        }
        await fixture.Projected.CatchUpAsync();
        await stopping.CancelAsync();

        (int looks, long faults) = await reader;
        Assert.True(looks > 50, $"the reader looked only {looks} times");
        Assert.Equal(0, faults);
        Assert.False(await fixture.Keys.KeyExistsAsync("symbol_holders:EURUSD:live"));
        await fixture.AssertKeysEqualStateAsync();
    }

    [Fact]
    public async Task A_portfolio_is_announced_only_after_it_is_written()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        using var counter = new CountdownEvent(100);
        long faults = 0;
        ISubscriber subscriber = fixture.Redis.GetSubscriber();
        await subscriber.SubscribeAsync("portfolio_updates", (_, account) =>
        {
            if (fixture.Keys.HashLength($"user_portfolio:{{{account}}}") != 12)
            {
                Interlocked.Increment(ref faults);
            }
            if (!counter.IsSet)
            {
                counter.Signal();
            }
        });
        fixture.World.Instrument("EURUSD").Group("Standard");
        for (int i = 1; i <= 100; i++)
        {
            fixture.World.Account($"live:{i}", "100.00");
        }
        fixture.World.Tick();
        await fixture.Projected.CatchUpAsync();

        await Eventually.HoldsAsync(() => counter.IsSet, "every portfolio is announced");
        Assert.Equal(0, Interlocked.Read(ref faults));
    }

    [Fact]
    public async Task Prices_and_margin_events_are_published()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        var heard = new System.Collections.Concurrent.ConcurrentQueue<string>();
        ISubscriber subscriber = fixture.Redis.GetSubscriber();
        await subscriber.SubscribeAsync("market_price_updates", (_, symbol) => heard.Enqueue(symbol!));
        await subscriber.SubscribeAsync("autocutoff_events", (_, json) => heard.Enqueue(json!));
        fixture.World.Instrument("EURUSD").Group("Standard").Quote("EURUSD", "1.10000", "1.10002").Account("live:3", "5000.00");
        fixture.World.Buy("live:3", "EURUSD", "4.50");
        fixture.World.Quote("EURUSD", "1.09420", "1.09422").Tick();
        await fixture.Projected.CatchUpAsync();

        await Eventually.HoldsAsync(() => heard.Any(text => text.StartsWith('{')), "the warning is heard");
        Assert.Contains("EURUSD", heard);
        string warning = heard.First(text => text.StartsWith('{'));
        Assert.StartsWith("""{"event":"WARNING","account":"live:3","margin_level":"48.36","equity":"2381.00","used_margin":"4923.99","cause":null,"closed":0,"sequence":""", warning);
    }

    [Fact]
    public async Task A_command_of_many_events_is_seen_whole_or_not_at_all()
    {
        // One close-all of 400 orders: a writer that saw half of it would show an index with some orders left.
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        fixture.World.Instrument("EURUSD").Group("Standard").Quote("EURUSD", "1.10000", "1.10002").Account("live:3", "100000.00");
        for (int i = 0; i < 400; i++)
        {
            fixture.World.Buy("live:3", "EURUSD", "0.01");
        }
        await fixture.Projected.CatchUpAsync();
        using var stopping = new CancellationTokenSource();
        Task<HashSet<long>> reader = Task.Run(() => CountOrdersAsync(fixture.Keys, stopping.Token), TestContext.Current.CancellationToken);
        fixture.World.CloseAll("live:3");
        await fixture.Projected.CatchUpAsync();
        await stopping.CancelAsync();

        Assert.Subset(new HashSet<long> { 400, 0 }, await reader);
        Assert.Equal(0, await fixture.Keys.SetLengthAsync("user_orders_index:{live:3}"));
    }

    private static async Task<(int Looks, long Faults)> LookAsync(IDatabase keys, CancellationToken stopping)
    {
        int looks = 0;
        long faults = 0;
        while (!stopping.IsCancellationRequested)
        {
            faults += (long)await keys.ScriptEvaluateAsync(CountFaults);
            looks++;
        }
        return (looks, faults);
    }

    private static async Task<HashSet<long>> CountOrdersAsync(IDatabase keys, CancellationToken stopping)
    {
        var counts = new HashSet<long>();
        while (!stopping.IsCancellationRequested)
        {
            counts.Add(await keys.SetLengthAsync("user_orders_index:{live:3}"));
        }
        return counts;
    }
}
