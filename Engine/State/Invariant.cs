using System.Diagnostics.CodeAnalysis;

namespace CopyEngine.State;

/// <summary>Something that can never be true is true: the state cannot be trusted any more and the engine stops (exit 70).</summary>
public sealed class InvariantBrokenException(string message) : Exception(message);

/// <summary>Cheap checks that stay on in Release: with money on the line, stopping beats going on wrong.</summary>
internal static class Invariant
{
    public static void Holds([DoesNotReturnIf(false)] bool condition, string message)
    {
        if (!condition)
        {
            Break(message);
        }
    }

    [DoesNotReturn]
    private static void Break(string message) => throw new InvariantBrokenException(message);
}
