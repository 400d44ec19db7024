using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Telemetry;

namespace CopyEngine.Host.World;

/// <summary>
/// Turns a world into ordinary commands. Each kind waits until the engine has numbered what the kind before it made;
/// accounts that exist are left alone.
/// </summary>
internal sealed class WorldLoader(TradingEngine engine, WorldRefusals refusals, CancellationToken cancellation)
{
    private long _time;
    private long _sequence;

    /// <summary>Makes the world as of a time; returns when every listener has seen it.</summary>
    /// <exception cref="HostException">The engine refused a part of it.</exception>
    public async Task LoadAsync(WorldDefinition world, long timeMicroseconds)
    {
        _time = timeMicroseconds;
        foreach (RegisterInstrument instrument in world.Instruments)
        {
            Send(in instrument);
        }
        foreach (GroupDefinition definition in world.Groups)
        {
            Send(definition.Group);
        }
        await SettleAsync();
        SendGroupInstruments(world.Groups);
        List<(AccountName Name, long Balance)> opened = OpenAccounts(world.Accounts);
        await SettleAsync();
        foreach ((AccountName name, long balance) in opened)
        {
            Send(new MoveFunds { Account = AccountId(name), Amount = balance, Comment = Numerics.Comment.From("opening balance") });
        }
        SendLinks(world.Links);
        await SettleAsync();
    }

    private void SendGroupInstruments(IEnumerable<GroupDefinition> groups)
    {
        foreach (GroupDefinition definition in groups)
        {
            int group = engine.Directory.FindGroup(definition.Group.Name.ToString())!.Id;
            foreach (GroupInstrumentDefinition instrument in definition.Instruments)
            {
                Send(instrument.Settings with { Group = group, Symbol = engine.Directory.FindInstrument(instrument.Symbol)!.Id });
            }
        }
    }

    private List<(AccountName Name, long Balance)> OpenAccounts(IEnumerable<AccountsDefinition> accounts)
    {
        var opened = new List<(AccountName, long)>();
        foreach (AccountsDefinition definition in accounts)
        {
            var open = new OpenAccount
            {
                UserType = definition.Range.UserType,
                Group = engine.Directory.FindGroup(definition.Group)!.Id,
                Currency = Numerics.CurrencyCode.From(definition.Currency),
                Leverage = definition.Leverage,
            };
            foreach (AccountName name in definition.Range.Names.Where(name => engine.Directory.FindAccount(name) is null))
            {
                Send(open with { AccountNumber = name.Number });
                if (definition.Balance != 0)
                {
                    opened.Add((name, definition.Balance));
                }
            }
        }
        return opened;
    }

    private void SendLinks(IEnumerable<LinksDefinition> links)
    {
        foreach (LinksDefinition definition in links)
        {
            var follow = new Follow { Provider = AccountId(definition.Provider.Names.First()), Settings = definition.Settings };
            foreach (AccountName name in definition.Followers.Names)
            {
                Send(follow with { Follower = AccountId(name) });
            }
        }
    }

    private int AccountId(AccountName name) => engine.Directory.FindAccount(name)!.Id;

    private void Send<TCommand>(in TCommand command) where TCommand : unmanaged, ICommand =>
        _sequence = engine.Publish(in command, HostSenders.World, _time);

    private async Task SettleAsync()
    {
        if (_sequence > 0)
        {
            await engine.WaitForAsync(_sequence, cancellation);
        }
        if (refusals.First is { } refusal)
        {
            throw HostException.WrongUsage(
                $"the engine refused a part of the world (command {refusal.Sequence}: {WireText.Of(refusal.Reason)}); correct the world file");
        }
    }
}

/// <summary>Notices when the engine refuses a command of the world.</summary>
internal sealed class WorldRefusals : IEventListener
{
    private volatile Refusal? _first;

    public string Name => "world-refusals";

    public Refusal? First => _first;

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        if (slot.Header.Type == EventType.RequestRefused && slot.Header.Session == HostSenders.World.Session)
        {
            _first ??= new Refusal(slot.Header.Sequence, slot.As<RequestRefused>().Reject);
        }
    }

    internal sealed record Refusal(long Sequence, RejectCode Reason);
}
