namespace CopyEngine.Storage;

/// <summary>One open file of an <see cref="IStorage"/>.</summary>
internal interface IStorageFile : IDisposable
{
    string Name { get; }

    long Length { get; }

    /// <summary>Fills the destination; fewer bytes come only at the end of the file.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all bytes or throws; after a failure any of them may have been written.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    void SetLength(long length);

    /// <summary>Returns only when the kernel said that everything written is on the disk.</summary>
    void Sync();
}
