namespace CopyEngine.Tests.Simulation;

/// <summary>A promise was broken in a simulated run.</summary>
internal sealed class SimulationException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Checks promises.</summary>
internal static class Violation
{
    /// <param name="holds">What must be true.</param>
    /// <param name="invariant">Its number.</param>
    /// <param name="otherwise">What is wrong otherwise.</param>
    public static void Unless(bool holds, string invariant, string otherwise)
    {
        if (!holds)
        {
            throw new SimulationException($"{invariant}: {otherwise}");
        }
    }
}
