using CopyEngine.State;

namespace CopyEngine.Orders;

/// <summary>Waiting orders with an expiry, the earliest on top: a binary heap of places, by expiry, then id.</summary>
internal sealed class ExpiryQueue(OrderTable orders)
{
    private int[] _heap = new int[64];
    private int[] _positions = new int[64];
    private int _count;

    /// <summary>The order that expires first, or -1.</summary>
    public int Earliest => _count == 0 ? -1 : _heap[0];

    public void Add(int place)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count * 2);
        }
        while (place >= _positions.Length)
        {
            Array.Resize(ref _positions, _positions.Length * 2);
        }
        Put(_count++, place);
        Rise(_count - 1);
    }

    /// <summary>Takes an order out if it is in.</summary>
    public void Remove(int place)
    {
        if (orders[place].ExpiresAt == 0 || orders[place].State != OrderStage.Waiting)
        {
            return;
        }
        int position = _positions[place];
        int last = _heap[--_count];
        if (position == _count)
        {
            return;
        }
        Put(position, last);
        Rise(position);
        Sink(_positions[last]);
    }

    public void Transfer(StateTransfer transfer)
    {
        int count = transfer.Count(_count);
        if (transfer.IsLoading)
        {
            _heap = new int[Math.Max(_heap.Length, count)];
            _positions = new int[Math.Max(_positions.Length, orders.Places)];
            _count = count;
        }
        transfer.Values(_heap.AsSpan(0, count));
        for (int position = 0; transfer.IsLoading && position < count; position++)
        {
            _positions[_heap[position]] = position;
        }
    }

    private void Rise(int position)
    {
        while (position > 0)
        {
            int parent = (position - 1) / 2;
            if (!IsBefore(_heap[position], _heap[parent]))
            {
                return;
            }
            Swap(position, parent);
            position = parent;
        }
    }

    private void Sink(int position)
    {
        while (true)
        {
            int child = position * 2 + 1;
            if (child >= _count)
            {
                return;
            }
            if (child + 1 < _count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }
            if (!IsBefore(_heap[child], _heap[position]))
            {
                return;
            }
            Swap(position, child);
            position = child;
        }
    }

    private bool IsBefore(int left, int right)
    {
        ref Order first = ref orders[left];
        ref Order second = ref orders[right];
        return first.ExpiresAt != second.ExpiresAt ? first.ExpiresAt < second.ExpiresAt : first.Id < second.Id;
    }

    private void Swap(int left, int right)
    {
        int place = _heap[left];
        Put(left, _heap[right]);
        Put(right, place);
    }

    private void Put(int position, int place)
    {
        _heap[position] = place;
        _positions[place] = position;
    }
}
