using System.Diagnostics;
using CopyEngine.Commands;
using CopyEngine.Events;
using Xunit;

namespace CopyEngine.Tests.Cascades;

/// <summary>A provider falls through its liquidation level, on the real engine with its threads, in many slices.</summary>
public sealed class CascadeTests(ITestOutputHelper output)
{
    private const int Followers = 10_000;

    /// <summary>Small enough that the cascade takes hundreds of slices between which others are served.</summary>
    private const int SmallQuota = 64;

    [Fact]
    public async Task Provider_at_its_level_takes_every_follower_along_exactly_once()
    {
        using CancellationTokenSource deadline = Deadline();
        CancellationToken cancellation = deadline.Token;
        var watch = new CascadeWatch();
        await using var world = new EngineWorld(Followers, SmallQuota, watch);
        await world.SettleAsync(world.Buy(EngineWorld.Faller, "5.00", "master"), cancellation);
        Assert.Equal(Followers, watch.OpenedCopies);

        world.Quote("1.08100");
        await world.SettleAsync(world.Publish(default(Tick)), cancellation);

        Assert.Equal(Followers, watch.CascadeCloses.Count);
        Assert.All(watch.Closes.Values, times => Assert.Equal(1, times));
        Assert.Equal(watch.Opened.Order(), watch.Closes.Keys.Order());
        Assert.All(watch.CascadeCloses, close => Assert.True(world.IsFollower(close.Account) && close.LastPricePoints == 108_100));
        Assert.Equal(Followers, watch.PausedLinks);
        CascadeReport audit = watch.Audit!.Value;
        Assert.Equal(
            (Followers, Followers, 0, Followers, 1),
            (audit.TotalFollowers, audit.SuccessfulFollowers, audit.FailedFollowers, audit.PositionsClosed, audit.ProviderPositionsClosed));
    }

    [Fact]
    public async Task Orders_of_others_are_answered_while_a_cascade_runs_and_the_fallen_provider_is_refused()
    {
        using CancellationTokenSource deadline = Deadline();
        CancellationToken cancellation = deadline.Token;
        var watch = new CascadeWatch();
        await using var world = new EngineWorld(Followers, SmallQuota, watch);
        await world.SettleAsync(world.Buy(EngineWorld.Faller, "5.00", "master"), cancellation);
        world.Quote("1.08100");

        world.Publish(default(Tick));
        TimeSpan worst = TimeSpan.Zero;
        int answeredDuring = 0;
        for (int order = 0; watch.Audit is null; order++)
        {
            cancellation.ThrowIfCancellationRequested();
            string id = $"other-{order}";
            long started = Stopwatch.GetTimestamp();
            world.Buy(EngineWorld.Bystander, "0.01", id);
            world.Buy(EngineWorld.Faller, "0.01", $"fallen-{order}");
            while (!watch.IsAnswered(id))
            {
                await Task.Yield();
                cancellation.ThrowIfCancellationRequested();
            }
            answeredDuring += watch.Audit is null ? 1 : 0;
            TimeSpan waited = Stopwatch.GetElapsedTime(started);
            worst = waited > worst ? waited : worst;
        }
        await world.SettleAsync(world.Engine.Statistics.Sequence, cancellation);

        output.WriteLine($"{answeredDuring} orders of others answered during the cascade, the slowest after {worst.TotalMilliseconds:F1} ms");
        Assert.True(answeredDuring > 0, "no order was answered before the cascade was done");
        Assert.Contains(watch.Refusals, refusal => refusal.Account == EngineWorld.Faller && refusal.Reject == RejectCode.Liquidating);
        Assert.Equal(Followers, watch.CascadeCloses.Count);
        Assert.All(watch.Closes.Values, times => Assert.Equal(1, times));
        Assert.All(watch.CascadeCloses, close => Assert.Equal(108_100, close.LastPricePoints));
    }

    /// <summary>Generous: a lost answer must fail the test, not hang it.</summary>
    private static CancellationTokenSource Deadline()
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        return deadline;
    }

    [Fact]
    public async Task Quotes_that_arrive_during_a_cascade_do_not_change_its_price()
    {
        using CancellationTokenSource deadline = Deadline();
        CancellationToken cancellation = deadline.Token;
        var watch = new CascadeWatch();
        await using var world = new EngineWorld(followers: 2_000, workQuota: 16, watch);
        await world.SettleAsync(world.Buy(EngineWorld.Faller, "5.00", "master"), cancellation);

        world.Quote("1.08100");
        world.Publish(default(Tick));
        for (int quote = 0; quote < 50; quote++)
        {
            world.Quote("1.07000");
        }
        await world.SettleAsync(world.Quote("1.06000"), cancellation);

        Assert.Equal(2_000, watch.CascadeCloses.Count);
        Assert.All(watch.CascadeCloses, close => Assert.Equal(108_100, close.LastPricePoints));
    }
}
