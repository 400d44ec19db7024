using CopyEngine.Events;
using CopyEngine.State;

namespace CopyEngine.Work;

/// <summary>
/// Long work in order of its causes (design, rule 5): a queue of chains. What an item causes is put on top of its own
/// chain and done before the item goes on; what a command causes is a chain at the end of the queue.
/// </summary>
internal sealed class WorkQueue
{
    private const int Nobody = -1;
    private readonly PagedArray<WorkItem> _items = new(64);
    private int[] _chains = new int[64];
    private int _count;
    private int _running = Nobody;

    /// <summary>Does the steps; set once, since the workers themselves put work here.</summary>
    public IWorker? Worker { get; set; }

    public bool IsEmpty => _count == 0;

    /// <summary>Puts work on top of what is being done, or at the end of the queue.</summary>
    public ref WorkItem Push(WorkKind kind, int provider)
    {
        int place = _items.Take();
        ref WorkItem item = ref _items[place];
        item.Kind = kind;
        item.Provider = provider;
        item.Cursor = WorkItem.NotStarted;
        if (_running != Nobody)
        {
            item.Below = _chains[_running];
            _chains[_running] = place;
            return ref item;
        }
        item.Below = Nobody;
        if (_count == _chains.Length)
        {
            Array.Resize(ref _chains, _count * 2);
        }
        _chains[_count++] = place;
        return ref item;
    }

    /// <summary>Does up to a quota of work, the oldest cause first.</summary>
    public void Run(int budget)
    {
        while (_count > 0 && budget > 0)
        {
            StepChain(0, ref budget);
        }
    }

    /// <summary>Whether work on a provider's orders or links is unfinished, other than its cascade.</summary>
    public bool HasUnfinished(int provider) => FindChain(provider) >= 0;

    /// <summary>Whether work of a kind is unfinished.</summary>
    public bool HasUnfinished(WorkKind kind) => FindChain(kind) >= 0;

    /// <summary>Whether a provider's cascade is unfinished.</summary>
    public bool HasUnfinishedCascade(int provider)
    {
        for (int chain = 0; chain < _count; chain++)
        {
            for (int place = _chains[chain]; place != Nobody; place = _items[place].Below)
            {
                if (_items[place].Kind == WorkKind.Cascade && _items[place].Provider == provider)
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <summary>Does all of a provider's unfinished work, its cascade excepted, before a command touches what it works on.</summary>
    public void Complete(int provider)
    {
        for (int chain = FindChain(provider); chain >= 0; chain = FindChain(provider))
        {
            int budget = int.MaxValue;
            StepChain(chain, ref budget);
        }
    }

    /// <summary>Does all unfinished work of a kind.</summary>
    public void Complete(WorkKind kind)
    {
        for (int chain = FindChain(kind); chain >= 0; chain = FindChain(kind))
        {
            int budget = int.MaxValue;
            StepChain(chain, ref budget);
        }
    }

    public void Transfer(StateTransfer transfer)
    {
        _count = transfer.Count(_count);
        if (_count > _chains.Length)
        {
            Array.Resize(ref _chains, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_count));
        }
        transfer.Values(_chains.AsSpan(0, _count));
        _items.Transfer(transfer);
    }

    private void StepChain(int chain, ref int budget)
    {
        int outer = _running;
        _running = chain;
        int top = _chains[chain];
        ref WorkItem item = ref _items[top];
        bool isDone = Worker!.Step(ref item, ref budget);
        budget--;
        // A step may complete another chain, which moves the ones behind it.
        chain = _running;
        _running = outer;
        if (!isDone)
        {
            return;
        }
        Invariant.Holds(_chains[chain] == top, "finished work left something on top of itself");
        _chains[chain] = item.Below;
        _items.Return(top);
        if (_chains[chain] == Nobody)
        {
            RemoveChain(chain);
        }
    }

    private void RemoveChain(int chain)
    {
        Array.Copy(_chains, chain + 1, _chains, chain, _count - chain - 1);
        _count--;
        if (_running > chain)
        {
            _running--;
        }
    }

    private int FindChain(int provider)
    {
        for (int chain = 0; chain < _count; chain++)
        {
            for (int place = _chains[chain]; place != Nobody; place = _items[place].Below)
            {
                ref WorkItem item = ref _items[place];
                if (item.Provider == provider && !IsOfCascade(ref item))
                {
                    return chain;
                }
            }
        }
        return -1;
    }

    private int FindChain(WorkKind kind)
    {
        for (int chain = 0; chain < _count; chain++)
        {
            for (int place = _chains[chain]; place != Nobody; place = _items[place].Below)
            {
                if (_items[place].Kind == kind)
                {
                    return chain;
                }
            }
        }
        return -1;
    }

    private static bool IsOfCascade(ref WorkItem item) =>
        item.Kind is WorkKind.Cascade or WorkKind.PauseLinks or WorkKind.CountPending || item.Cause == Cause.Cascade;
}
