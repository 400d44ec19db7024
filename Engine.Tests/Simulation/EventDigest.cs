using System.Numerics;
using System.Runtime.InteropServices;
using CopyEngine.Events;

namespace CopyEngine.Tests.Simulation;

/// <summary>A fingerprint of what an event says; events have no holes, so their bytes are what they say.</summary>
internal static class EventDigest
{
    /// <summary>Of everything.</summary>
    public static ulong Of(ref EventSlot slot) => Of(slot);

    /// <summary>Of everything but the sender.</summary>
    public static ulong StoryOf(ref EventSlot slot)
    {
        EventSlot story = slot;
        (story.Header.Session, story.Header.Key, story.Header.Correlation) = (0, 0, 0);
        return Of(story);
    }

    private static ulong Of(EventSlot slot)
    {
        ulong digest = 17;
        foreach (ulong word in MemoryMarshal.Cast<EventSlot, ulong>(new ReadOnlySpan<EventSlot>(in slot)))
        {
            digest = unchecked(BitOperations.RotateLeft(digest ^ word, 29) * 0x9E37_79B9_7F4A_7C15);
        }
        return digest;
    }
}
