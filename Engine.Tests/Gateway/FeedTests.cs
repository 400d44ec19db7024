using CopyEngine.Host.Gateway;
using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Protocol.Client;
using CopyEngine.Tests.Pipeline;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>Quotes of the feed role.</summary>
public class FeedTests
{
    private const int Eurusd = 0;
    private const int Usdjpy = 1;

    [Fact]
    public async Task A_quote_becomes_the_market()
    {
        using var listener = new BlockingListener();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: listener);
        await using TradingClient feed = await world.ConnectAsync(KeyRole.Feed);
        await feed.SendQuoteAsync("EURUSD", 1.2m, 1.20001m, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        Eventually.Holds(() => listener.Quotes.Contains((Eurusd, 120_000, 120_001)), "the quote is taken");
    }

    public static TheoryData<object?, object?> NoPrices => new()
    {
        { "1.10010", "1.10000" },
        { "0", "1.1" },
        { "1.1", "0" },
        { "-1.1", "1.1" },
        { "1.100001", "1.2" },
        { null, "1.1" },
        { "1.1", null },
        { "0.000000001", "1.1" },
        { 0L, 1L },
        { double.NaN, 1.1 },
        { 1.1, double.PositiveInfinity },
        { double.NegativeInfinity, 1.1 },
        { -0.0, 1.1 },
        { 0.0, 1.1 },
        { double.Epsilon, 1.1 },
        { 1e300, 1.1 },
        { long.MaxValue, long.MaxValue },
    };

    [Theory]
    [MemberData(nameof(NoPrices))]
    public async Task What_is_no_price_is_refused_and_the_last_good_one_stays(object? bid, object? ask)
    {
        using var listener = new BlockingListener();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: listener);
        using RawClient feed = await world.LogInAsync(KeyRole.Feed);
        long refused = feed.Send(20, "EURUSD", bid, ask, null);
        object?[] reject = await feed.ReceiveAsync(112);
        Assert.Equal((refused, "INVALID_PRICE"), ((long)reject[0]!, (string)reject[2]!));
        feed.Send(20, "EURUSD", "1.30000", "1.30000", null);
        Eventually.Holds(() => listener.Quotes.Contains((Eurusd, 130_000, 130_000)), "a locked market is taken");
        Assert.Equal([(Eurusd, 110_000, 110_010), (Eurusd, 130_000, 130_000)], listener.Quotes.Where(quote => quote.Symbol == Eurusd));
    }

    [Fact]
    public async Task A_quote_older_than_the_last_is_dropped_and_one_of_the_same_time_is_not()
    {
        using var listener = new BlockingListener();
        await using GatewayWorld world = await GatewayWorld.StartAsync(listeners: listener);
        using RawClient feed = await world.LogInAsync(KeyRole.Feed);
        long time = world.Engine.NowMicroseconds() + 1_000_000;
        feed.Send(20, "EURUSD", "1.20000", "1.20001", time);
        feed.Send(20, "EURUSD", "1.20002", "1.20003", time - 1);
        feed.Send(20, "EURUSD", "1.20004", "1.20005", time);
        feed.Send(20, "EURUSD", 1.20006, 1.20007, time + 1);
        Eventually.Holds(() => listener.Quotes.Any(quote => quote.BidPoints == 120_006), "the last quote is taken");
        Assert.Equal([120_000, 120_004, 120_006], listener.Quotes.Where(quote => quote.BidPoints >= 120_000 && quote.Symbol == Eurusd).Select(quote => quote.BidPoints));
    }

    [Fact]
    public async Task An_unknown_symbol_is_refused()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        await using TradingClient feed = await world.ConnectAsync(KeyRole.Feed);
        await feed.SendQuoteAsync("NOPE", 1m, 1m, DateTimeOffset.UtcNow, TestContext.Current.CancellationToken);
        Assert.Equal(Commands.RejectCode.UnknownSymbol, (await feed.Refusals.ReadAsync(TestContext.Current.CancellationToken)).Code);
    }

    [Fact]
    public async Task While_the_ring_is_full_the_newest_quote_of_each_symbol_wins_and_orders_are_busy()
    {
        using var listener = new BlockingListener();
        await using GatewayWorld world = await GatewayWorld.StartAsync(null, BlockingListener.SmallRings, listener);
        using RawClient feed = await world.LogInAsync(KeyRole.Feed);
        using RawClient provider = await world.LogInAsync(KeyRole.Provider);
        listener.Fill(world.Engine);

        for (int i = 0; i < 500; i++)
        {
            feed.Send(20, "EURUSD", $"1.2{i:D4}", $"1.2{i:D4}", null);
            if (i % 250 == 0)
            {
                feed.Send(20, "USDJPY", $"160.{i:D3}", $"160.{i:D3}", null);
            }
        }
        Eventually.Holds(() => world.Gateway.Statistics.ConflatedQuotes == 500, "all but the newest of each symbol are replaced");
        provider.Send(10, "busy", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", "0.01");
        object?[] busy = await provider.ReceiveAsync(112);
        Assert.Equal(("busy", "BUSY"), ((string)busy[1]!, (string)busy[2]!));

        listener.Release();
        Eventually.Holds(() => listener.Quotes.Contains((Eurusd, 120_499, 120_499)), "the newest quote gets in");
        Assert.Equal([(Usdjpy, 160_250, 160_250), (Eurusd, 120_499, 120_499)], listener.Quotes.Where(quote => quote.BidPoints >= 120_000 && quote.BidPoints != 150_000 && quote.BidPoints != 240_000));
        // The same id is still free: nothing was done under it.
        provider.Send(10, "busy", GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", "0.01");
        object?[] filled = await provider.ReceiveAsync(110);
        Assert.Equal(("FILLED", false), ((string)filled[5]!, (bool)filled[18]!));
    }

    [Fact]
    public async Task A_feed_has_a_higher_rate_than_a_trader()
    {
        var limits = new GatewayLimits { MessageBurst = 5, MessagesPerSecond = 1, QuoteBurst = 1_000, QuotesPerSecond = 1 };
        await using GatewayWorld world = await GatewayWorld.StartAsync(limits);
        using RawClient feed = await world.LogInAsync(KeyRole.Feed);
        for (int i = 0; i < 500; i++)
        {
            feed.Send(20, "EURUSD", "1.20000", "1.20001", null);
        }
        long last = feed.Send(99);
        Assert.Equal(last, (await feed.ReceiveAsync(112))[0]);
        Assert.Equal(0, world.Gateway.Statistics.RejectsWith(Commands.RejectCode.RateLimited));
    }
}
