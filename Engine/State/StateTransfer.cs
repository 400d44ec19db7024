using System.Runtime.InteropServices;

namespace CopyEngine.State;

/// <summary>
/// One walk over the state for three purposes: to hash it, to save it and to load it. A module names what it consists of
/// once, so what is hashed is what is saved, and nothing can be saved and then forgotten while loading. What follows from
/// the rest (indexes by name, places in a queue) is not walked but built again while loading.
/// </summary>
internal abstract class StateTransfer
{
    /// <summary>The walk fills the state, which is empty, instead of reading it.</summary>
    public abstract bool IsLoading { get; }

    /// <summary>Hashes the bytes, saves them, or fills them. Types transferred this way have no holes.</summary>
    public abstract void Bytes(Span<byte> bytes);

    /// <summary>A field.</summary>
    public void Value<T>(ref T value) where T : unmanaged => Bytes(MemoryMarshal.AsBytes(new Span<T>(ref value)));

    /// <summary>A property: takes what it is, returns what it is to be.</summary>
    public T Kept<T>(T value) where T : unmanaged
    {
        Value(ref value);
        return value;
    }

    /// <summary>Many values of a known number.</summary>
    public void Values<T>(Span<T> values) where T : unmanaged => Bytes(MemoryMarshal.AsBytes(values));

    /// <summary>A number of things that follow.</summary>
    public int Count(int count)
    {
        Value(ref count);
        Invariant.Holds(count >= 0, "a saved state counts less than nothing");
        return count;
    }

    /// <summary>A list and its length.</summary>
    public void Values<T>(List<T> values) where T : unmanaged
    {
        int count = Count(values.Count);
        if (IsLoading)
        {
            CollectionsMarshal.SetCount(values, count);
        }
        Values(CollectionsMarshal.AsSpan(values));
    }
}
