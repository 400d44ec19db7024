using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Host;
using CopyEngine.Host.World;
using CopyEngine.Numerics;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>A world file on a later start: what is new or changed becomes commands, the rest is left alone.</summary>
public sealed class WorldRestartTests
{
    private const string Before = """
        {
          "instruments": [ { "symbol": "EURUSD", "digits": 5, "contractSize": 100000, "baseCurrency": "EUR", "profitCurrency": "USD",
                             "assetClass": "forex", "swapLong": "-6.5" },
                           { "symbol": "DE40", "digits": 1, "contractSize": 1, "baseCurrency": "DE40", "profitCurrency": "EUR", "assetClass": "index" } ],
          "groups": [ { "name": "Standard", "warningLevel": 50, "instruments": { "EURUSD": { "maxLot": "50", "halfSpreadPoints": 3 } } },
                      { "name": "Pro", "liquidationLevel": 20 } ],
          "accounts": [ { "account": "strategy_provider:1", "group": "Standard", "currency": "USD", "leverage": 100, "balance": "10000.00" },
                        { "accounts": "copy_follower:1..20", "group": "Standard", "currency": "USD", "leverage": 100, "balance": "1000.00" } ],
          "links":    [ { "provider": "strategy_provider:1", "followers": "copy_follower:1..15" } ]
        }
        """;

    public static readonly TheoryData<string, string, CommandEffect> Changes = new()
    {
        { "\"swapLong\": \"-6.5\"", "\"swapLong\": \"-7.5\"", new(EventType.InstrumentDefined, 1) },
        { "\"swapLong\": \"-6.5\"", "\"swapLong\": \"-6.5\", \"sessions\": [ { \"open\": \"sunday 22:00\", \"close\": \"friday 22:00\" } ]", new(EventType.InstrumentDefined, 1) },
        { "\"warningLevel\": 50", "\"warningLevel\": 60", new(EventType.GroupDefined, 1) },
        { "\"halfSpreadPoints\": 3", "\"halfSpreadPoints\": 4", new(EventType.GroupInstrumentDefined, 1) },
        { "\"EURUSD\": { \"maxLot\": \"50\", \"halfSpreadPoints\": 3 }", "", new(EventType.GroupInstrumentDefined, 1) },
        { "\"liquidationLevel\": 20", "\"liquidationLevel\": 20, \"instruments\": { \"DE40\": { } }", new(EventType.GroupInstrumentDefined, 1) },
        { "1..20\"", "1..23\"", new(EventType.AccountOpened, 3) },
        { "1..15\"", "1..17\"", new(EventType.LinkChanged, 2) },
        // Accounts and links that exist are left alone, whatever the file says of them now.
        { "\"balance\": \"1000.00\"", "\"balance\": \"5.00\"", new(EventType.None, 0) },
        { "\"leverage\": 100", "\"leverage\": 30", new(EventType.None, 0) },
        { "\"followers\": \"copy_follower:1..15\"", "\"followers\": \"copy_follower:1..15\", \"ratio\": \"0.5\"", new(EventType.None, 0) },
        { "{ \"name\": \"Pro\", \"liquidationLevel\": 20 }", "{ \"name\": \"New\" }", new(EventType.GroupDefined, 1) },
    };

    public static readonly TheoryData<string, string, string> Impossible = new()
    {
        { "\"digits\": 5", "\"digits\": 4", "world.json: $.instruments[0].digits: 'EURUSD' exists with another digits" },
        { "\"contractSize\": 100000", "\"contractSize\": 1000", "world.json: $.instruments[0].contractSize: 'EURUSD' exists" },
        { "\"baseCurrency\": \"EUR\"", "\"baseCurrency\": \"GBP\"", "world.json: $.instruments[0].baseCurrency: 'EURUSD' exists" },
        { "\"profitCurrency\": \"EUR\"", "\"profitCurrency\": \"CHF\"", "world.json: $.instruments[1].profitCurrency: 'DE40' exists" },
        { "\"assetClass\": \"index\"", "\"assetClass\": \"crypto\"", "world.json: $.instruments[1].assetClass: 'DE40' exists" },
        { "\"assetClass\": \"index\"", "\"assetClass\": \"index\", \"lotStep\": \"0.1\", \"minLot\": \"0.1\"", "world.json: $.instruments[1].lotStep: 'DE40' exists" },
        { "\"liquidationLevel\": 20", "\"marginPrice\": \"open\"", "world.json: $.groups[1].marginPrice: 'Pro' exists with the other margin price" },
    };

    [Fact]
    public async Task Same_world_again_becomes_no_command_at_all()
    {
        await using LoadedTwice run = await LoadedTwice.AfterAsync(Before);

        long sent = await run.LoadAgainAsync(Before);

        Assert.Equal(0, sent);
        Assert.Equal(run.SequenceBefore, run.Engine.Statistics.Sequence);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Only_what_is_new_or_changed_becomes_commands(string old, string changed, CommandEffect effect)
    {
        await using LoadedTwice run = await LoadedTwice.AfterAsync(Before);
        Assert.Contains(old, Before, StringComparison.Ordinal);

        long sent = await run.LoadAgainAsync(Before.Replace(old, changed, StringComparison.Ordinal));

        Assert.Equal(effect.Count, sent);
        Assert.Equal(Enumerable.Repeat(effect.Type, effect.Count), run.EventsSince().Where(type => type is not (EventType.LedgerPosting or EventType.RequestDone)));
        // And the world that is there now is there: the same file once more changes nothing.
        Assert.Equal(0, await run.LoadAgainAsync(Before.Replace(old, changed, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task Change_that_cannot_be_taken_is_named_before_anything_is_applied(string old, string changed, string sentence)
    {
        await using LoadedTwice run = await LoadedTwice.AfterAsync(Before);
        Assert.Contains(old, Before, StringComparison.Ordinal);
        string world = Before.Replace(old, changed, StringComparison.Ordinal).Replace("\"warningLevel\": 50", "\"warningLevel\": 60", StringComparison.Ordinal);

        HostException refused = await Assert.ThrowsAsync<HostException>(() => run.LoadAgainAsync(world));

        Assert.Equal(ExitCode.WrongUsage, refused.ExitCode);
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Equal(run.SequenceBefore, run.Engine.Statistics.Sequence);
    }

    [Fact]
    public async Task Group_instrument_that_left_the_file_follows_the_instrument_again()
    {
        await using LoadedTwice run = await LoadedTwice.AfterAsync(Before);

        await run.LoadAgainAsync(Before.Replace("\"EURUSD\": { \"maxLot\": \"50\", \"halfSpreadPoints\": 3 }", "", StringComparison.Ordinal));

        SetGroupInstrument settings = run.Engine.Directory.GroupInstrument(0, 0)!.Value;
        Assert.Equal((100 * Fixed8.One, 0), (settings.MaxLot, settings.HalfSpreadPoints));
    }

    [Fact]
    public async Task Account_and_its_opening_balance_come_together_or_not_at_all()
    {
        await using LoadedTwice run = await LoadedTwice.AfterAsync(Before.Replace("1..20\"", "1..15\"", StringComparison.Ordinal));

        await run.LoadAgainAsync(Before);

        // One command each: no account without its money in between, none that gets it twice afterwards.
        Assert.Equal(Enumerable.Range(1, 21).Select(id => (id - 1, id == 1 ? 10_000 * Fixed8.One : 1_000 * Fixed8.One)), run.Balances.OrderBy(balance => balance.Account));
        Assert.Equal(21, run.Postings);
    }

    [Fact]
    public async Task Refusal_names_file_path_and_reason_and_a_start_after_it_goes_on()
    {
        var limits = new EngineLimits { Accounts = 18 };
        await using var run = new LoadedTwice(limits);
        HostException refused = await Assert.ThrowsAsync<HostException>(() => run.LoadAgainAsync(Before));
        Assert.Equal(ExitCode.WrongUsage, refused.ExitCode);
        Assert.StartsWith("world.json: $.accounts[1]: the engine refused it with CAPACITY_EXCEEDED", refused.Message, StringComparison.Ordinal);

        // What was refused then is told again to a process that starts later; it is no refusal of its own world.
        await run.LoadAgainAsync(Before.Replace("1..20\"", "1..16\"", StringComparison.Ordinal));

        Assert.Equal(18, run.Engine.Directory.AccountCount);
    }

    [Fact]
    public async Task Link_that_was_ended_meanwhile_is_made_again_as_long_as_the_file_has_it()
    {
        await using LoadedTwice run = await LoadedTwice.AfterAsync(Before);
        long sequence = run.Engine.Publish(new Unfollow { Provider = 0, Follower = 3, OpenCopies = OpenCopies.Keep }, default, 1);
        await run.Engine.WaitForAsync(sequence, TestContext.Current.CancellationToken);

        Assert.Equal(1, await run.LoadAgainAsync(Before));
    }

    /// <summary>What a load makes the engine do.</summary>
    public sealed record CommandEffect(EventType Type, int Count);

    /// <summary>An engine that loads worlds one after another, each as a process would that was told everything that happened before.</summary>
    private sealed class LoadedTwice : IAsyncDisposable
    {
        private readonly RecordedStream _recorded = new();

        public LoadedTwice(EngineLimits limits)
        {
            Engine = new TradingEngine(limits, [_recorded], continuesByItself: false);
            Engine.Start();
        }

        public TradingEngine Engine { get; }

        public long SequenceBefore { get; private set; }

        public IEnumerable<(int Account, long Balance)> Balances => AllPostings().GroupBy(posting => posting.Account).Select(account => (account.Key, account.Last().Balance.Units));

        public int Postings => AllPostings().Count();

        public static async Task<LoadedTwice> AfterAsync(string world)
        {
            var run = new LoadedTwice(new EngineLimits());
            await run.LoadAgainAsync(world);
            return run;
        }

        public async Task<long> LoadAgainAsync(string world)
        {
            SequenceBefore = Engine.Statistics.Sequence;
            var watch = new WorldWatch();
            _recorded.TellAgain(watch);
            var loader = new WorldLoader(Engine, watch, TestContext.Current.CancellationToken);
            await loader.LoadAsync(WorldText.Read(world), 1);
            SequenceBefore = Engine.Statistics.Sequence - loader.Sent;
            return loader.Sent;
        }

        public List<EventType> EventsSince() => [.. _recorded.All.Where(slot => slot.Header.Sequence > SequenceBefore).Select(slot => slot.Header.Type)];

        public ValueTask DisposeAsync() => Engine.DisposeAsync();

        private IEnumerable<LedgerPosting> AllPostings()
        {
            foreach (EventSlot slot in _recorded.All.Where(slot => slot.Header.Type == EventType.LedgerPosting))
            {
                EventSlot copy = slot;
                yield return copy.As<LedgerPosting>();
            }
        }
    }
}
