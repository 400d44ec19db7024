using CopyEngine.State;

namespace CopyEngine.Orders;

/// <summary>
/// Order ids to places. Ids count upwards, so the index is an array of pages by id; a page whose orders are all gone is
/// used again for new ids. No hashing, no growth that copies, the same in every run.
/// </summary>
internal sealed class OrderIndex(int shard)
{
    private const int PageShift = 12;
    private const int PageSize = 1 << PageShift;
    private const int ShardShift = 48;

    private readonly long _shardBits = (long)shard << ShardShift;
    private readonly Stack<int[]> _spare = new();
    private int[]?[] _pages = new int[]?[64];
    private int[] _living = new int[64];

    /// <summary>Ids given so far.</summary>
    public long Given { get; private set; }

    /// <summary>Gives the next id to a place.</summary>
    public long Add(int place)
    {
        long number = ++Given;
        Set(number, place);
        return _shardBits | number;
    }

    /// <summary>Loading: an id that was given and lives.</summary>
    public void Restore(long id, int place)
    {
        long number = id ^ _shardBits;
        Invariant.Holds(number > 0 && number <= Given, "a saved order has an id that was never given");
        Set(number, place);
    }

    /// <summary>The place of a living id, or -1.</summary>
    public int Find(long id)
    {
        long number = id ^ _shardBits;
        if (number <= 0 || number > Given)
        {
            return -1;
        }
        int[]? places = _pages[(int)(number >> PageShift)];
        return places is null ? -1 : places[(int)(number & (PageSize - 1))] - 1;
    }

    public void Remove(long id)
    {
        long number = id ^ _shardBits;
        int page = (int)(number >> PageShift);
        int[] places = _pages[page]!;
        places[(int)(number & (PageSize - 1))] = 0;
        _living[page]--;
        bool isComplete = number >> PageShift < Given >> PageShift;
        if (_living[page] == 0 && isComplete)
        {
            _spare.Push(places);
            _pages[page] = null;
        }
    }

    /// <summary>How many ids were given; which of them live and where, the orders know.</summary>
    public void Transfer(StateTransfer transfer) => Given = transfer.Kept(Given);

    private void Set(long number, int place)
    {
        int page = (int)(number >> PageShift);
        if (page >= _pages.Length)
        {
            int length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)page + 1);
            Array.Resize(ref _pages, length);
            Array.Resize(ref _living, length);
        }
        int[] places = _pages[page] ??= _spare.Count > 0 ? _spare.Pop() : new int[PageSize];
        places[(int)(number & (PageSize - 1))] = place + 1;
        _living[page]++;
    }
}
