using System.Buffers;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CopyEngine.Tests.Protocol;

public class MessageRoundTripTests
{
    public static TheoryData<int> Types => [.. MessageSchema.All.Select(schema => schema.Type)];

    private static readonly byte[] Extension = [0xd4, 0x05, 0x00];

    [Fact]
    public void Every_message_type_has_a_schema() =>
        Assert.Equal(Enum.GetValues<MessageType>().Select(type => (int)type), MessageSchema.All.Select(schema => schema.Type).Order());

    [Theory]
    [MemberData(nameof(Types))]
    public void A_message_loses_nothing_between_reading_and_writing(int type)
    {
        var schema = SchemaOf(type);
        Prop.ForAll(schema.Frames().ToArbitrary(), frame =>
        {
            var rewritten = schema.Rewrite(frame, out var failure);
            Assert.Equal(default, failure);
            Assert.Equal(Convert.ToHexStringLower(frame), Convert.ToHexStringLower(rewritten!));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Fields_that_are_added_later_are_ignored(int type)
    {
        var schema = SchemaOf(type);
        var frame = schema.Sample();
        var longer = MessageSchema.Join([.. MessageSchema.Split(frame), Extension, [0x92, 0xc0, 0x81, 0xa1, (byte)'x', 0x01]]);
        Assert.Equal(frame, schema.Rewrite(longer, out _));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_missing_trailing_field_means_the_same_as_nil(int type)
    {
        var schema = SchemaOf(type);
        var values = MessageSchema.Split(schema.Sample());
        for (var count = 2; count < values.Count; count++)
        {
            var shorter = schema.Rewrite(MessageSchema.Join(values[..count]), out var failure);
            List<byte[]> filled = [.. values[..count], .. Enumerable.Repeat<byte[]>([0xc0], values.Count - count)];
            var withNils = schema.Rewrite(MessageSchema.Join(filled), out var failureWithNils);
            Assert.Equal(failureWithNils, failure);
            Assert.Equal(withNils, shorter);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_field_of_the_wrong_type_is_malformed_and_named(int type)
    {
        var schema = SchemaOf(type);
        var values = MessageSchema.Split(schema.Sample());
        for (var field = 2; field < values.Count; field++)
        {
            var wrong = values.ToList();
            wrong[field] = Extension;
            Assert.Null(schema.Rewrite(MessageSchema.Join(wrong), out var failure));
            Assert.Equal(DecodeFault.WrongType, failure.Fault);
            Assert.Equal(CopyEngine.Commands.RejectCode.Malformed, failure.Code);
            Assert.Matches("^[a-z][A-Za-z]+: ", failure.ToString());
        }
    }

    /// <summary>Every prefix of every message, then the whole of it, through the frame reader.</summary>
    [Fact]
    public void Messages_arrive_the_same_byte_by_byte_and_all_at_once()
    {
        var samples = MessageSchema.All.Select(schema => schema.Sample()).ToArray();
        var stream = samples.SelectMany(WithLength).ToArray();
        Assert.Equal(samples, FramesOf(stream, chunk: stream.Length));
        Assert.Equal(samples, FramesOf(stream, chunk: 1));
        Assert.Equal(samples, FramesOf(stream, chunk: 7));
    }

    internal static MessageSchema SchemaOf(int type) => MessageSchema.All.Single(schema => schema.Type == type);

    private static byte[] WithLength(byte[] frame) => [0, 0, (byte)(frame.Length >> 8), (byte)(frame.Length & 0xff), .. frame];

    private static List<byte[]> FramesOf(byte[] stream, int chunk)
    {
        var frames = new List<byte[]>();
        var consumed = 0;
        for (var arrived = 0; arrived < stream.Length;)
        {
            arrived = Math.Min(arrived + chunk, stream.Length);
            var buffer = new ReadOnlySequence<byte>(stream, consumed, arrived - consumed);
            FrameStatus status;
            while ((status = FrameReader.TryRead(ref buffer, FrameReader.MaximumFrameBytes, out var frame)) == FrameStatus.Complete)
                frames.Add(frame.ToArray());
            Assert.Equal(FrameStatus.Incomplete, status);
            consumed = arrived - (int)buffer.Length;
        }
        Assert.Equal(stream.Length, consumed);
        return frames;
    }
}
