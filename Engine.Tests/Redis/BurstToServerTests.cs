using System.Diagnostics;
using System.Runtime.CompilerServices;
using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Numerics;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>A fan-out to 100,000 followers arrives at once; its figures stand in the test's output.</summary>
public sealed class BurstToServerTests
{
    private const int Followers = 100_000;
    private readonly EngineDirectory _directory = new();
    private long _sequence;

    [Fact]
    public async Task A_hundred_thousand_copies_and_their_portfolios_reach_redis_and_go_again()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        Assert.True(RedisOptions.TryParse(server.Address, out RedisOptions? options, out _));
        await using var projection = new RedisProjection(options, _directory, Path.GetTempPath(), NullLogger.Instance);
        await projection.StartAsync(TestContext.Current.CancellationToken);
        ConnectionMultiplexer redis = await server.ConnectAsync();
        Define(projection);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"mirror: {Unsafe.SizeOf<ProjectedAccount>()} bytes an account, {Unsafe.SizeOf<ProjectedOrder>()} an order, {Unsafe.SizeOf<ProjectedLink>()} a link");
        await MeasureAsync(redis, projection, "accounts", () => OpenAccounts(projection));
        await MeasureAsync(redis, projection, "copies", () => Report(projection, OrderStatus.Filled));
        await MeasureAsync(redis, projection, "portfolios", () => TellPortfolios(projection));
        Assert.Equal(Followers, redis.GetDatabase().SetLength("symbol_holders:EURUSD:copy_follower"));

        await MeasureAsync(redis, projection, "closes", () => Report(projection, OrderStatus.Closed));
        Assert.Equal(0, redis.GetDatabase().SetLength("symbol_holders:EURUSD:copy_follower"));
        long left = (long)await redis.GetDatabase().ExecuteAsync("DBSIZE");
        Assert.Equal((2 * Followers) + 3, left);
        await redis.CloseAsync(allowCommandsToComplete: false);
    }

    private static async Task MeasureAsync(ConnectionMultiplexer redis, RedisProjection projection, string what, Action tell)
    {
        long started = Stopwatch.GetTimestamp();
        tell();
        TimeSpan told = Stopwatch.GetElapsedTime(started);
        await projection.WaitUntilCaughtUpAsync(TestContext.Current.CancellationToken);
        TimeSpan written = Stopwatch.GetElapsedTime(started);
        string memory = (await redis.GetDatabase().ExecuteAsync("INFO", "memory")).ToString()!.Split('\n')[1].Trim();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Followers:N0} {what}: told in {told.TotalMilliseconds:F0} ms, in Redis after {written.TotalMilliseconds:F0} ms, {memory}");
    }

    private void Define(RedisProjection projection)
    {
        Say(projection, new InstrumentDefined
        {
            Definition = new RegisterInstrument
            {
                Symbol = Symbol.From("EURUSD"),
                BaseCurrency = CurrencyCode.From("EUR"),
                ProfitCurrency = CurrencyCode.From("USD"),
                ContractSize = Fixed8.Parse("100000"),
                LotStep = Fixed8.Parse("0.01"),
                MinLot = Fixed8.Parse("0.01"),
                MaxLot = Fixed8.Parse("100"),
                Digits = 5,
                AssetClass = AssetClass.Forex,
            },
        });
        Say(projection, new GroupDefined
        {
            Definition = new RegisterGroup { Name = GroupName.From("Standard"), WarningLevel = 500_000, LiquidationLevel = 100_000 },
        });
    }

    private void OpenAccounts(RedisProjection projection)
    {
        for (int i = 0; i < Followers; i++)
        {
            Say(projection, new AccountOpened
            {
                Account = i,
                AccountNumber = i + 1,
                UserType = UserType.CopyFollower,
                Leverage = 100,
                Currency = CurrencyCode.From("USD"),
                MinorDecimals = 2,
            });
        }
        Say(projection, new TickCompleted());
    }

    /// <summary>All in one command, as a fan-out or a cascade tells it.</summary>
    private void Report(RedisProjection projection, OrderStatus status)
    {
        _sequence++;
        for (int i = 0; i < Followers; i++)
        {
            SayInCommand(projection, new OrderReport
            {
                OrderId = i + 1,
                Account = i,
                Status = status,
                Side = Side.Buy,
                OrderType = OrderType.Market,
                IsCopy = true,
                MasterOrderId = 999_999,
                RemainingSteps = status == OrderStatus.Filled ? 10 : 0,
                AveragePricePoints = 110_000,
                Margin = Money.Parse("110"),
            });
        }
        Say(projection, new TickCompleted());
    }

    private void TellPortfolios(RedisProjection projection)
    {
        _sequence++;
        for (int first = 0; first < Followers; first += Portfolios.Length)
        {
            var batch = new PortfolioBatch { Count = Math.Min(Portfolios.Length, Followers - first) };
            for (int i = 0; i < batch.Count; i++)
            {
                batch.Portfolios[i] = new Portfolio
                {
                    Account = first + i,
                    Balance = Money.Parse("1000"),
                    Equity = Money.Parse("995.12"),
                    UsedMargin = Money.Parse("110"),
                };
            }
            SayInCommand(projection, in batch);
        }
        Say(projection, new TickCompleted());
    }

    private void Say<TEvent>(RedisProjection projection, in TEvent happened) where TEvent : unmanaged, IEvent
    {
        _sequence++;
        SayInCommand(projection, in happened);
    }

    private void SayInCommand<TEvent>(RedisProjection projection, in TEvent happened) where TEvent : unmanaged, IEvent
    {
        var slot = new EventSlot { Header = new EventHeader { Sequence = _sequence, Time = _sequence, Type = TEvent.Type } };
        slot.As<TEvent>() = happened;
        _directory.OnEvent(ref slot, endOfBatch: false);
        projection.OnEvent(ref slot, endOfBatch: false);
    }
}
