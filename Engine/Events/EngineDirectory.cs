using System.Collections.Concurrent;
using CopyEngine.Commands;
using CopyEngine.Numerics;

namespace CopyEngine.Events;

/// <summary>An account as the edges know it: the fields that never change.</summary>
/// <param name="Id">Dense id.</param>
/// <param name="Name">User type and number.</param>
/// <param name="Group">Dense id of the group.</param>
/// <param name="Currency">Currency code.</param>
/// <param name="MinorDecimals">Decimals of the currency's minor unit.</param>
/// <param name="Leverage">Leverage as asked for.</param>
public sealed record AccountEntry(int Id, AccountName Name, int Group, string Currency, int MinorDecimals, int Leverage);

/// <summary>An instrument as the edges know it.</summary>
/// <param name="Id">Dense id.</param>
/// <param name="Symbol">Symbol.</param>
/// <param name="Definition">Latest definition.</param>
public sealed record InstrumentEntry(int Id, string Symbol, RegisterInstrument Definition)
{
    /// <summary>One point of a price in 10^-8: what turns points into prices.</summary>
    public long PointUnits { get; } = Fixed8.PowerOfTen(Fixed8.Decimals - Definition.Digits);
}

/// <summary>A group as the edges know it.</summary>
/// <param name="Id">Dense id.</param>
/// <param name="Name">Name.</param>
/// <param name="Definition">Latest definition.</param>
public sealed record GroupEntry(int Id, string Name, RegisterGroup Definition);

/// <summary>
/// Names to dense ids and back, for the edges: filled from definition events before any other listener sees them, so
/// that whoever was told of an account can use it. Readers on any thread.
/// </summary>
public sealed class EngineDirectory : IEventListener
{
    private readonly ConcurrentDictionary<string, InstrumentEntry> _instrumentsBySymbol = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GroupEntry> _groupsByName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<AccountName, AccountEntry> _accountsByName = new();
    private readonly ConcurrentDictionary<(int Group, int Symbol), SetGroupInstrument> _groupInstruments = new();
    private readonly AppendOnlyList<InstrumentEntry> _instruments = new();
    private readonly AppendOnlyList<GroupEntry> _groups = new();
    private readonly AppendOnlyList<AccountEntry> _accounts = new();

    /// <inheritdoc/>
    public string Name => "directory";

    /// <summary>Number of instruments; their ids are 0 to this, excluded.</summary>
    public int InstrumentCount => _instruments.Count;

    /// <summary>Number of groups; their ids are 0 to this, excluded.</summary>
    public int GroupCount => _groups.Count;

    /// <summary>Number of accounts; their ids are 0 to this, excluded.</summary>
    public int AccountCount => _accounts.Count;

    /// <summary>The instrument of a dense id that an event named.</summary>
    public InstrumentEntry Instrument(int id) => _instruments[id];

    /// <summary>The group of a dense id that an event named.</summary>
    public GroupEntry Group(int id) => _groups[id];

    /// <summary>The account of a dense id that an event named.</summary>
    public AccountEntry Account(int id) => _accounts[id];

    /// <summary>The instrument of a symbol, or null.</summary>
    public InstrumentEntry? FindInstrument(string symbol) => _instrumentsBySymbol.GetValueOrDefault(symbol);

    /// <summary>The group of a name, or null.</summary>
    public GroupEntry? FindGroup(string name) => _groupsByName.GetValueOrDefault(name);

    /// <summary>The account of a name, or null.</summary>
    public AccountEntry? FindAccount(AccountName name) => _accountsByName.GetValueOrDefault(name);

    /// <summary>What a group does differently for an instrument, or null.</summary>
    public SetGroupInstrument? GroupInstrument(int group, int symbol) =>
        _groupInstruments.TryGetValue((group, symbol), out SetGroupInstrument found) ? found : null;

    /// <inheritdoc/>
    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        switch (slot.Header.Type)
        {
            case EventType.InstrumentDefined:
                Define(in slot.As<InstrumentDefined>());
                break;
            case EventType.GroupDefined:
                Define(in slot.As<GroupDefined>());
                break;
            case EventType.GroupInstrumentDefined:
                SetGroupInstrument definition = slot.As<GroupInstrumentDefined>().Definition;
                _groupInstruments[(definition.Group, definition.Symbol)] = definition;
                break;
            case EventType.AccountOpened:
                Open(in slot.As<AccountOpened>());
                break;
        }
    }

    private void Define(in InstrumentDefined defined)
    {
        var entry = new InstrumentEntry(defined.Id, defined.Definition.Symbol.ToString(), defined.Definition);
        _instruments.Set(defined.Id, entry);
        _instrumentsBySymbol[entry.Symbol] = entry;
    }

    private void Define(in GroupDefined defined)
    {
        var entry = new GroupEntry(defined.Id, defined.Definition.Name.ToString(), defined.Definition);
        _groups.Set(defined.Id, entry);
        _groupsByName[entry.Name] = entry;
    }

    private void Open(in AccountOpened opened)
    {
        var name = new AccountName(opened.UserType, opened.AccountNumber);
        string currency = string.Intern(opened.Currency.ToString());
        var entry = new AccountEntry(opened.Account, name, opened.Group, currency, opened.MinorDecimals, opened.Leverage);
        _accounts.Set(opened.Account, entry);
        _accountsByName[name] = entry;
    }

    /// <summary>One writer, many readers; growth publishes a longer copy.</summary>
    private sealed class AppendOnlyList<TEntry> where TEntry : class
    {
        private TEntry[] _entries = new TEntry[16];
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public TEntry this[int index] => Volatile.Read(ref _entries)[index];

        public void Set(int index, TEntry entry)
        {
            if (index >= _entries.Length)
            {
                var longer = new TEntry[_entries.Length * 2];
                _entries.CopyTo(longer, 0);
                Volatile.Write(ref _entries, longer);
            }
            Volatile.Write(ref _entries[index], entry);
            if (index >= _count)
            {
                Volatile.Write(ref _count, index + 1);
            }
        }
    }
}
