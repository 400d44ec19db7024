namespace CopyEngine.Host;

/// <summary>How the process ends (interfaces, section 2).</summary>
internal static class ExitCode
{
    public const int Clean = 0;

    /// <summary>The command line or a file that the user wrote is wrong; nothing was started.</summary>
    public const int WrongUsage = 64;

    /// <summary>An invariant of the engine broke.</summary>
    public const int InvariantBroke = 70;

    /// <summary>A file could not be read or written, a port not opened.</summary>
    public const int InputOutputFailed = 74;

    /// <summary>Another process works on the data directory.</summary>
    public const int DataDirectoryInUse = 75;

    /// <summary>Damage, or data of a newer format.</summary>
    public const int RefusesToStart = 78;
}
