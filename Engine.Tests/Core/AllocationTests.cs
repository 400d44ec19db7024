using CopyEngine.Commands;
using CopyEngine.Core;
using CopyEngine.Events;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;
using Xunit;

namespace CopyEngine.Tests.Core;

/// <summary>The core allocates nothing after warm-up: a collection in the middle of a cascade is a pause for everybody.</summary>
public sealed class AllocationTests : IRulesEngine, IEventSink
{
    private const int Commands = 100_000;
    private readonly TradingCore _core;
    private readonly long[] _events = new long[64];
    private EventLog? _log;
    private EventSlot _slot;

    public AllocationTests() => _core = new TradingCore(new EngineLimits(), this);

    [Fact]
    public void A_hundred_thousand_mixed_commands_allocate_nothing()
    {
        TestWorld world = World(this);
        _log = null;
        long start = TestWorld.Microseconds(world.Now);
        var mix = new Mix(_core, start);
        mix.Send(Commands);
        Array.Clear(_events);

        long before = GC.GetAllocatedBytesForCurrentThread();
        mix.Send(Commands);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        EventType[] expected =
        [
            EventType.OrderReport, EventType.CopyReport, EventType.CopySkipped, EventType.LedgerPosting, EventType.PortfolioBatch,
            EventType.MarginReport, EventType.CascadeReport, EventType.LinkChanged, EventType.SwapCharged, EventType.QuoteTaken,
        ];
        Assert.All(expected, type => Assert.True(_events[(int)type] > 0, $"no {type} happened: the mix does not show what it should"));
        _core.Validate();
    }

    void IRulesEngine.Apply(ref CommandSlot command, EventLog events)
    {
        _log = events;
        _core.Apply(ref command);
    }

    ref EventSlot IEventSink.Claim() => ref _slot;

    void IEventSink.Publish()
    {
        _events[(int)_slot.Header.Type]++;
        _log?.Add(in _slot);
    }

    private static TestWorld World(IRulesEngine core)
    {
        var world = new TestWorld(core);
        world.Instrument("EURUSD", (ref RegisterInstrument eurusd) => eurusd.SwapLong = -Fixed8.One).Instrument("USDJPY");
        world.Group("Standard");
        world.Account("strategy_provider:1", "100000").Account("strategy_provider:2", "50000");
        for (int follower = 1; follower <= 40; follower++)
        {
            world.Account($"copy_follower:{follower}", follower % 8 == 0 ? "0.50" : "20000", follower % 3 == 0 ? "JPY" : "USD");
            world.Follow($"copy_follower:{follower}", "strategy_provider:1");
            world.Follow($"copy_follower:{follower}", "strategy_provider:2");
        }
        return world;
    }

    /// <summary>Opens with stops, waiting orders, part and full closes, ticks, rollovers, and a crash now and then.</summary>
    private sealed class Mix(TradingCore core, long start)
    {
        private const int First = 0;
        private const int Second = 1;
        private const int Followers = 40;
        private static readonly long Deposit = Fixed8.Parse("2000");
        private static readonly long Lots = Fixed8.Parse("0.50");
        private static readonly long CrashLots = Fixed8.Parse("8.00");
        private static readonly long Tenth = Fixed8.Parse("0.10");
        private static readonly long LimitPrice = Fixed8.Parse("1.08500");
        private static readonly long StopLevel = Fixed8.Parse("1.07000");
        private CommandSlot _command;
        private int _round;
        private int _sent;

        public void Send(int commands)
        {
            _sent = 0;
            while (_sent < commands)
            {
                Round();
            }
        }

        private void Round()
        {
            _round++;
            bool isCrash = _round % 50 == 0;
            Quote(0, 110_000);
            Quote(1, 15_000_000);
            Fund();
            Resume();
            for (int order = 0; order < 6; order++)
            {
                Place(order % 2 == 0 ? First : Second, order % 3 == 0 ? 1 : 0, OrderType.Market, isCrash ? CrashLots : Lots);
            }
            Place(First, 0, OrderType.Limit, Tenth);
            Send(default(Tick));
            Quote(0, isCrash ? 90_000 : 109_500);
            Quote(1, isCrash ? 12_000_000 : 15_050_000);
            Send(default(Tick));
            Send(new Rollover { Day = (int)(start / 86_400_000_000L) + _round });
            Close(First);
            Quote(0, 108_000);
            Send(default(Tick));
            Close(First);
            Close(Second);
        }

        private void Close(int account) => Send(new CloseAll { Account = account, Symbol = CloseAll.EverySymbol });

        private void Fund()
        {
            for (int account = 0; account < Followers + 2; account++)
            {
                Send(new MoveFunds { Account = account, Amount = Deposit });
            }
        }
        private void Resume()
        {
            for (int follower = 2; follower < Followers + 2; follower++)
            {
                Send(new SetLinkStatus { Provider = First, Follower = follower, Status = LinkStatus.Active });
                Send(new SetLinkStatus { Provider = Second, Follower = follower, Status = LinkStatus.Active });
            }
        }

        /// <summary>A quote at a bid in 10^-5 of the price, with the spread of a tenth of a thousandth.</summary>
        private void Quote(int symbol, long bid) => Send(new Quote
        {
            Symbol = symbol,
            Bid = bid * 1_000,
            Ask = bid * 1_000 + (symbol == 0 ? 10_000 : 1_000_000),
            SourceTime = start,
        });

        private void Place(int account, int symbol, OrderType type, long lots) => Send(new PlaceOrder
        {
            Account = account,
            Symbol = symbol,
            Side = Side.Buy,
            OrderType = type,
            TimeInForce = TimeInForce.Gtc,
            Lots = lots,
            Price = type == OrderType.Limit ? LimitPrice : Field.NotGiven,
            StopPrice = Field.NotGiven,
            StopLoss = symbol == 0 && type == OrderType.Limit ? StopLevel : Field.NotGiven,
            TakeProfit = Field.NotGiven,
            ExpiresAt = Field.NotGiven,
            MaxSlippage = Field.NotGiven,
        });

        private void Send<TCommand>(in TCommand command) where TCommand : unmanaged, ICommand
        {
            Apply(in command);
            while (core.HasUnfinishedWork)
            {
                Apply(default(Continue));
            }
        }

        private void Apply<TCommand>(in TCommand command) where TCommand : unmanaged, ICommand
        {
            _sent++;
            _command.Header = new CommandHeader { Sequence = core.Sequence + 1, Time = start + core.Sequence };
            _command.Set(in command);
            core.Apply(ref _command);
        }
    }
}
