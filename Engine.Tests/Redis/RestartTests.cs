using System.Text.RegularExpressions;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>
/// An engine that starts again finds the keys of its former life. What recovery tells the projection before it starts
/// is the whole state; what closed meanwhile has to go, what nobody touched must not flicker.
/// </summary>
public sealed partial class RestartTests
{
    [Fact]
    public async Task Keys_of_orders_that_closed_while_the_engine_was_down_are_removed()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();
        await fixture.Projected.Projection.DisposeAsync();
        long closed = fixture.World.Holdings("live:3")[0].OrderId;
        Assert.True(await fixture.Keys.KeyExistsAsync($"order_data:{closed}"));
        fixture.WithChanges();

        await fixture.Projected.ProjectAgainAsync(fixture.Server.Address);

        Assert.False(await fixture.Keys.KeyExistsAsync($"order_data:{closed}"));
        await AssertKeysAreThoseOfAnUntroubledServerAsync(fixture);
    }

    [Fact]
    public async Task Keys_that_are_right_are_there_all_the_time_while_the_engine_starts_again()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();
        await fixture.Projected.Projection.DisposeAsync();
        string living = $"order_data:{fixture.World.Holdings("live:3")[0].OrderId}";

        Task again = fixture.Projected.ProjectAgainAsync(fixture.Server.Address);
        do
        {
            Assert.True(await fixture.Keys.KeyExistsAsync(living));
        }
        while (!again.IsCompleted);
        await again;
        await AssertKeysAreThoseOfAnUntroubledServerAsync(fixture);
    }

    [Fact]
    public async Task The_recited_state_gives_the_keys_that_the_events_themselves_gave()
    {
        await using ProjectionFixture fixture = await ProjectionFixture.StartAsync();
        await fixture.WithTrade().Projected.CatchUpAsync();
        await fixture.Projected.Projection.DisposeAsync();
        // Margins that follow the market are recited at its last price: the one at which the orders were filled.
        fixture.WithChanges().World.Quote("EURUSD", "1.10000", "1.10002").Tick();

        await fixture.Projected.ReciteAsync(fixture.Server.Address);

        await using RedisServer untroubled = await RedisServer.StartAsync();
        await fixture.Projected.ProjectAgainAsync(untroubled.Address);
        Assert.Equal(WithoutTimesOfWriting(await KeyDump.OfAsync(untroubled)), WithoutTimesOfWriting(await KeyDump.OfAsync(fixture.Server)));
    }

    /// <summary>The state does not hold when an order was last changed or a portfolio last computed: recited, both are as of the start.</summary>
    private static string[] WithoutTimesOfWriting(string[] keys) => [.. keys.Select(line => TimesOfWriting.Replace(line, ""))];

    [GeneratedRegex(@" updated_at=\d+|(?<=user_portfolio.*) ts=\d+")]
    private static partial Regex TimesOfWriting { get; }

    private static async Task AssertKeysAreThoseOfAnUntroubledServerAsync(ProjectionFixture fixture)
    {
        await using RedisServer untroubled = await RedisServer.StartAsync();
        await fixture.Projected.ProjectAgainAsync(untroubled.Address);
        Assert.Equal(await KeyDump.OfAsync(untroubled), await KeyDump.OfAsync(fixture.Server));
    }
}
