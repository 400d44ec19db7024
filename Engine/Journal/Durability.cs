namespace CopyEngine.Journal;

/// <summary>When a journal batch counts as written.</summary>
public enum Durability
{
    /// <summary>When the disk said so: survives a power cut.</summary>
    Fsync,

    /// <summary>When the operating system has it: survives the end of the process, not that of the machine.</summary>
    Os,
}
