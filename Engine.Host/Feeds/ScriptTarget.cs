using CopyEngine.Commands;
using CopyEngine.Events;

namespace CopyEngine.Host.Feeds;

/// <summary>
/// Sends scripted commands. Names become dense ids at the moment of sending; what an earlier line made (an account, an
/// order) is waited for first, so that the outcome does not depend on the speed of either side.
/// </summary>
internal sealed class ScriptTarget(TradingEngine engine, PlacedOrders orders, CancellationToken cancellation)
{
    private readonly Dictionary<(int Account, string Id), long> _placing = [];
    private long _opened;

    /// <summary>Time of the line that is being sent.</summary>
    public long Time { get; set; }

    public int Account(AccountName name)
    {
        WaitFor(_opened);
        return engine.Directory.FindAccount(name)?.Id ?? -1;
    }

    public int Symbol(string symbol) => engine.Directory.FindInstrument(symbol)?.Id ?? -1;

    public int Group(string name) => engine.Directory.FindGroup(name)?.Id ?? -1;

    /// <summary>The order that was placed under an id, 0 (which the engine does not know) if it was refused.</summary>
    public long Order(AccountName name, string id)
    {
        int account = Account(name);
        if (_placing.TryGetValue((account, id), out long sequence))
        {
            WaitFor(sequence);
        }
        return orders.Find(account, id);
    }

    public long Place(PlaceOrder order)
    {
        long sequence = Send(order);
        _placing.TryAdd((order.Account, order.ClientOrderId.ToString()), sequence);
        return sequence;
    }

    public long Open(OpenAccount account) => _opened = Send(account);

    public long Send<TCommand>(TCommand command) where TCommand : unmanaged, ICommand =>
        engine.Publish(in command, HostSenders.Replay, Time);

    private void WaitFor(long sequence)
    {
        if (sequence > 0)
        {
            engine.WaitForAsync(sequence, cancellation).GetAwaiter().GetResult();
        }
    }
}
