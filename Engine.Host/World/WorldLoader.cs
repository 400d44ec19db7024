using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host.Telemetry;

namespace CopyEngine.Host.World;

/// <summary>
/// Turns a world into ordinary commands. Each kind waits until the engine has numbered what the kind before it made. On a
/// later start only what is new or has changed becomes a command; accounts and links that exist are left alone. A start that
/// was cut off in the middle goes on where it was.
/// </summary>
internal sealed class WorldLoader(TradingEngine engine, WorldWatch watch, CancellationToken cancellation)
{
    private readonly List<(long FirstSequence, string Path)> _sent = [];
    private string _file = "";
    private long _time;
    private long _sequence;

    /// <summary>Commands that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Makes the world as of a time; returns when every listener has seen it.</summary>
    /// <exception cref="HostException">The engine cannot take a part of it.</exception>
    public async Task LoadAsync(WorldDefinition world, long timeMicroseconds)
    {
        _file = world.File;
        _time = timeMicroseconds;
        // What was recited and replayed must have been seen before it can be compared with.
        await engine.WaitForAsync(engine.Statistics.Sequence, cancellation);
        WorldChanges.Check(world, engine.Directory);
        watch.Begin(engine.Statistics.Sequence);
        SendInstruments(world.Instruments);
        SendGroups(world.Groups);
        await SettleAsync();
        foreach ((SetGroupInstrument settings, string path) in WorldChanges.GroupInstruments(world, engine.Directory))
        {
            Send(in settings, path);
        }
        OpenAccounts(world.Accounts);
        await SettleAsync();
        SendLinks(world.Links);
        await SettleAsync();
        watch.End();
    }

    private void SendInstruments(IEnumerable<RegisterInstrument> instruments)
    {
        foreach ((int index, RegisterInstrument wanted) in instruments.Index())
        {
            if (engine.Directory.FindInstrument(wanted.Symbol.ToString()) is not { } known
                || !DefinitionComparison.IsSame(in wanted, known.Definition))
            {
                Send(in wanted, WorldChanges.PathOf("instruments", index));
            }
        }
    }

    private void SendGroups(IEnumerable<GroupDefinition> groups)
    {
        foreach ((int index, GroupDefinition wanted) in groups.Index())
        {
            if (engine.Directory.FindGroup(wanted.Group.Name.ToString()) is not { } known
                || !DefinitionComparison.IsSame(wanted.Group, known.Definition))
            {
                Send(wanted.Group, WorldChanges.PathOf("groups", index));
            }
        }
    }

    private void OpenAccounts(IEnumerable<AccountsDefinition> accounts)
    {
        foreach ((int index, AccountsDefinition definition) in accounts.Index())
        {
            string path = WorldChanges.PathOf("accounts", index);
            var open = new OpenAccount
            {
                UserType = definition.Range.UserType,
                Group = engine.Directory.FindGroup(definition.Group)!.Id,
                Currency = Numerics.CurrencyCode.From(definition.Currency),
                Leverage = definition.Leverage,
                Deposit = definition.Balance,
            };
            foreach (AccountName name in definition.Range.Names.Where(name => engine.Directory.FindAccount(name) is null))
            {
                Send(open with { AccountNumber = name.Number }, path);
            }
        }
    }

    private void SendLinks(IEnumerable<LinksDefinition> links)
    {
        foreach ((int index, LinksDefinition definition) in links.Index())
        {
            string path = WorldChanges.PathOf("links", index);
            var follow = new Follow { Provider = AccountId(definition.Provider.Names.First()), Settings = definition.Settings };
            foreach (int follower in definition.Followers.Names.Select(AccountId).Where(follower => !watch.IsLinked(follow.Provider, follower)))
            {
                Send(follow with { Follower = follower }, path);
            }
        }
    }

    private int AccountId(AccountName name) => engine.Directory.FindAccount(name)!.Id;

    private void Send<TCommand>(in TCommand command, string path) where TCommand : unmanaged, ICommand
    {
        _sequence = engine.Publish(in command, HostSenders.World, _time);
        Sent++;
        if (_sent.Count == 0 || _sent[^1].Path != path)
        {
            _sent.Add((_sequence, path));
        }
    }

    private async Task SettleAsync()
    {
        if (_sequence > 0)
        {
            await engine.WaitForAsync(_sequence, cancellation);
        }
        if (watch.FirstRefusal is { } refusal)
        {
            string path = _sent.FindLast(sent => sent.FirstSequence <= refusal.Sequence).Path;
            throw HostException.WrongUsage(
                $"{_file}: {path}: the engine refused it with {WireText.Of(refusal.Reason)} (command {refusal.Sequence}); correct the file");
        }
    }
}
