using System.Runtime.InteropServices;

namespace CopyEngine.Journal;

/// <summary>
/// SHA-256 over everything from the journal's beginning to the end of a batch: each batch's hash covers the hash before
/// it, so a batch that is missing, repeated, exchanged or changed shows at the next one.
/// </summary>
internal readonly record struct ChainHash(ulong Part1, ulong Part2, ulong Part3, ulong Part4)
{
    public const int Length = 32;

    public static ChainHash Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<ChainHash>(bytes);

    public void Write(Span<byte> bytes) => MemoryMarshal.Write(bytes, in this);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
