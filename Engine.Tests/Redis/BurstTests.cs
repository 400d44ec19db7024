using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Redis;
using CopyEngine.Host.Redis.Mirror;
using CopyEngine.Numerics;
using Xunit;

namespace CopyEngine.Tests.Redis;

/// <summary>Much at once, and for long without Redis: memory stays that of the state, the nearest to the warning level comes first.</summary>
public sealed class BurstTests
{
    private const int Accounts = 100_000;
    private readonly StateHandover _handover = new(new RedisLimits());
    private long _sequence;

    [Fact]
    public void A_hundred_thousand_portfolios_again_and_again_without_redis_take_no_more_memory()
    {
        Open(Accounts);
        Change(Accounts, round: 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 1; round <= 20; round++)
        {
            Change(Accounts, round);
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(Accounts, _handover.With(state => state.Queue.Count));
        Assert.True(allocated < 4_096, $"{allocated} bytes were allocated");
    }

    [Fact]
    public void Orders_that_come_and_go_without_redis_leave_nothing_behind()
    {
        Open(100);
        for (long order = 1; order <= 50_000; order++)
        {
            int account = (int)(order % 100);
            Say(new OrderReport { OrderId = order, Account = account, Status = OrderStatus.Filled, RemainingSteps = 1, AveragePricePoints = 1 });
            Say(new OrderReport { OrderId = order, Account = account, Status = OrderStatus.Closed });
            if (order % 1_000 == 0)
            {
                _handover.With(state =>
                {
                    state.BeginGeneration();
                    state.MarkEverything(0, 1_000);
                });
            }
        }
        Assert.InRange(_handover.With(state => state.Orders.Count), 0, 1_000);
    }

    [Fact]
    public void The_nearest_to_the_warning_level_are_taken_first_and_the_farthest_are_not_forgotten()
    {
        Open(1_000);
        TakeEverything();
        var random = new Random(7);
        int[] levels = [.. Enumerable.Range(0, 1_000).OrderBy(_ => random.Next())];
        for (int account = 0; account < 1_000; account++)
        {
            Say(PortfolioOf(account, equity: levels[account] + 1));
        }
        EndCommand();

        int[] taken = [.. TakeEverything()];

        int[] nearest = [.. taken.Take(80).Where((_, place) => place % 8 != 7)];
        Assert.All(nearest, account => Assert.InRange(levels[account], 0, 220));
        int[] fairShare = [.. taken.Take(80).Where((_, place) => place % 8 == 7)];
        Assert.All(fairShare, account => Assert.InRange(levels[account], 200, 1_000));
        Assert.Equal(1_000, taken.Distinct().Count());
    }

    [Fact]
    public void Half_a_command_is_never_taken()
    {
        Open(1);
        TakeEverything();
        _sequence++;
        SayInCommand(new LedgerPosting { Account = 0, Balance = Money.Parse("5") });
        Assert.Empty(TakeEverything());
        SayInCommand(new LedgerPosting { Account = 0, Balance = Money.Parse("7") });
        Assert.Empty(TakeEverything());

        EndCommand();
        Assert.Equal([0], TakeEverything());
        Assert.Equal(Money.Parse("7"), _handover.With(state => state.Account(0).Balance));
    }

    [Fact]
    public void The_last_command_is_taken_once_it_has_been_quiet_for_some_looks()
    {
        Open(1);
        TakeEverything();
        _sequence++;
        SayInCommand(new LedgerPosting { Account = 0, Balance = Money.Parse("5") });
        Assert.False(_handover.Look());
        for (int look = 0; look < new RedisLimits().QuietLooks; look++)
        {
            _handover.Look();
        }
        Assert.Equal([0], TakeEverything());
    }

    private void Open(int accounts)
    {
        Say(new GroupDefined { Id = 0, Definition = new RegisterGroup { WarningLevel = 500_000, LiquidationLevel = 100_000 } });
        for (int account = 0; account < accounts; account++)
        {
            Say(new AccountOpened { Account = account, AccountNumber = account + 1, UserType = UserType.Live, Leverage = 100 });
        }
        EndCommand();
    }

    private void Change(int accounts, int round)
    {
        var batch = new PortfolioBatch { Count = Portfolios.Length };
        for (int first = 0; first + Portfolios.Length <= accounts; first += Portfolios.Length)
        {
            for (int i = 0; i < Portfolios.Length; i++)
            {
                batch.Portfolios[i] = new Portfolio { Account = first + i, Equity = new Money(first + round), UsedMargin = new Money(1_000) };
            }
            Say(in batch);
        }
        EndCommand();
    }

    private static PortfolioBatch PortfolioOf(int account, long equity)
    {
        var batch = new PortfolioBatch { Count = 1 };
        batch.Portfolios[0] = new Portfolio { Account = account, Equity = new Money(equity), UsedMargin = new Money(100) };
        return batch;
    }

    private List<int> TakeEverything()
    {
        var batch = new TakenBatch();
        var ids = new List<int>();
        BatchTaking taking = _handover.With(state => new BatchTaking(state, new RedisLimits()));
        do
        {
            _handover.With(_ => taking.Take(batch));
            foreach (ref readonly TakenAccount taken in batch.Accounts)
            {
                ids.Add(taken.Id);
            }
        }
        while (batch.AccountCount > 0);
        return ids;
    }

    /// <summary>An event that is a command's only one.</summary>
    private void Say<TEvent>(in TEvent happened) where TEvent : unmanaged, IEvent
    {
        _sequence++;
        SayInCommand(in happened);
    }

    private void SayInCommand<TEvent>(in TEvent happened) where TEvent : unmanaged, IEvent
    {
        var slot = new EventSlot { Header = new EventHeader { Sequence = _sequence, Time = _sequence, Type = TEvent.Type } };
        slot.As<TEvent>() = happened;
        _handover.Take(ref slot);
    }

    /// <summary>Another command's first event shows that the last one is complete.</summary>
    private void EndCommand() => Say(new TickCompleted());
}
