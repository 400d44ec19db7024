using System.Runtime.InteropServices;

namespace CopyEngine.State;

/// <summary>128 bits that stand for the whole state: equal states give equal hashes, on every machine.</summary>
/// <param name="High">Upper half.</param>
/// <param name="Low">Lower half.</param>
internal readonly record struct StateHash(ulong High, ulong Low)
{
    public override string ToString() => $"{High:x16}{Low:x16}";
}

/// <summary>
/// Multiply-and-rotate lanes over 64-bit words: single words go through two of them, long stretches through four side
/// by side, because a lane must wait for its own multiplication. Not cryptographic: it finds bugs, not forgers.
/// </summary>
internal struct StateHasher
{
    private const ulong First = 0xFF51AFD7ED558CCD;
    private const ulong Second = 0xC4CEB9FE1A85EC53;
    private const ulong Third = 0x9FB21C651E98DF25;
    private const ulong Fourth = 0xD6E8FEB86659FD93;
    private const int Lanes = 4;

    private ulong _first = 0x9E3779B97F4A7C15;
    private ulong _second = 0xC2B2AE3D27D4EB4F;
    private ulong _third = 0x165667B19E3779F9;
    private ulong _fourth = 0x27D4EB2F165667C5;

    public StateHasher()
    {
    }

    public readonly StateHash Result
    {
        get
        {
            ulong high = Mix(_first, _third);
            ulong low = Mix(_second, _fourth);
            return new StateHash(Finish(high), Finish(low ^ high));
        }
    }

    public void Add(long value)
    {
        unchecked
        {
            _first = ulong.RotateLeft((_first ^ (ulong)value) * First, 31);
            _second = ulong.RotateLeft((_second + (ulong)value) * Second, 29);
        }
    }

    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        int whole = words.Length - words.Length % Lanes;
        AddBlocks(words[..whole]);
        foreach (ulong word in words[whole..])
        {
            Add(unchecked((long)word));
        }
        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..])
        {
            Add(rest);
        }
    }

    private void AddBlocks(ReadOnlySpan<ulong> words)
    {
        (ulong first, ulong second, ulong third, ulong fourth) = (_first, _second, _third, _fourth);
        unchecked
        {
            for (int at = 0; at <= words.Length - Lanes; at += Lanes)
            {
                first = ulong.RotateLeft((first ^ words[at]) * First, 31);
                second = ulong.RotateLeft((second ^ words[at + 1]) * Second, 29);
                third = ulong.RotateLeft((third ^ words[at + 2]) * Third, 27);
                fourth = ulong.RotateLeft((fourth ^ words[at + 3]) * Fourth, 33);
            }
        }
        (_first, _second, _third, _fourth) = (first, second, third, fourth);
    }

    private static ulong Mix(ulong lane, ulong other)
    {
        unchecked
        {
            return ulong.RotateLeft(lane * Third, 23) ^ (other * Fourth);
        }
    }

    private static ulong Finish(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 33)) * First;
            return value ^ (value >> 29);
        }
    }
}
