using CopyEngine.Events;
using CopyEngine.Protocol;

namespace CopyEngine.Host.Gateway.Outbound;

/// <summary>
/// The newest events that clients are told of, for those who come back. Each has a number that rises by one; the oldest go
/// when the bound is reached. Used under the gateway's lock.
/// </summary>
internal sealed class EventHistory(int capacity)
{
    private const int PageLength = 4_096;

    private readonly EventSlot[]?[] _pages = new EventSlot[]?[(capacity + PageLength - 1) / PageLength];
    private readonly int _capacity = capacity;
    private EventPosition _lastDropped;

    /// <summary>Number that the next event gets.</summary>
    public long End { get; private set; }

    /// <summary>Number of the oldest event that is kept.</summary>
    public long Start => Math.Max(0, End - _capacity);

    /// <summary>The newest event, or nothing's position before the first.</summary>
    public EventPosition Newest { get; private set; }

    public void Add(ref EventSlot happened)
    {
        ref EventSlot place = ref Place(End);
        if (End >= _capacity)
        {
            _lastDropped = PositionOf(in place.Header);
        }
        place = happened;
        Newest = PositionOf(in happened.Header);
        End++;
    }

    /// <summary>An event by its number, from <see cref="Start"/> to <see cref="End"/>, excluded.</summary>
    public ref EventSlot this[long number] => ref Place(number);

    /// <summary>Finds where somebody goes on who has seen everything up to a position.</summary>
    /// <returns>False if something after it is not kept any more, or it has not happened yet.</returns>
    public bool TryFindAfter(EventPosition seen, out long number)
    {
        number = Start;
        if (seen.CompareTo(_lastDropped) < 0 || seen.CompareTo(Newest) > 0)
        {
            return false;
        }
        long end = End;
        while (number < end)
        {
            long middle = number + (end - number) / 2;
            if (PositionOf(in Place(middle).Header).CompareTo(seen) <= 0)
            {
                number = middle + 1;
            }
            else
            {
                end = middle;
            }
        }
        return true;
    }

    private static EventPosition PositionOf(ref readonly EventHeader header) => new(header.Sequence, header.Index);

    private ref EventSlot Place(long number)
    {
        int place = (int)(number % _capacity);
        EventSlot[] page = _pages[place / PageLength] ??= new EventSlot[Math.Min(PageLength, _capacity)];
        return ref page[place % PageLength];
    }
}
