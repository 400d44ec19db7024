using System.Runtime.InteropServices;
using CopyEngine.Snapshots;

namespace CopyEngine.Tests.Snapshots;

/// <summary>Makes a file what a later version of the program would write: another version, a checksum that fits.</summary>
internal static class NewerVersion
{
    private const int PlaceOfVersion = ChunkPrefix.Size + sizeof(ulong);

    public static void Of(byte[] file)
    {
        MemoryMarshal.Write(file.AsSpan(PlaceOfVersion), SnapshotFormat.Version + 1);
        ChunkPrefix prefix = MemoryMarshal.Read<ChunkPrefix>(file);
        prefix.Checksum = SnapshotFormat.ChecksumOf(in prefix, file.AsSpan(ChunkPrefix.Size, prefix.Length));
        MemoryMarshal.Write(file, in prefix);
    }
}
