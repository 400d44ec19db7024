using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.Tests.Sessions;

namespace CopyEngine.Tests.Simulation;

/// <summary>
/// The clients of a run: a broker, a price feed, traders, and what the engine's own process asks for. Together they want what a random
/// session of the model tests contains; who comes next is chance, but the world is built in its order.
/// </summary>
internal sealed class ClientCrowd
{
    private const int Traders = 3;

    private readonly SimulatedMachine _machine;
    private readonly SimulatedClient _broker;
    private readonly SimulatedClient _feed;
    private readonly SimulatedClient[] _traders;
    private readonly Queue<(int Place, CommandSlot Command)> _timers = [];
    private readonly List<Intention> _intentions = [];
    private readonly int _worldEnd;
    private int _lastSession;

    public ClientCrowd(SimulatedMachine machine, Session session)
    {
        _machine = machine;
        _broker = Client("broker");
        _feed = Client("feed");
        _traders = [.. Enumerable.Range(1, Traders).Select(number => Client($"trader {number}"))];
        All = [_broker, _feed, .. _traders];
        CommandSlot[] commands = session.Commands;
        IsEveryIdRemembered = session.Limits.ClientOrderIdsPerAccount > SessionGenerator.CommandsPerSession
            && !Array.Exists(commands, command => command.Header.Type == CommandType.SetLimits);
        _worldEnd = Array.FindIndex(commands, command => !IsOfWorld(command.Header.Type));
        for (int place = 0; place < Math.Min(machine.Plan.Commands, commands.Length); place++)
        {
            Distribute(place, commands[place]);
        }
    }

    public SimulatedClient[] All { get; }

    /// <summary>No id is ever forgotten for want of room.</summary>
    public bool IsEveryIdRemembered { get; }

    public IReadOnlyList<Intention> Intentions => _intentions;

    /// <summary>Nobody wants anything any more, and everybody has read everything.</summary>
    public bool IsSatisfied(int events) => _timers.Count == 0 && Array.TrueForAll(All, client => client.HasEverything && client.NextEvent == events);

    /// <summary>Every client goes on with a new connection.</summary>
    public int NextSession() => ++_lastSession;

    /// <summary>The next command that somebody sends, if anybody may.</summary>
    public bool TrySend(bool mayTakeRisk, out CommandSlot command)
    {
        command = default;
        RandomChoices random = _machine.Random;
        SimulatedClient[] connected = [.. All.Where(client => client.Session != 0)];
        SimulatedClient[] again = [.. connected.Where(client => client.MaySendAgain)];
        if (again.Length > 0 && _machine.Strikes(Fault.ClientSendsTwice, 0.03))
        {
            command = random.ItemOf(again).SendAgain(random.Between(0, 3));
            return mayTakeRisk || !TakesRisk(command.Header.Type);
        }
        int next = Math.Min(NextPlace(), _timers.Count > 0 ? _timers.Peek().Place : int.MaxValue);
        bool isInOrder = next < _worldEnd || random.Chance(0.8);
        if (_timers.Count > 0 && _timers.Peek().Place == next)
        {
            command = _timers.Dequeue().Command;
            return true;
        }
        SimulatedClient[] able = [.. connected.Where(client => client.MaySend && (!isInOrder || client.Place == next))];
        able = [.. able.Where(client => mayTakeRisk || !TakesRisk(client.NextType))];
        if (able.Length == 0)
        {
            return false;
        }
        command = random.ItemOf(able).Send();
        return true;
    }

    public override string ToString() => $"{_timers.Count} timers left; {string.Join("; ", All.Select(client => client.ToString()))}";

    /// <summary>What the door refuses when no further journal file can be made ready.</summary>
    private static bool TakesRisk(CommandType type) => type is CommandType.PlaceOrder or CommandType.Follow or CommandType.OpenAccount;

    private static bool IsOfWorld(CommandType type) =>
        type is CommandType.RegisterInstrument or CommandType.RegisterGroup or CommandType.SetGroupInstrument or CommandType.OpenAccount
            or CommandType.MoveFunds or CommandType.Quote or CommandType.Follow;

    private int NextPlace() => All.Select(client => client.IsIdle ? int.MaxValue : client.Place).Min();

    private SimulatedClient Client(string name) => new(name, _machine.Plan.Window, _machine.Sends, _machine.Judge, _machine.Faults);

    private void Distribute(int place, CommandSlot command)
    {
        command.Header.Session = 0;
        command.Header.Correlation = 0;
        if (command.Header.Type is CommandType.Tick or CommandType.Rollover or CommandType.SetLimits)
        {
            command.Header.Key = 0;
            _timers.Enqueue((place, command));
            return;
        }
        if (place < _worldEnd && command.Header.Type == CommandType.MoveFunds)
        {
            // The first deposits have no ids, and a broker that does not know whether they arrived must send them again.
            command.As<MoveFunds>().RequestId = ClientOrderId.From($"first-{place}");
            command.Header.Key = 9;
        }
        var intention = new Intention(place, command);
        _intentions.Add(intention);
        OwnerOf(command).Want(intention);
    }

    private SimulatedClient OwnerOf(CommandSlot command) => command.Header.Type switch
    {
        CommandType.Quote => _feed,
        CommandType.PlaceOrder => TraderOf(command.As<PlaceOrder>().Account),
        CommandType.CancelOrder => TraderOf(command.As<CancelOrder>().Account),
        CommandType.ModifyOrder => TraderOf(command.As<ModifyOrder>().Account),
        CommandType.CloseOrder => TraderOf(command.As<CloseOrder>().Account),
        CommandType.CloseAll => TraderOf(command.As<CloseAll>().Account),
        CommandType.QueryAccount => TraderOf(command.As<QueryAccount>().Account),
        _ => _broker,
    };

    private SimulatedClient TraderOf(int account) => _traders[(account & int.MaxValue) % Traders];
}
