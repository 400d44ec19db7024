using CopyEngine.Events;

namespace CopyEngine.Tests.Gateway;

/// <summary>A listener that stands still when told to: the event ring fills, the core waits, and then the command ring fills.</summary>
internal sealed class BlockingListener : IEventListener, IDisposable
{
    private readonly ManualResetEventSlim _mayGoOn = new(initialState: true);
    private readonly ManualResetEventSlim _isBlocked = new();

    public static EngineLimits SmallRings => new() { CommandRingSize = 16, EventRingSize = 64 };

    public List<(int Symbol, int BidPoints, int AskPoints)> Quotes { get; } = [];

    public string Name => "blocking";

    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        if (!_mayGoOn.IsSet)
        {
            _isBlocked.Set();
            _mayGoOn.Wait();
        }
        if (slot.Header.Type == EventType.QuoteTaken)
        {
            ref QuoteTaken quote = ref slot.As<QuoteTaken>();
            Quotes.Add((quote.Symbol, quote.BidPoints, quote.AskPoints));
        }
    }

    /// <summary>Stops the engine where it is and fills its rings to the last slot.</summary>
    public void Fill(TradingEngine engine)
    {
        _mayGoOn.Reset();
        for (int refusedInARow = 0; refusedInARow < 100 || !_isBlocked.IsSet;)
        {
            if (engine.TryPublish(new Commands.Tick(), default))
            {
                refusedInARow = 0;
                continue;
            }
            refusedInARow++;
            Thread.Sleep(1);
        }
    }

    public void Release() => _mayGoOn.Set();

    public void Dispose()
    {
        Release();
        _mayGoOn.Dispose();
        _isBlocked.Dispose();
    }
}
