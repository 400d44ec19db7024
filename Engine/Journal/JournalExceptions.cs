namespace CopyEngine.Journal;

/// <summary>
/// The journal is damaged where no unfinished write can explain it. Nothing was changed; the process refuses to start
/// (exit 78).
/// </summary>
internal sealed class JournalDamagedException : Exception
{
    private JournalDamagedException(string message) : base(message)
    {
    }

    /// <summary>File in which the damage was found.</summary>
    public required string File { get; init; }

    /// <summary>Where in the file.</summary>
    public required long Offset { get; init; }

    /// <summary>First sequence that is missing or in doubt.</summary>
    public required long Sequence { get; init; }

    public static JournalDamagedException At(string folder, string file, long offset, long sequence, string what) => new(
        $"the journal is damaged: {System.IO.Path.Combine(folder, file)}, offset {offset}, from sequence {sequence} on: {what}. "
        + "Restore the directory from a backup or a second copy; or, to go on without what follows, "
        + $"run `repair` with --accept-loss-from-seq {sequence}, which keeps a copy of what it removes")
    {
        File = file,
        Offset = offset,
        Sequence = sequence,
    };
}

/// <summary>A file was written by a newer version of this program. It is left as it is (exit 78).</summary>
internal sealed class NewerFormatException(string file, int version, int known) : Exception(
    $"{file} has format version {version}, this program knows {known} and older: start it with the version that wrote the file, or a newer one");
