namespace CopyEngine.Host.Redis.Mirror;

/// <summary>
/// Numbered structs in pages: growth takes a page and copies nothing, a number given back is used again. References
/// stay valid until the number is given back.
/// </summary>
internal sealed class PagedSlots<T> where T : struct
{
    private const int PageBits = 12;
    private const int PageMask = (1 << PageBits) - 1;
    private T[][] _pages = new T[16][];
    private int[] _free = new int[64];
    private int _freeCount;

    /// <summary>Numbers ever given; those in use are among 0 to this, excluded.</summary>
    public int HighWater { get; private set; }

    /// <summary>Numbers in use.</summary>
    public int Count => HighWater - _freeCount;

    /// <summary>The struct of a number.</summary>
    public ref T this[int number] => ref _pages[number >> PageBits][number & PageMask];

    /// <summary>Gives a number; its struct is all zero.</summary>
    public int Rent()
    {
        if (_freeCount > 0)
        {
            return _free[--_freeCount];
        }
        EnsurePage(HighWater);
        return HighWater++;
    }

    /// <summary>Makes numbers 0 to <paramref name="number"/> usable without <see cref="Rent"/>.</summary>
    public void Extend(int number)
    {
        while (HighWater <= number)
        {
            EnsurePage(HighWater);
            HighWater++;
        }
    }

    /// <summary>Takes a number back.</summary>
    public void Return(int number)
    {
        this[number] = default;
        if (_freeCount == _free.Length)
        {
            Array.Resize(ref _free, _freeCount * 2);
        }
        _free[_freeCount++] = number;
    }

    private void EnsurePage(int number)
    {
        int page = number >> PageBits;
        if (page == _pages.Length)
        {
            Array.Resize(ref _pages, page * 2);
        }
        _pages[page] ??= new T[1 << PageBits];
    }
}
