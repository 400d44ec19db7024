using CopyEngine.Commands;
using CopyEngine.Numerics;
using CopyEngine.Tests.Model;

namespace CopyEngine.Tests.Sessions;

/// <summary>
/// Makes a session of a seed: a world, then commands that look at a model of the state so that most of them mean
/// something, and some that do not. Always the same session for the same seed.
/// </summary>
internal sealed partial class SessionGenerator
{
    public const int CommandsPerSession = 300;

    private readonly RandomChoices _random;
    private readonly Features _features;
    private readonly EngineLimits _limits;
    private readonly ModelEngine _model;
    private readonly EventLog _ignored = new();
    private readonly List<CommandSlot> _commands = [];
    private readonly List<CommandSlot> _withIds = [];
    private long _time;
    private long _sourceTime;

    private SessionGenerator(int seed)
    {
        _random = new RandomChoices(seed);
        _features = _random.Swarm();
        _limits = Has(Features.SmallLimits)
            ? new EngineLimits { OrdersPerAccount = _random.Between(3, 8), ClientOrderIdsPerAccount = _random.Between(2, 6) }
            : new EngineLimits();
        _model = new ModelEngine(_limits);
        _time = TestWorld.Microseconds(TestWorld.Start.AddHours(_random.Between(-60, 100)));
        _sourceTime = _time;
    }

    public static Session Generate(int seed)
    {
        var generator = new SessionGenerator(seed);
        generator.BuildWorld();
        while (generator._commands.Count < CommandsPerSession)
        {
            generator.NextCommand();
        }
        generator.AskForEverything();
        return new Session(seed, generator._limits, [.. generator._commands]);
    }

    private bool Has(Features feature) => (_features & feature) != 0;

    private void Send<TCommand>(in TCommand command, int key = 0) where TCommand : unmanaged, ICommand
    {
        var slot = new CommandSlot();
        slot.Set(in command);
        slot.Header.Time = _time;
        slot.Header.Key = key;
        slot.Header.Session = key;
        Send(slot);
    }

    private void Send(CommandSlot slot)
    {
        slot.Header.Sequence = _commands.Count + 1;
        slot.Header.Correlation = slot.Header.Session == 0 ? 0 : slot.Header.Sequence;
        _commands.Add(slot);
        _ignored.Clear();
        _model.Apply(ref slot, _ignored);
    }

    /// <summary>At the end: every account, then the state and the books.</summary>
    private void AskForEverything()
    {
        for (int account = 0; account < _model.Accounts.Count; account++)
        {
            Send(new QueryAccount { Account = account });
        }
        Send(default(ReportState));
    }

    private ClientOrderId NewId()
    {
        if (!Has(Features.Ids) || _random.Chance(0.3))
        {
            return default;
        }
        // Few enough that one comes back: under another command, another account, another key.
        int choices = _random.Chance(0.2) ? 8 : 100_000;
        return ClientOrderId.From($"id-{_random.Between(1, choices)}");
    }

    private int Key() => _random.OneOf(0, 1, 1, 2);
}
