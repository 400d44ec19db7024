using System.Buffers;
using CopyEngine.Protocol;
using Xunit;

namespace CopyEngine.Tests.Protocol;

public class FrameTests
{
    private static readonly byte[] First = [0, 0, 0, 3, 1, 2, 3];
    private static readonly byte[] Second = [0, 0, 0, 1, 9];

    [Fact]
    public void Every_prefix_of_a_frame_is_incomplete_and_moves_nothing()
    {
        for (var length = 0; length < First.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(First, 0, length);
            Assert.Equal(FrameStatus.Incomplete, Read(ref buffer, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(12)]
    public void Frames_come_out_the_same_however_their_bytes_are_cut(int segmentLength)
    {
        var buffer = Segments([.. First, .. Second], segmentLength);
        byte[]? scratch = null;
        Assert.Equal(FrameStatus.Complete, Read(ref buffer, out var frame));
        Assert.Equal([1, 2, 3], FrameReader.Contiguous(frame, ref scratch).ToArray());
        Assert.Equal(FrameStatus.Complete, Read(ref buffer, out frame));
        Assert.Equal([9], FrameReader.Contiguous(frame, ref scratch).ToArray());
        Assert.Equal(FrameStatus.Incomplete, Read(ref buffer, out _));
        Assert.Equal(0, buffer.Length);
    }

    [Fact]
    public void A_thousand_frames_in_one_packet_come_out_one_by_one()
    {
        var packet = Enumerable.Repeat(First, 1_000).SelectMany(bytes => bytes).ToArray();
        var buffer = new ReadOnlySequence<byte>(packet);
        for (var i = 0; i < 1_000; i++)
            Assert.Equal(FrameStatus.Complete, Read(ref buffer, out _));
        Assert.True(buffer.IsEmpty);
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData("00010001")]
    [InlineData("80000000")]
    [InlineData("ffffffff")]
    public void An_impossible_length_is_refused_as_soon_as_it_is_there_and_takes_no_memory(string header)
    {
        var bytes = Convert.FromHexString(header);
        var buffer = new ReadOnlySequence<byte>(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var status = Read(ref buffer, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(FrameStatus.BadLength, status);
    }

    [Fact]
    public void The_shortest_and_the_longest_frame_are_taken()
    {
        byte[] longest = [0, 1, 0, 0, .. new byte[FrameReader.MaximumFrameBytes]];
        var buffer = new ReadOnlySequence<byte>((byte[])[.. Second, .. longest]);
        Assert.Equal(FrameStatus.Complete, Read(ref buffer, out var frame));
        Assert.Equal(1, frame.Length);
        Assert.Equal(FrameStatus.Complete, Read(ref buffer, out frame));
        Assert.Equal(65_536, frame.Length);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(65_535)]
    public void The_longest_frame_comes_out_whole_from_many_segments(int segmentLength)
    {
        byte[] longest = [0, 1, 0, 0, .. Enumerable.Range(0, FrameReader.MaximumFrameBytes).Select(value => (byte)(value % 251))];
        var buffer = Segments(longest, segmentLength);
        byte[]? scratch = null;
        Assert.Equal(FrameStatus.Complete, Read(ref buffer, out var frame));
        Assert.True(FrameReader.Contiguous(frame, ref scratch).SequenceEqual(longest.AsSpan(4)));
        ArrayPool<byte>.Shared.Return(scratch!);
    }

    [Fact]
    public void A_lower_limit_can_be_set_for_strangers()
    {
        var buffer = new ReadOnlySequence<byte>([0, 0, 2, 1]);
        Assert.Equal(FrameStatus.BadLength, FrameReader.TryRead(ref buffer, 512, out _));
    }

    [Fact]
    public void Scratch_is_taken_once_and_used_again()
    {
        byte[]? scratch = null;
        FrameReader.Contiguous(Segments(First, 2), ref scratch);
        var taken = scratch;
        FrameReader.Contiguous(Segments(First, 3), ref scratch);
        Assert.Same(taken, scratch);
        ArrayPool<byte>.Shared.Return(scratch!);
    }

    private static FrameStatus Read(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> frame) =>
        FrameReader.TryRead(ref buffer, FrameReader.MaximumFrameBytes, out frame);

    private static ReadOnlySequence<byte> Segments(byte[] bytes, int length)
    {
        Segment? first = null, last = null;
        foreach (var chunk in bytes.Chunk(length))
            last = first is null ? first = new Segment(chunk, 0) : last!.Append(chunk);
        return new ReadOnlySequence<byte>(first!, 0, last!, last!.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
