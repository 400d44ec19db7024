using System.Runtime.InteropServices;

namespace CopyEngine.State;

/// <summary>128 bits that stand for the whole state: equal states give equal hashes, on every machine.</summary>
/// <param name="High">Upper half.</param>
/// <param name="Low">Lower half.</param>
internal readonly record struct StateHash(ulong High, ulong Low)
{
    public override string ToString() => $"{High:x16}{Low:x16}";
}

/// <summary>Two independent multiply-and-rotate lanes over 64-bit words. Not cryptographic: it finds bugs, not forgers.</summary>
internal ref struct StateHasher
{
    private ulong _high = 0x9E3779B97F4A7C15;
    private ulong _low = 0xC2B2AE3D27D4EB4F;

    public StateHasher()
    {
    }

    public readonly StateHash Result => new(Finish(_high), Finish(_low ^ _high));

    public void Add(long value)
    {
        unchecked
        {
            _high = ulong.RotateLeft((_high ^ (ulong)value) * 0xFF51AFD7ED558CCD, 31);
            _low = ulong.RotateLeft((_low + (ulong)value) * 0xC4CEB9FE1A85EC53, 29);
        }
    }

    public void Add(Int128 value)
    {
        Add(unchecked((long)(ulong)value));
        Add(unchecked((long)(ulong)(value >> 64)));
    }

    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        ReadOnlySpan<long> words = MemoryMarshal.Cast<byte, long>(bytes);
        foreach (long word in words)
        {
            Add(word);
        }
        foreach (byte rest in bytes[(words.Length * sizeof(long))..])
        {
            Add(rest);
        }
    }

    private static ulong Finish(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
            return value ^ (value >> 29);
        }
    }
}
