using CopyEngine.Events;

namespace CopyEngine.Tests.Model;

/// <summary>Events in the order in which they happened, each kept as it stood in its slot.</summary>
internal sealed class EventLog
{
    private readonly List<EventSlot> _slots = [];

    public int Count => _slots.Count;

    public EventSlot this[int index] => _slots[index];

    public void Add(in EventSlot slot) => _slots.Add(slot);

    public void Add<TEvent>(EventHeader header, in TEvent body) where TEvent : unmanaged, IEvent
    {
        header.Type = TEvent.Type;
        var slot = new EventSlot { Header = header };
        slot.As<TEvent>() = body;
        _slots.Add(slot);
    }

    public void Clear() => _slots.Clear();

    /// <summary>The events of one type, in order.</summary>
    public List<TEvent> Of<TEvent>() where TEvent : unmanaged, IEvent
    {
        var found = new List<TEvent>();
        foreach (EventSlot slot in _slots)
        {
            if (slot.Header.Type == TEvent.Type)
            {
                EventSlot copy = slot;
                found.Add(copy.As<TEvent>());
            }
        }
        return found;
    }

    /// <summary>The figures of all portfolio batches, one by one.</summary>
    public List<Portfolio> Portfolios()
    {
        var figures = new List<Portfolio>();
        foreach (PortfolioBatch batch in Of<PortfolioBatch>())
        {
            for (int i = 0; i < batch.Count; i++)
            {
                figures.Add(batch.Portfolios[i]);
            }
        }
        return figures;
    }
}
