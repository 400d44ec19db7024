using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>
/// The trading rules, slow and obvious: plain lists, decimals and exact fractions, everything computed afresh whenever
/// it is asked for, every command carried out to its end at once. Shares no code with the core.
/// </summary>
internal sealed partial class ModelEngine(EngineLimits limits) : IRulesEngine
{
    private readonly List<ModelInstrument> _instruments = [];
    private readonly List<ModelGroup> _groups = [];
    private readonly List<ModelAccount> _accounts = [];
    private readonly List<ModelLink> _links = [];
    private readonly Dictionary<long, ModelOrder> _orders = [];
    private readonly Dictionary<int, RememberedAnswers> _requests = [];
    private CommandHeader _command;
    private EventLog _events = new();
    private int _eventIndex;
    private long _now;
    private long _lastOrderId;
    private long _lastExecutionId;
    private long _lastSubscription;
    private long _lastEntry;

    public IReadOnlyList<ModelInstrument> Instruments => _instruments;

    public IReadOnlyList<ModelGroup> Groups => _groups;

    public IReadOnlyList<ModelAccount> Accounts => _accounts;

    public IReadOnlyList<ModelLink> Links => _links;

    public long LastOrderId => _lastOrderId;

    public long Now => _now;

    /// <inheritdoc/>
    public void Apply(ref CommandSlot command, EventLog events)
    {
        _command = command.Header;
        _events = events;
        _eventIndex = 0;
        _now = Math.Max(_now, command.Header.Time);
        switch (command.Header.Type)
        {
            case CommandType.RegisterInstrument: Apply(command.As<RegisterInstrument>()); break;
            case CommandType.RegisterGroup: Apply(command.As<RegisterGroup>()); break;
            case CommandType.SetGroupInstrument: Apply(command.As<SetGroupInstrument>()); break;
            case CommandType.SetLimits: Apply(command.As<SetLimits>()); break;
            case CommandType.OpenAccount: Apply(command.As<OpenAccount>()); break;
            case CommandType.MoveFunds: Apply(command.As<MoveFunds>()); break;
            case CommandType.SetAccountStatus: Apply(command.As<SetAccountStatus>()); break;
            case CommandType.Follow: Apply(command.As<Follow>()); break;
            case CommandType.Unfollow: Apply(command.As<Unfollow>()); break;
            case CommandType.SetLinkStatus: Apply(command.As<SetLinkStatus>()); break;
            case CommandType.PlaceOrder: Apply(command.As<PlaceOrder>()); break;
            case CommandType.CancelOrder: Apply(command.As<CancelOrder>()); break;
            case CommandType.ModifyOrder: Apply(command.As<ModifyOrder>()); break;
            case CommandType.CloseOrder: Apply(command.As<CloseOrder>()); break;
            case CommandType.CloseAll: Apply(command.As<CloseAll>()); break;
            case CommandType.Quote: Apply(command.As<Quote>()); break;
            case CommandType.Tick: ApplyTick(); break;
            case CommandType.Rollover: Apply(command.As<Rollover>()); break;
            case CommandType.Continue: break;
            case CommandType.QueryAccount: Apply(command.As<QueryAccount>()); break;
            case CommandType.ReportState: ReportState(); break;
            default: throw new ArgumentException($"the model knows no command {command.Header.Type}");
        }
    }

    private void Emit<TEvent>(in TEvent happened) where TEvent : unmanaged, IEvent =>
        _events.Add(
            new EventHeader
            {
                Sequence = _command.Sequence,
                Time = _now,
                Correlation = _command.Correlation,
                Session = _command.Session,
                Key = _command.Key,
                Index = _eventIndex++,
            },
            in happened);

    private ModelAccount? FindAccount(int id) => id >= 0 && id < _accounts.Count ? _accounts[id] : null;

    private ModelInstrument? FindInstrument(int id) => id >= 0 && id < _instruments.Count ? _instruments[id] : null;

    private ModelGroup? FindGroup(int id) => id >= 0 && id < _groups.Count ? _groups[id] : null;
}
