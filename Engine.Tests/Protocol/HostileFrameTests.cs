using CopyEngine.Commands;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

public class HostileFrameTests
{
    [Theory]
    [InlineData("c0", DecodeFault.NotAMessage)]
    [InlineData("80", DecodeFault.NotAMessage)]
    [InlineData("a568656c6c6f", DecodeFault.NotAMessage)]
    [InlineData("474554202f20485454502f312e310d0a", DecodeFault.NotAMessage)] // GET / HTTP/1.1
    [InlineData("c1", DecodeFault.NotAMessage)]
    [InlineData("90", DecodeFault.NotAMessage)]
    [InlineData("910a", DecodeFault.NotAMessage)]
    [InlineData("92a1310 1", DecodeFault.NotAMessage)] // the type as a text
    [InlineData("920a00", DecodeFault.NotAMessage)] // sequence number 0
    [InlineData("920aff", DecodeFault.NotAMessage)]
    [InlineData("920acfffffffffffffffff", DecodeFault.NotAMessage)]
    [InlineData("920acb3ff0000000000000", DecodeFault.NotAMessage)] // sequence number 1.0
    [InlineData("dd800000000a01", DecodeFault.Incomplete)] // an array of 2^31
    [InlineData("ddffffffff0a01", DecodeFault.Incomplete)]
    [InlineData("930a01", DecodeFault.Incomplete)] // an element short
    public void A_frame_that_is_no_message_cannot_be_opened(string hex, object fault)
    {
        Assert.False(Envelope.TryOpen(Bytes(hex), out var envelope, out var failure));
        Assert.Equal(fault, failure.Fault);
        Assert.Equal(RejectCode.Malformed, failure.Code);
        Assert.Equal(0, envelope.Sequence);
    }

    [Theory]
    [InlineData("930301c1", DecodeFault.WrongType, "time")]
    [InlineData("930301a131", DecodeFault.WrongType, "time")]
    [InlineData("930301cb7ff8000000000000", DecodeFault.WrongType, "time")]
    [InlineData("930301cfffffffffffffffff", DecodeFault.OutOfRange, "time")]
    [InlineData("930301dd80000000", DecodeFault.WrongType, "time")]
    [InlineData("9303010500", DecodeFault.TrailingBytes, "frame")]
    [InlineData("930301cd01", DecodeFault.Incomplete, "time")]
    [InlineData("94030105dd80000000", DecodeFault.Incomplete, "frame")] // in a field that nobody knows
    [InlineData("94030105a2c328", DecodeFault.InvalidUtf8, "frame")]
    [InlineData("94030105c1", DecodeFault.WrongType, "frame")]
    public void A_message_with_a_wrong_field_is_malformed_and_keeps_its_sequence_number(string hex, object fault, string field)
    {
        Assert.True(Envelope.TryOpen(Bytes(hex), out var envelope, out _));
        Assert.Equal(1, envelope.Sequence);
        Assert.False(envelope.TryRead(out ClientHeartbeatMessage _, out var failure));
        Assert.Equal(new DecodeFailure((DecodeFault)fault, field), failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456789012345678901234567")]
    [InlineData("tab\there")]
    [InlineData("Grüße")]
    [InlineData("zero\0")]
    public void An_id_is_one_to_thirty_six_printable_characters(string id)
    {
        var failure = FailureOf<CloseAllMessage>(14L, 1L, id, "live:1");
        Assert.Equal("clientOrderId", failure.Field);
        Assert.Equal(RejectCode.Malformed, failure.Code);
    }

    [Fact]
    public void What_stood_before_the_fault_can_be_named_in_the_refusal()
    {
        Assert.True(Envelope.TryOpen(MessagePackValues.Write((object?[])[13L, 9L, "C7", "live:1", 5L, true]), out var envelope, out _));
        Assert.False(envelope.TryRead(out CloseOrderMessage close, out var failure));
        Assert.Equal("C7"u8, close.ClientOrderId);
        Assert.Equal("lots: has the wrong MessagePack type", failure.ToString());
    }

    [Fact]
    public void A_setting_given_twice_or_not_known_is_refused_by_name()
    {
        KeyValuePair<string, object?>[] twice = [new("ratio", "1"), new("lots", "1"), new("ratio", "100")];
        AssertSettings(twice, DecodeFault.DuplicateKey, "settings.ratio");
        KeyValuePair<string, object?>[] unknown = [new("maxLot", "1")];
        AssertSettings(unknown, DecodeFault.UnknownKey, "settings.maxLot");
        KeyValuePair<string, object?>[] wrong = [new("reverse", "yes")];
        AssertSettings(wrong, DecodeFault.WrongType, "settings.reverse");
    }

    [Fact]
    public void Nested_ten_thousand_deep_is_refused_at_once()
    {
        byte[] frame = [0x93, 0x63, 0x01, .. Enumerable.Repeat((byte)0x91, 10_000)];
        Assert.True(Envelope.TryOpen(frame, out var envelope, out _));
        Assert.Equal(DecodeFault.TooDeep, envelope.RefuseAsUnknown().Fault);
    }

    [Fact]
    public void A_type_that_is_not_known_is_told_from_garbage()
    {
        Assert.True(Envelope.TryOpen(MessagePackValues.Write((object?[])[99L, 4L, "x", null]), out var envelope, out _));
        var failure = envelope.RefuseAsUnknown();
        Assert.Equal(RejectCode.UnknownMessage, failure.Code);
        Assert.Equal("type 99: this message type is not known here", failure.ToString());
        Assert.True(Envelope.TryOpen(MessagePackValues.Write((object?[])[long.MaxValue, 4L]), out envelope, out _));
        Assert.False(Enum.IsDefined(envelope.Type));
        Assert.Equal(RejectCode.UnknownMessage, envelope.RefuseAsUnknown().Code);
    }

    /// <summary>
    /// Real frames with bytes changed, cut out, put in, and parts of other frames: read as whatever they claim to be, and as every other
    /// type. Nothing may escape but a typed failure, and what is accepted must be writable.
    /// </summary>
    [Fact]
    public void A_hundred_thousand_mutated_frames_give_typed_failures_only()
    {
        const int seed = 20_261_121;
        var random = new Random(seed);
        var samples = MessageSchema.All.Select(schema => schema.Sample()).ToArray();
        int accepted = 0, refused = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var type = random.Next(samples.Length);
            var schema = MessageSchema.All[type];
            var frame = Mutate(samples[random.Next(4) == 0 ? random.Next(samples.Length) : type], samples, random);
            try
            {
                var rewritten = schema.Rewrite(frame, out var failure);
                Assert.Equal(rewritten is null, failure.IsFailure);
                _ = failure.IsFailure ? refused++ : accepted++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}, {schema}: {Convert.ToHexStringLower(frame)}: {error}");
            }
        }
        Assert.True(accepted > 1_000 && refused > 10_000, $"{accepted} accepted, {refused} refused: the mutations test nothing");
    }

    [Fact]
    public void The_largest_hostile_frame_costs_little()
    {
        byte[] flat = [0xdc, 0xff, 0xfc, 0x63, 0x01, .. Enumerable.Repeat((byte)0xc0, 65_530)];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(Envelope.TryOpen(flat, out var envelope, out _));
        var unknown = envelope.RefuseAsUnknown();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_024);
        Assert.Equal(RejectCode.UnknownMessage, unknown.Code);
    }

    private static byte[] Mutate(byte[] original, byte[][] samples, Random random)
    {
        var frame = original.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var place = random.Next(frame.Count);
            switch (random.Next(6))
            {
                case 0: frame[place] = (byte)random.Next(256); break;
                case 1: frame[place] ^= (byte)(1 << random.Next(8)); break;
                case 2: frame.RemoveRange(place, random.Next(1, frame.Count - place + 1)); break;
                case 3: frame.InsertRange(place, Spice[random.Next(Spice.Length)]); break;
                case 4: frame.InsertRange(place, samples[random.Next(samples.Length)].Take(random.Next(1, 40))); break;
                default: frame[place] = (byte)(0xc0 + random.Next(32)); break;
            }
            if (frame.Count == 0)
                return [];
        }
        return [.. frame];
    }

    /// <summary>Values that have broken readers before.</summary>
    private static readonly byte[][] Spice =
    [
        Bytes("dd80000000"), Bytes("dfffffffff"), Bytes("dbffffffff"), Bytes("c6ffffffff"), Bytes("c9ffffffff05"),
        Bytes("cb7ff8000000000000"), Bytes("cb8000000000000000"), Bytes("cb0000000000000001"),
        Bytes("cfffffffffffffffff"), Bytes("d38000000000000000"), Bytes("a2c328"),
        Bytes("9191919191919191919191919191919191919191"), Bytes("82a161c0a161c0"), Bytes("c1"), Bytes("a0"), Bytes("c0"),
    ];

    private static void AssertSettings(KeyValuePair<string, object?>[] settings, DecodeFault fault, string field) =>
        Assert.Equal(new DecodeFailure(fault, field), FailureOf<FollowMessage>(42L, 1L, "F", "p", "f", settings));

    private static DecodeFailure FailureOf<TMessage>(params object?[] values) where TMessage : struct, IMessage<TMessage>, allows ref struct
    {
        Assert.True(Envelope.TryOpen(MessagePackValues.Write(values), out var envelope, out _));
        Assert.False(envelope.TryRead(out TMessage _, out var failure));
        return failure;
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
