namespace CopyEngine.Host.Feeds;

/// <summary>How fast recorded time passes.</summary>
/// <param name="Factor">Recorded seconds per second; null: as fast as the engine takes it.</param>
internal readonly record struct ReplaySpeed(double? Factor)
{
    public static readonly ReplaySpeed Max = new(null);

    public override string ToString() => Factor is { } factor ? $"{factor}x" : "max";
}

/// <summary>The recorded input of a replay, checked from the first row to the last.</summary>
internal sealed class ReplaySource
{
    private ReplaySource(IReadOnlyList<string> quoteFiles, IReadOnlyList<ScriptedCommand> script, long startTime)
    {
        QuoteFiles = quoteFiles;
        Script = script;
        StartTime = startTime;
    }

    public IReadOnlyList<string> QuoteFiles { get; }

    public IReadOnlyList<ScriptedCommand> Script { get; }

    /// <summary>Recorded time of the first quote or command, the time at which the world is made.</summary>
    public long StartTime { get; }

    /// <summary>Reads and checks all files.</summary>
    /// <exception cref="HostException">A file cannot be read, has faults, or nothing is in any of them.</exception>
    public static ReplaySource Open(IReadOnlyList<string> quoteFiles, string? orderFile)
    {
        IReadOnlyList<ScriptedCommand> script = orderFile is null ? [] : OrderScript.Read(orderFile);
        long? first = RecordedQuotes.Check(quoteFiles);
        if (script.Count > 0)
        {
            first = Math.Min(first ?? long.MaxValue, script[0].Time);
        }
        string files = string.Join(", ", orderFile is null ? quoteFiles : [.. quoteFiles, orderFile]);
        return new ReplaySource(quoteFiles, script, first ?? throw HostException.WrongUsage($"{files}: no quote and no command in it"));
    }
}
