namespace CopyEngine.Storage;

/// <summary>A file operation failed. What the disk holds is unknown from here on, so the process stops (exit 74).</summary>
internal class StorageException : Exception
{
    public StorageException(string message) : base(message)
    {
    }

    public StorageException(string message, Exception cause) : base(message, cause)
    {
    }
}

/// <summary>There is no room on the disk, or none in the quota.</summary>
internal sealed class StorageFullException(string message) : StorageException(message);
