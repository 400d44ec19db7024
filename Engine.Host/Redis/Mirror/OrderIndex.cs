namespace CopyEngine.Host.Redis.Mirror;

/// <summary>
/// Order ids to slots. Split by id, so that a table that grows moves a small part of all orders while the event thread
/// waits.
/// </summary>
internal sealed class OrderIndex
{
    private const int Parts = 64;
    private readonly Dictionary<long, int>[] _parts = new Dictionary<long, int>[Parts];

    public OrderIndex()
    {
        for (int i = 0; i < Parts; i++)
        {
            _parts[i] = [];
        }
    }

    public int Count { get; private set; }

    public bool TryGet(long orderId, out int slot) => Part(orderId).TryGetValue(orderId, out slot);

    public void Add(long orderId, int slot)
    {
        Part(orderId).Add(orderId, slot);
        Count++;
    }

    public void Remove(long orderId)
    {
        if (Part(orderId).Remove(orderId))
        {
            Count--;
        }
    }

    private Dictionary<long, int> Part(long orderId) => _parts[(int)(orderId & (Parts - 1))];
}
