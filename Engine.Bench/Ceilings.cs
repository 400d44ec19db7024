using System.Diagnostics;

namespace CopyEngine.Bench;

/// <summary>What the machine does at best, measured beside the engine: the same bytes, nothing else.</summary>
internal static class Ceilings
{
    /// <summary>Nanoseconds to write a 256-byte event and a 128-byte order in order.</summary>
    public static double WriteNanoseconds(int count)
    {
        var source = new byte[384];
        var target = new byte[(1 << 16) * 384];
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            source.CopyTo(target.AsSpan((i & 0xFFFF) * 384, 384));
        }
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / count;
    }

    /// <summary>Milliseconds to read so many bytes in order.</summary>
    public static double ReadMilliseconds(long bytes)
    {
        var source = new ulong[bytes / sizeof(ulong)];
        Array.Fill(source, 1UL);
        long started = Stopwatch.GetTimestamp();
        ulong sum = 0;
        foreach (ulong word in source)
        {
            unchecked
            {
                sum += word;
            }
        }
        double elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        return sum == (ulong)source.LongLength ? elapsed : throw new InvalidOperationException("the sum is wrong");
    }
}
