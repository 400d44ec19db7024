using CopyEngine.Commands;

namespace CopyEngine.Tests.Sessions;

/// <summary>A random session: limits and the commands to apply in order. The seed made it; shrinking removes commands.</summary>
public sealed class Session
{
    internal Session(int seed, EngineLimits limits, CommandSlot[] commands)
    {
        Seed = seed;
        Limits = limits;
        Commands = commands;
    }

    internal int Seed { get; }

    internal EngineLimits Limits { get; }

    internal CommandSlot[] Commands { get; }

    /// <summary>The session without some of its commands: first large pieces, then single ones.</summary>
    internal IEnumerable<Session> Shrunk()
    {
        for (int length = Commands.Length / 2; length > 0; length /= 2)
        {
            for (int start = Commands.Length - length; start >= 0; start -= length)
            {
                yield return Without(start, length);
            }
        }
    }

    private Session Without(int start, int length) =>
        new(Seed, Limits, [.. Commands[..start], .. Commands[(start + length)..]]);

    /// <summary>How to repeat it and, once it is shrunk, its commands as lines that can be pasted into a test.</summary>
    public override string ToString()
    {
        const int MostLines = 150;
        var lines = new List<string>
        {
            $"to repeat: COPYENGINE_SESSION_SEED={Seed} ({Commands.Length} commands; OrdersPerAccount = {Limits.OrdersPerAccount}, ClientOrderIdsPerAccount = {Limits.ClientOrderIdsPerAccount})",
        };
        for (int i = 0; i < Commands.Length && Commands.Length <= MostLines; i++)
        {
            lines.Add($"/* {i + 1} */ {CommandText.Of(Commands[i])}");
        }
        return string.Join(Environment.NewLine, lines);
    }
}
