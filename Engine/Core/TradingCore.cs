using CopyEngine.Accounts;
using CopyEngine.Commands;
using CopyEngine.Copying;
using CopyEngine.Events;
using CopyEngine.Instruments;
using CopyEngine.Margin;
using CopyEngine.Numerics;
using CopyEngine.Orders;
using CopyEngine.Quotes;
using CopyEngine.State;
using CopyEngine.Work;

namespace CopyEngine.Core;

/// <summary>
/// The whole trading state and the only thing that changes it: applies one command after another, on one thread,
/// deterministically, without clock, randomness or I/O, and tells what happened as events (design, section 2).
/// </summary>
internal sealed partial class TradingCore : IWorker
{
    private readonly CurrentLimits _limits;
    private readonly EventOutput _output;
    private readonly CurrencyTable _currencies;
    private readonly InstrumentTable _instruments;
    private readonly GroupTable _groups;
    private readonly QuoteTable _quotes;
    private readonly ConversionTable _conversions;
    private readonly AccountTable _accounts;
    private readonly ExposureTable _exposures;
    private readonly Valuation _valuation;
    private readonly Ledger _ledger;
    private readonly AnswerTable _answerTable;
    private readonly Answers _answers;
    private readonly OrderTable _orders;
    private readonly TriggerTable _triggers;
    private readonly ExpiryQueue _expiries;
    private readonly SwapCharge _swaps;
    private readonly OrderExecution _execution;
    private readonly LinkTable _links;
    private readonly WorkQueue _work = new();
    private readonly FanOut _fanOut;
    private readonly Mirror _mirror;
    private readonly PendingCloses _pending;
    private readonly TriggerRun _triggerRun;
    private readonly Sweep _sweep;
    private readonly Cascade _cascade;
    private readonly OrderDesk _orderDesk;
    private readonly ChangeDesk _changeDesk;
    private readonly CloseDesk _closeDesk;
    private readonly AccountDesk _accountDesk;
    private readonly LinkDesk _linkDesk;
    private readonly TickDigest _tickDigest;
    private readonly Recital _recital;
    private long _now;

    /// <summary>An empty state whose events go to <paramref name="sink"/>.</summary>
    public TradingCore(EngineLimits limits, IEventSink sink)
    {
        _limits = new CurrentLimits(limits);
        FixedLimits = FixedLimits.Of(limits);
        _output = new EventOutput(sink);
        _currencies = new CurrencyTable(limits.Currencies);
        _currencies.FindOrAdd(CurrencyCode.From("USD"));
        _instruments = new InstrumentTable(limits.Instruments, _currencies);
        _groups = new GroupTable(limits.Groups, _instruments);
        _quotes = new QuoteTable(limits.Instruments, _instruments);
        _conversions = new ConversionTable(limits.Currencies, _instruments, _currencies, _quotes);
        _accounts = new AccountTable(_limits, _currencies, _groups);
        _exposures = new ExposureTable(_accounts);
        _valuation = new Valuation(_instruments, _groups, _quotes, _conversions, _accounts, _exposures);
        _ledger = new Ledger(_accounts, _groups, _currencies, _output, limits.Currencies);
        _answerTable = new AnswerTable(_limits);
        _orders = new OrderTable(_accounts, limits.Shard);
        _triggers = new TriggerTable(_instruments, _groups, _accounts, _orders);
        _expiries = new ExpiryQueue(_orders);
        _swaps = new SwapCharge(_instruments, _groups, _quotes, _conversions, _accounts, _orders, _output);
        var reports = new OrderReports(_instruments, _valuation, _orders);
        _execution = new OrderExecution(
            _instruments, _groups, _conversions, _accounts, _exposures, _valuation, _ledger, _orders, _triggers, _expiries, _swaps, reports, _output);
        _links = new LinkTable(_accounts);
        _pending = new PendingCloses(_accounts, _orders, _links, _output);
        var sizer = new CopySizer(_groups, _conversions, _accounts, _valuation);
        _fanOut = new FanOut(
            _instruments, _groups, _accounts, _valuation, _orders, _triggers, _execution, reports, _links, sizer, _work, _output);
        _mirror = new Mirror(_accounts, _orders, _triggers, _execution, reports, _links, _pending, _work, _output);
        var checks = new OrderChecks(_instruments, _groups, _quotes, _accounts);
        _answers = new Answers(_answerTable, _output);
        _triggerRun = new TriggerRun(
            _instruments, _groups, _accounts, _orders, _triggers, _expiries, checks, _execution, reports, _fanOut, _mirror, _work, _output);
        var liquidation = new Liquidation(_quotes, _accounts, _valuation, _orders, _execution, _output);
        _cascade = new Cascade(_quotes, _accounts, _valuation, _orders, _execution, liquidation, _links, _mirror, _pending, _work, _output);
        var autocutoff = new Autocutoff(_instruments, _currencies, _quotes, _accounts, _orders, liquidation, _cascade, _output);
        _sweep = new Sweep(
            _instruments, _groups, _quotes, _conversions, _accounts, _exposures, _valuation, autocutoff, _output, limits.Instruments);
        var door = new OrderDoor(_accounts, _orders, reports, _work, _answers, _output);
        _changeDesk = new ChangeDesk(_instruments, _accounts, _orders, _triggers, checks, reports, _mirror, door, _answers, _output);
        _closeDesk = new CloseDesk(_instruments, _quotes, _groups, _accounts, _orders, _execution, _mirror, door, _answers, _output);
        _orderDesk = new OrderDesk(
            _limits, _instruments, _quotes, _groups, _accounts, _orders, _triggers, _expiries, checks, _execution, reports, _fanOut, door, _changeDesk, _answers, _output);
        _accountDesk = new AccountDesk(
            _limits, _currencies, _instruments, _groups, _conversions, _accounts, _valuation, _ledger, _orders, _triggers, reports, _links, _answers, _output);
        _linkDesk = new LinkDesk(
            _instruments, _quotes, _accounts, _orders, _execution, reports, _links, _work, _answers, _output);
        _tickDigest = new TickDigest(_output, _accounts, _orders, _links);
        _recital = new Recital(_instruments, _groups, _quotes, _accounts, _orders, reports, _links, _work, _output);
        _work.Worker = this;
    }

    /// <summary>Long work is waiting: somebody outside has to publish <see cref="Continue"/> when nothing else comes.</summary>
    public bool HasUnfinishedWork => !_work.IsEmpty;

    /// <summary>Open holdings.</summary>
    public int Holdings => _orders.Holdings;

    /// <summary>A tick has accounts left to visit.</summary>
    public bool IsTicking => _work.HasUnfinished(WorkKind.Tick);

    /// <summary>Sequence of the command applied last.</summary>
    public long Sequence { get; private set; }

    /// <summary>Effective time: the largest stamp so far, microseconds since the Unix epoch.</summary>
    public long Now => _now;

    /// <summary>
    /// Applies a command and a quota of long work. Sequences follow one another without a gap. The slot stays as it is:
    /// the journal reads it at the same time.
    /// </summary>
    public void Apply(ref readonly CommandSlot slot)
    {
        Invariant.Holds(slot.Header.Sequence == Sequence + 1, "a command is missing or came twice");
        Sequence = slot.Header.Sequence;
        _now = Math.Max(_now, slot.Header.Time);
        CommandHeader cause = slot.Header;
        cause.Time = _now;
        _output.Begin(in cause);
        _answers.Begin();
        if (slot.Header.Type == CommandType.ReportState)
        {
            // What it says of the state must be true after it, so that a replay up to it finds the same.
            RunWork();
            ReportState();
            return;
        }
        Dispatch(in slot);
        RunWork();
        if (slot.Header.Type == CommandType.Tick)
        {
            _tickDigest.Take(Sequence, _now);
        }
    }

    private void RunWork()
    {
        using EventOutput.WorkScope scope = _output.EnterWork();
        _work.Run(_limits.WorkQuota);
    }

    /// <inheritdoc/>
    bool IWorker.Step(ref WorkItem item, ref int budget)
    {
        using EventOutput.WorkScope scope = _output.EnterWork();
        return item.Kind switch
        {
            WorkKind.FanOut => _fanOut.Step(ref item, ref budget, _now),
            WorkKind.MirrorClose => _mirror.StepClose(ref item, ref budget, _now),
            WorkKind.MirrorStops => _mirror.StepStops(ref item, ref budget, _now),
            WorkKind.Triggers => _triggerRun.Step(ref item, ref budget, _now),
            WorkKind.Tick => StepTick(ref item, ref budget),
            WorkKind.Cascade => _cascade.Finish(ref item, _now),
            WorkKind.PauseLinks => _cascade.StepPauseLinks(ref item, ref budget),
            WorkKind.CountPending => _mirror.StepCountPending(ref item, ref budget),
            WorkKind.Rollover => StepRollover(ref item, ref budget),
            _ => throw new InvariantBrokenException($"unknown work {item.Kind}"),
        };
    }

    /// <summary>Recomputes sums, lists and books from scratch and compares; for tests and checks of a whole state.</summary>
    /// <exception cref="InvariantBrokenException">The state is not whole.</exception>
    public void Validate() => new StateCheck(_currencies, _accounts, _exposures, _ledger, _orders, _links).Run();

    private void Dispatch(in CommandSlot slot)
    {
        switch (slot.Header.Type)
        {
            case CommandType.Quote:
                Take(in slot.Read<Quote>());
                break;
            case CommandType.PlaceOrder:
                _orderDesk.Place(in slot.Read<PlaceOrder>(), ContentOf(in slot.Read<PlaceOrder>().ClientOrderId, in slot), _now);
                break;
            case CommandType.CancelOrder:
                _orderDesk.Cancel(in slot.Read<CancelOrder>(), ContentOf(in slot.Read<CancelOrder>().ClientOrderId, in slot), _now);
                break;
            case CommandType.ModifyOrder:
                _changeDesk.Modify(in slot.Read<ModifyOrder>(), ContentOf(in slot.Read<ModifyOrder>().ClientOrderId, in slot), _now);
                break;
            case CommandType.CloseOrder:
                _closeDesk.Close(in slot.Read<CloseOrder>(), ContentOf(in slot.Read<CloseOrder>().ClientOrderId, in slot), _now);
                break;
            case CommandType.CloseAll:
                _closeDesk.CloseAll(in slot.Read<CloseAll>(), ContentOf(in slot.Read<CloseAll>().ClientOrderId, in slot), _now);
                break;
            case CommandType.Tick:
                BeginTick();
                break;
            case CommandType.Rollover:
                BeginRollover(slot.Read<Rollover>().Day);
                break;
            case CommandType.Continue:
                break;
            default:
                DispatchRequest(in slot);
                break;
        }
    }

    private void DispatchRequest(in CommandSlot slot)
    {
        switch (slot.Header.Type)
        {
            case CommandType.RegisterInstrument:
                _accountDesk.Register(in slot.Read<RegisterInstrument>());
                break;
            case CommandType.RegisterGroup:
                _accountDesk.Register(in slot.Read<RegisterGroup>());
                break;
            case CommandType.SetGroupInstrument:
                _accountDesk.Set(in slot.Read<SetGroupInstrument>());
                break;
            case CommandType.SetLimits:
                _accountDesk.Set(in slot.Read<SetLimits>());
                break;
            case CommandType.OpenAccount:
                _accountDesk.Open(in slot.Read<OpenAccount>(), ContentOf(in slot.Read<OpenAccount>().RequestId, in slot));
                break;
            case CommandType.MoveFunds:
                _accountDesk.Move(in slot.Read<MoveFunds>(), ContentOf(in slot.Read<MoveFunds>().RequestId, in slot), _now);
                break;
            case CommandType.SetAccountStatus:
                _accountDesk.SetStatus(in slot.Read<SetAccountStatus>(), ContentOf(in slot.Read<SetAccountStatus>().RequestId, in slot));
                break;
            case CommandType.Follow:
                _linkDesk.Follow(in slot.Read<Follow>(), ContentOf(in slot.Read<Follow>().RequestId, in slot));
                break;
            case CommandType.Unfollow:
                _linkDesk.Unfollow(in slot.Read<Unfollow>(), ContentOf(in slot.Read<Unfollow>().RequestId, in slot), _now);
                break;
            case CommandType.SetLinkStatus:
                _linkDesk.SetStatus(in slot.Read<SetLinkStatus>(), ContentOf(in slot.Read<SetLinkStatus>().RequestId, in slot));
                break;
            case CommandType.QueryAccount:
                _accountDesk.Query(in slot.Read<QueryAccount>(), _now);
                break;
            default:
                throw new InvariantBrokenException($"command {Sequence} is of no known type: {slot.Header.Type}");
        }
    }

    /// <summary>Hash of everything that a command says but its id: the same content gives the same hash.</summary>
    private static StateHash ContentOf(ref readonly ClientOrderId id, in CommandSlot slot)
    {
        ReadOnlySpan<byte> payload = slot.Payload;
        ReadOnlySpan<byte> idBytes = AsciiText.ReadOnlyBytes(in id);
        Invariant.Holds(payload.Overlaps(idBytes, out int start), "the id of a command does not stand in its slot");
        var hasher = new StateHasher();
        hasher.Add((long)slot.Header.Type);
        hasher.Add(payload[..start]);
        hasher.Add(payload[(start + idBytes.Length)..]);
        return hasher.Result;
    }

    private void Take(in Quote quote)
    {
        if (!_instruments.Contains(quote.Symbol))
        {
            _output.Emit(new QuoteRefused { Symbol = -1, Refusal = QuoteRefusal.Invalid });
            return;
        }
        RawQuote previous = _quotes[quote.Symbol].Raw;
        QuoteRefusal? refusal = _quotes.Take(in quote, _now);
        if (refusal is not null)
        {
            _output.Emit(new QuoteRefused
            {
                Symbol = quote.Symbol,
                Refusal = refusal.Value,
                Count = _quotes[quote.Symbol].RefusedCount,
            });
            return;
        }
        RawQuote current = _quotes[quote.Symbol].Raw;
        if (!previous.Exists)
        {
            _conversions.ChooseRoutes();
            _sweep.ConcernEverybody();
        }
        _output.Emit(new QuoteTaken
        {
            Symbol = quote.Symbol,
            BidPoints = current.BidPoints,
            AskPoints = current.AskPoints,
            SourceTime = quote.SourceTime,
        });
        _triggerRun.Begin(quote.Symbol, previous, current, _now);
    }

    /// <summary>A tick that finds the previous one unfinished joins it.</summary>
    private void BeginTick()
    {
        if (_work.HasUnfinished(WorkKind.Tick))
        {
            return;
        }
        ref WorkItem item = ref _work.Push(WorkKind.Tick, -1);
        item.Subject = (int)TickPhase.Expiries;
        item.Tick.TickSequence = Sequence;
    }

    private enum TickPhase
    {
        Expiries,
        Retries,
        Sweep,
    }

    private bool StepTick(ref WorkItem item, ref int budget)
    {
        if (item.Subject == (int)TickPhase.Expiries)
        {
            _triggerRun.Expire(_now);
            item.Subject = (int)TickPhase.Retries;
        }
        if (item.Subject == (int)TickPhase.Retries)
        {
            if (!_cascade.StepRetry(ref item, ref budget, _now))
            {
                return false;
            }
            _sweep.Begin();
            item.Subject = (int)TickPhase.Sweep;
            item.Cursor = 0;
        }
        if (!_sweep.Step(ref item, ref budget, _now))
        {
            return false;
        }
        _output.Emit(in item.Tick);
        return true;
    }

    private void BeginRollover(int day)
    {
        _work.Complete(WorkKind.Rollover);
        if (!_swaps.TryBegin(day))
        {
            return;
        }
        _work.Push(WorkKind.Rollover, -1).Subject = day;
    }

    private bool StepRollover(ref WorkItem item, ref int budget)
    {
        int place = Math.Max(item.Cursor, 0);
        for (; place < _orders.Places && budget > 0; place++)
        {
            budget--;
            ref Order order = ref _orders[place];
            if (order.State == OrderStage.Open && order.SwapDay < item.Subject && _swaps.Charge(place, _now))
            {
                item.Master++;
            }
        }
        item.Cursor = place;
        if (place < _orders.Places)
        {
            return false;
        }
        _triggerRun.Expire(_now);
        _output.Emit(new RolloverCompleted { Day = item.Subject, Charged = item.Master });
        return true;
    }

    private void ReportState()
    {
        StateHash hash = ComputeHash();
        _output.Emit(new StateReport
        {
            HashHigh = hash.High,
            HashLow = hash.Low,
            Accounts = _accounts.Count,
            Holdings = _orders.Holdings,
            PendingOrders = _orders.Waiting,
            Links = _links.Count,
        });
        for (int currency = 0; currency < _currencies.Count; currency++)
        {
            ref readonly Books books = ref _ledger[currency];
            _output.Emit(new BooksState
            {
                Currency = _currencies.Code(currency),
                ClientBalances = books.ClientBalances,
                BrokerProfit = books.BrokerProfit,
                Commissions = books.Commissions,
                Swaps = books.Swaps,
                NegativeBalanceExpense = books.NegativeBalanceExpense,
                Rounding = books.Rounding,
                ExternalFlows = books.ExternalFlows,
            });
        }
    }
}
