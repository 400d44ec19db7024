using System.Runtime.CompilerServices;

namespace CopyEngine.State;

/// <summary>
/// An array that grows by pages, so that growing never copies and references into it stay good. Places are handed out
/// densely; a place that is given back is cleared and handed out again, last returned first, which keeps two runs of
/// the same commands equal.
/// </summary>
internal sealed class PagedArray<T> where T : unmanaged
{
    private readonly int _shift;
    private readonly int _mask;
    private T[][] _pages = [];
    private int[] _free = new int[16];
    private int _freeCount;

    /// <param name="pageSize">Places per page, a power of two.</param>
    public PagedArray(int pageSize)
    {
        _shift = System.Numerics.BitOperations.Log2((uint)pageSize);
        _mask = pageSize - 1;
    }

    /// <summary>Places ever handed out; living ones have smaller indexes.</summary>
    public int Count { get; private set; }

    /// <summary>Places in use.</summary>
    public int Living => Count - _freeCount;

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _pages[index >> _shift][index & _mask];
    }

    /// <summary>A cleared place.</summary>
    public int Take()
    {
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }
        if (Count >> _shift == _pages.Length)
        {
            AddPage();
        }
        return Count++;
    }

    /// <summary>Gives a place back and clears it.</summary>
    public void Return(int index)
    {
        this[index] = default;
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, _free.Length * 2);
        }
        _free[_freeCount++] = index;
    }

    /// <summary>Forgets everything; the pages stay.</summary>
    public void Clear()
    {
        foreach (T[] page in _pages)
        {
            Array.Clear(page);
        }
        Count = 0;
        _freeCount = 0;
    }

    /// <summary>Every place, page by page, and the order of the free ones, which decides who is next.</summary>
    public void Transfer(StateTransfer transfer)
    {
        int count = transfer.Count(Count);
        int freeCount = transfer.Count(_freeCount);
        if (transfer.IsLoading)
        {
            MakeRoom(count, freeCount);
        }
        transfer.Values(_free.AsSpan(0, _freeCount));
        for (int start = 0; start < Count; start += _mask + 1)
        {
            int length = Math.Min(_mask + 1, Count - start);
            transfer.Values(_pages[start >> _shift].AsSpan(0, length));
        }
    }

    private void MakeRoom(int count, int freeCount)
    {
        Invariant.Holds(freeCount <= count, "a saved state has more free places than places");
        int pages = (int)(((long)count + _mask) >> _shift);
        if (pages > _pages.Length)
        {
            int known = _pages.Length;
            Array.Resize(ref _pages, pages);
            for (int page = known; page < pages; page++)
            {
                _pages[page] = new T[_mask + 1];
            }
        }
        if (freeCount > _free.Length)
        {
            Array.Resize(ref _free, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)freeCount));
        }
        Count = count;
        _freeCount = freeCount;
    }

    private void AddPage()
    {
        Array.Resize(ref _pages, _pages.Length + 1);
        _pages[^1] = new T[_mask + 1];
    }
}
