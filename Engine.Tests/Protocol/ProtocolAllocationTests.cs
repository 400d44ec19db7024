using CopyEngine.Commands;
using CopyEngine.Events;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

public class ProtocolAllocationTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(42)]
    [InlineData(110)]
    [InlineData(111)]
    [InlineData(113)]
    [InlineData(140)]
    public void A_hot_message_is_read_and_written_without_allocating(int type)
    {
        var frame = MessageRoundTripTests.SchemaOf(type).Sample();
        var buffer = new byte[4_096];
        Work(type, frame, buffer, rounds: 1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Work(type, frame, buffer, rounds: 10_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_number_is_formatted_and_a_name_found_without_allocating()
    {
        Span<byte> text = stackalloc byte[32];
        WireNames<RejectCode>.TryParse("CAPACITY_EXCEEDED"u8, out _);
        WireNames<OrderStatus>.Of(OrderStatus.Filled);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            WireNumber.FromPoints(108_345 + i, 5).TryFormat(text, out var written);
            WireNumber.TryParse(text[..written], out _);
            WireNames<RejectCode>.TryParse("CAPACITY_EXCEEDED"u8, out _);
            WireNames<OrderStatus>.Of(OrderStatus.Filled);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Work(int type, byte[] frame, byte[] buffer, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var done = (MessageType)type switch
            {
                MessageType.PlaceOrder => Rewrite<PlaceOrderMessage>(frame, buffer),
                MessageType.ModifyOrder => Rewrite<ModifyOrderMessage>(frame, buffer),
                MessageType.CloseOrder => Rewrite<CloseOrderMessage>(frame, buffer),
                MessageType.Quote => Rewrite<QuoteMessage>(frame, buffer),
                MessageType.Follow => Rewrite<FollowMessage>(frame, buffer),
                MessageType.ExecutionReport => Rewrite<ExecutionReportMessage>(frame, buffer),
                MessageType.CopyReport => Rewrite<CopyReportMessage>(frame, buffer),
                MessageType.MarginEvent => Rewrite<MarginEventMessage>(frame, buffer),
                _ => Rewrite<AckMessage>(frame, buffer),
            };
            if (!done)
                Assert.Fail($"{(MessageType)type} could not be read or written");
        }
    }

    private static bool Rewrite<TMessage>(byte[] frame, byte[] buffer) where TMessage : struct, IMessage<TMessage>, allows ref struct =>
        Envelope.TryOpen(frame, out var envelope, out _)
        && envelope.TryRead(out TMessage message, out _)
        && FrameWriter.TryWrite(buffer, envelope.Sequence, message, out _);
}
