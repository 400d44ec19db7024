using System.Numerics;
using CopyEngine.State;

namespace CopyEngine.Orders;

/// <summary>
/// An ordered set of prices (0 to 2^30 - 1 points), each with the ends of a queue: a trie of 64-way bitmaps, five levels
/// deep, so that finding, adding and removing a price and finding its nearest neighbour take at most ten steps, whatever
/// the number of prices, and nothing is ever rebalanced.
/// </summary>
internal sealed class PriceLevels
{
    private const int BitsPerLevel = 6;
    private const int Depth = 5;
    private const int Root = 0;

    /// <summary>Largest price that can be a level; higher ones are treated as this.</summary>
    public const int MaxPrice = (1 << (BitsPerLevel * Depth)) - 1;

    private readonly PagedArray<Node> _nodes = new(64);
    private readonly PagedArray<Level> _levels = new(64);

    private struct Node
    {
        public ulong Used;
        public Children Children;
    }

    [System.Runtime.CompilerServices.InlineArray(64)]
    private struct Children
    {
        private int _first;
    }

    /// <summary>The queue of one price: places of its oldest and newest member, -1: none.</summary>
    internal struct Level
    {
        public int First;
        public int Last;
        public int Price;
    }

    public PriceLevels()
    {
        _nodes.Take();
    }

    public bool IsEmpty => _nodes[Root].Used == 0;

    public ref Level this[int level] => ref _levels[level];

    /// <summary>The level of a price, or -1.</summary>
    public int Find(int price)
    {
        int node = Root;
        for (int depth = Depth - 1; depth >= 0; depth--)
        {
            int digit = Digit(price, depth);
            ref Node at = ref _nodes[node];
            if ((at.Used & (1UL << digit)) == 0)
            {
                return -1;
            }
            node = at.Children[digit];
        }
        return node;
    }

    /// <summary>The level of a price, new if need be.</summary>
    public int FindOrAdd(int price)
    {
        int node = Root;
        for (int depth = Depth - 1; depth >= 0; depth--)
        {
            int digit = Digit(price, depth);
            if ((_nodes[node].Used & (1UL << digit)) == 0)
            {
                int child = depth == 0 ? AddLevel(price) : _nodes.Take();
                _nodes[node].Used |= 1UL << digit;
                _nodes[node].Children[digit] = child;
            }
            node = _nodes[node].Children[digit];
        }
        return node;
    }

    /// <summary>Removes the level of a price.</summary>
    public void Remove(int price)
    {
        _levels.Return(Find(price));
        RemoveBelow(Root, Depth - 1, price);
    }

    /// <summary>The largest price not above <paramref name="price"/>, or -1.</summary>
    public int AtOrBelow(int price) => price < 0 ? -1 : Below(Root, Depth - 1, Math.Min(price, MaxPrice), true);

    /// <summary>The smallest price not below <paramref name="price"/>, or -1.</summary>
    public int AtOrAbove(int price) => price > MaxPrice ? -1 : Above(Root, Depth - 1, Math.Max(price, 0), true);

    private int AddLevel(int price)
    {
        int level = _levels.Take();
        _levels[level] = new Level { First = -1, Last = -1, Price = price };
        return level;
    }

    private bool RemoveBelow(int node, int depth, int price)
    {
        int digit = Digit(price, depth);
        if (depth > 0)
        {
            int child = _nodes[node].Children[digit];
            if (!RemoveBelow(child, depth - 1, price))
            {
                return false;
            }
            _nodes.Return(child);
        }
        _nodes[node].Used &= ~(1UL << digit);
        return _nodes[node].Used == 0;
    }

    /// <summary>While <paramref name="isTight"/> the path so far equals the bound's; afterwards the extreme child is the answer.</summary>
    private int Below(int node, int depth, int price, bool isTight)
    {
        ulong used = _nodes[node].Used;
        int digit = isTight ? Digit(price, depth) : 63;
        ulong candidates = used & (ulong.MaxValue >> (63 - digit));
        while (candidates != 0)
        {
            int highest = 63 - BitOperations.LeadingZeroCount(candidates);
            int child = _nodes[node].Children[highest];
            if (depth == 0)
            {
                return _levels[child].Price;
            }
            int found = Below(child, depth - 1, price, isTight && highest == digit);
            if (found >= 0)
            {
                return found;
            }
            candidates &= ~(1UL << highest);
        }
        return -1;
    }

    private int Above(int node, int depth, int price, bool isTight)
    {
        ulong used = _nodes[node].Used;
        int digit = isTight ? Digit(price, depth) : 0;
        ulong candidates = used & (ulong.MaxValue << digit);
        while (candidates != 0)
        {
            int lowest = BitOperations.TrailingZeroCount(candidates);
            int child = _nodes[node].Children[lowest];
            if (depth == 0)
            {
                return _levels[child].Price;
            }
            int found = Above(child, depth - 1, price, isTight && lowest == digit);
            if (found >= 0)
            {
                return found;
            }
            candidates &= candidates - 1;
        }
        return -1;
    }

    private static int Digit(int price, int depth) => (price >> (depth * BitsPerLevel)) & 63;
}
