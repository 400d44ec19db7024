using System.Buffers;
using System.Buffers.Binary;

namespace CopyEngine.Protocol;

/// <summary>
/// Cuts frames out of the bytes of a connection: a length of four bytes, big-endian, and that many bytes. The length is judged
/// as soon as it is there, before a byte of the body is waited for, so a frame never takes more memory than the limit.
/// </summary>
internal static class FrameReader
{
    /// <summary>Bytes of the length in front of each frame.</summary>
    public const int HeaderBytes = 4;

    /// <summary>The longest frame either side may send, without its length.</summary>
    public const int MaximumFrameBytes = 65_536;

    /// <summary>
    /// Takes the next frame from the front of <paramref name="buffer"/>. Only <see cref="FrameStatus.Complete"/> moves the buffer.
    /// </summary>
    public static FrameStatus TryRead(ref ReadOnlySequence<byte> buffer, int maximumBytes, out ReadOnlySequence<byte> frame)
    {
        frame = default;
        if (buffer.Length < HeaderBytes)
            return FrameStatus.Incomplete;
        var length = ReadLength(buffer);
        if (length == 0 || length > (uint)maximumBytes)
            return FrameStatus.BadLength;
        if (buffer.Length < HeaderBytes + length)
            return FrameStatus.Incomplete;
        frame = buffer.Slice(HeaderBytes, length);
        buffer = buffer.Slice(frame.End);
        return FrameStatus.Complete;
    }

    /// <summary>
    /// The bytes of <paramref name="frame"/> side by side: where they are if they lie in one segment, else copied to
    /// <paramref name="scratch"/>, which is rented from the shared pool when it is missing or too small and stays the caller's.
    /// </summary>
    public static ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> frame, ref byte[]? scratch)
    {
        if (frame.IsSingleSegment)
            return frame.FirstSpan;
        var length = (int)frame.Length;
        if (scratch is null || scratch.Length < length)
        {
            if (scratch is not null)
                ArrayPool<byte>.Shared.Return(scratch);
            scratch = ArrayPool<byte>.Shared.Rent(length);
        }
        frame.CopyTo(scratch);
        return scratch.AsSpan(0, length);
    }

    private static uint ReadLength(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.FirstSpan.Length >= HeaderBytes)
            return BinaryPrimitives.ReadUInt32BigEndian(buffer.FirstSpan);
        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        return BinaryPrimitives.ReadUInt32BigEndian(header);
    }
}

/// <summary>What is at the front of a connection's bytes.</summary>
internal enum FrameStatus : byte
{
    /// <summary>The next frame has not arrived whole.</summary>
    Incomplete,
    Complete,
    /// <summary>A length of zero or above the limit: the connection cannot be understood from here on.</summary>
    BadLength,
}
