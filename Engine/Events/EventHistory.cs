using CopyEngine.State;

namespace CopyEngine.Events;

/// <summary>What an <see cref="EventHistory"/> can say of a position that somebody has seen.</summary>
internal enum HistorySearch
{
    /// <summary>Everything after it is kept.</summary>
    Found,

    /// <summary>Something after it is kept no more.</summary>
    TooOld,

    /// <summary>It is newer than anything the engine knows: whoever has seen it was told what is lost now.</summary>
    Unknown,
}

/// <summary>
/// The newest events that clients are told of, for those who come back; the oldest go when the bound is reached. The engine
/// feeds it before any other listener hears of an event, and it is part of a snapshot, so that coming back works across a
/// restart too. Each event has a number that rises by one and is good until the process ends. Any thread may read.
/// </summary>
internal sealed class EventHistory(int capacity) : IEventListener
{
    /// <summary>Name of its part of a snapshot.</summary>
    public const string SectionName = "events";

    private const int PageLength = 4_096;

    private readonly Lock _gate = new();
    private readonly EventSlot[]?[] _pages = new EventSlot[]?[(capacity + PageLength - 1) / PageLength];
    private EventPosition _lastDropped;
    private EventPosition _newest;
    private long _known;
    private long _end;

    /// <inheritdoc/>
    public string Name => "history";

    /// <summary>The newest event that is or was kept, or nothing's position before the first.</summary>
    public EventPosition Newest
    {
        get
        {
            lock (_gate)
            {
                return _newest;
            }
        }
    }

    /// <summary>Sequence of the newest event of any kind.</summary>
    public long Known => Volatile.Read(ref _known);

    /// <summary>
    /// Whether clients are told of an event, and told again when they come back: what happened to the orders, copies and
    /// margin of an account. An answer given again has not happened, and what is recited has happened long ago.
    /// </summary>
    public static bool Keeps(ref EventSlot slot) => !slot.Header.IsRecited && slot.Header.Type switch
    {
        EventType.OrderReport => slot.As<OrderReport>() is { Account: >= 0, Duplicate: false },
        EventType.CopyReport or EventType.MarginReport => AccountOf(ref slot) >= 0,
        _ => false,
    };

    /// <summary>Dense id of the account that an event of a kept kind is about.</summary>
    public static int AccountOf(ref EventSlot slot) => slot.Header.Type switch
    {
        EventType.OrderReport => slot.As<OrderReport>().Account,
        EventType.CopyReport => slot.As<CopyReport>().Provider,
        _ => slot.As<MarginReport>().Account,
    };

    /// <inheritdoc/>
    public void OnEvent(ref EventSlot slot, bool endOfBatch)
    {
        if (slot.Header.IsRecited)
        {
            return;
        }
        if (Keeps(ref slot))
        {
            lock (_gate)
            {
                Add(ref slot);
            }
        }
        Volatile.Write(ref _known, slot.Header.Sequence);
    }

    /// <summary>Begins behind a command whose events, and those before it, are not there: their record came without them.</summary>
    public void BeginAfter(long sequence)
    {
        lock (_gate)
        {
            _end = 0;
            _lastDropped = _newest = new EventPosition(sequence, int.MaxValue);
            Volatile.Write(ref _known, sequence);
        }
    }

    /// <summary>Finds where somebody goes on who has seen everything up to a position.</summary>
    public HistorySearch Find(EventPosition seen, out long number)
    {
        lock (_gate)
        {
            number = NumberAfterLocked(seen);
            return seen.CompareTo(_lastDropped) < 0 ? HistorySearch.TooOld
                : seen.Sequence > Math.Max(Known, _newest.Sequence) ? HistorySearch.Unknown
                : HistorySearch.Found;
        }
    }

    /// <summary>Number of the oldest kept event after a position; what the next event will get if there is none yet.</summary>
    public long NumberAfter(EventPosition position)
    {
        lock (_gate)
        {
            return NumberAfterLocked(position);
        }
    }

    /// <summary>Copies an event by its number; false if it is kept no more or has not happened yet.</summary>
    public bool TryRead(long number, out EventSlot happened)
    {
        lock (_gate)
        {
            bool isKept = number >= Start && number < _end;
            happened = isKept ? Place(number) : default;
            return isKept;
        }
    }

    /// <summary>Saves or loads what is kept; a history with less room than a saved one keeps the newest.</summary>
    public void Transfer(StateTransfer transfer)
    {
        lock (_gate)
        {
            transfer.Value(ref _known);
            TransferPosition(transfer, ref _lastDropped);
            int count = transfer.Count((int)(_end - Start));
            if (transfer.IsLoading)
            {
                _end = 0;
                _newest = _lastDropped;
                Load(transfer, count);
                return;
            }
            for (long number = Start; number < _end; number++)
            {
                TransferEvent(transfer, ref Place(number));
            }
        }
    }

    private long Start => Math.Max(0, _end - capacity);

    private void Load(StateTransfer transfer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            EventSlot saved = default;
            TransferEvent(transfer, ref saved);
            Add(ref saved);
        }
    }

    private static void TransferEvent(StateTransfer transfer, ref EventSlot slot)
    {
        transfer.Value(ref slot.Header.Sequence);
        transfer.Value(ref slot.Header.Time);
        transfer.Value(ref slot.Header.Index);
        transfer.Value(ref slot.Header.Type);
        switch (slot.Header.Type)
        {
            case EventType.OrderReport:
                transfer.Value(ref slot.As<OrderReport>());
                break;
            case EventType.CopyReport:
                transfer.Value(ref slot.As<CopyReport>());
                break;
            case EventType.MarginReport:
                transfer.Value(ref slot.As<MarginReport>());
                break;
            default:
                throw new InvariantBrokenException($"an event of type {slot.Header.Type} was saved for clients, who are not told of any");
        }
    }

    private static void TransferPosition(StateTransfer transfer, ref EventPosition position) =>
        position = new EventPosition(transfer.Kept(position.Sequence), transfer.Kept(position.Index));

    private void Add(ref EventSlot happened)
    {
        EventPosition position = PositionOf(in happened.Header);
        Invariant.Holds(position.CompareTo(_newest) > 0, "an event came twice or out of order");
        ref EventSlot place = ref Place(_end);
        if (_end >= capacity)
        {
            _lastDropped = PositionOf(in place.Header);
        }
        place = happened;
        _newest = position;
        _end++;
    }

    private long NumberAfterLocked(EventPosition position)
    {
        long number = Start;
        long end = _end;
        while (number < end)
        {
            long middle = number + (end - number) / 2;
            if (PositionOf(in Place(middle).Header).CompareTo(position) <= 0)
            {
                number = middle + 1;
            }
            else
            {
                end = middle;
            }
        }
        return number;
    }

    private static EventPosition PositionOf(ref readonly EventHeader header) => new(header.Sequence, header.Index);

    private ref EventSlot Place(long number)
    {
        int place = (int)(number % capacity);
        EventSlot[] page = _pages[place / PageLength] ??= new EventSlot[Math.Min(PageLength, capacity)];
        return ref page[place % PageLength];
    }
}
