using CopyEngine.Protocol.MessagePack;
using Xunit;

namespace CopyEngine.Tests.Protocol;

public class MessagePackHostileTests
{
    [Theory]
    [InlineData("dd80000000", MessagePackStatus.Incomplete)] // array32 of 2^31
    [InlineData("ddffffffff", MessagePackStatus.Incomplete)]
    [InlineData("df80000000c0c0", MessagePackStatus.Incomplete)] // map32 of 2^31
    [InlineData("dfffffffff", MessagePackStatus.Incomplete)]
    [InlineData("dbffffffff61", MessagePackStatus.Incomplete)] // str32 of 2^32-1
    [InlineData("c6ffffffff61", MessagePackStatus.Incomplete)] // bin32 of 2^32-1
    [InlineData("c9ffffffff0161", MessagePackStatus.Incomplete)] // ext32 of 2^32-1
    [InlineData("c97fffffff01", MessagePackStatus.Incomplete)]
    [InlineData("c805", MessagePackStatus.Incomplete)]
    [InlineData("d801", MessagePackStatus.Incomplete)] // fixext16 without its bytes
    [InlineData("92c0", MessagePackStatus.Incomplete)]
    [InlineData("81a161", MessagePackStatus.Incomplete)] // a key without a value
    [InlineData("c1", MessagePackStatus.WrongType)] // the byte that the format never uses
    [InlineData("91c1", MessagePackStatus.WrongType)]
    [InlineData("a2c328", MessagePackStatus.InvalidUtf8)]
    [InlineData("a2c080", MessagePackStatus.InvalidUtf8)] // overlong zero
    [InlineData("a3eda080", MessagePackStatus.InvalidUtf8)] // a lone surrogate
    [InlineData("a1ff", MessagePackStatus.InvalidUtf8)]
    [InlineData("91a1ff", MessagePackStatus.InvalidUtf8)]
    public void A_forged_value_is_refused_by_a_status(string hex, object expected)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.Equal(expected, reader.Skip());
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData("c70001")] // ext8 of length 0
    [InlineData("c7030561 6263")]
    [InlineData("c8000105ff")]
    [InlineData("c90000000105ff")]
    [InlineData("d405ff")]
    [InlineData("d6ff00000000")] // a timestamp
    [InlineData("d80500000000000000000000000000000000")]
    [InlineData("cb7ff8000000000000")]
    [InlineData("cb8000000000000000")]
    [InlineData("ca7fc00000")]
    public void Extensions_and_odd_floats_are_passed_over_whole(string hex)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(MessagePackStatus.Ok, reader.Skip());
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData((byte)0x91)]
    [InlineData((byte)0x81)]
    public void Ten_thousand_containers_inside_one_another_are_too_deep(byte container)
    {
        var bytes = new byte[10_000];
        Array.Fill(bytes, container);
        var reader = new MessagePackReader(bytes);
        Assert.Equal(MessagePackStatus.TooDeep, reader.Skip());
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData(0, MessagePackStatus.Ok)]
    [InlineData(1, MessagePackStatus.TooDeep)]
    public void The_deepest_nesting_is_what_the_limit_says(int beyond, object expected)
    {
        var bytes = new byte[MessagePackReader.MaximumDepth + beyond];
        Array.Fill(bytes, (byte)0x91);
        bytes[^1] = 0x90;
        var reader = new MessagePackReader(bytes);
        Assert.Equal(expected, reader.Skip());
    }

    [Fact]
    public void Any_bytes_are_read_as_something_or_refused_and_never_beyond_their_end()
    {
        var random = new Random(20_261_121);
        var bytes = new byte[64];
        for (var round = 0; round < 200_000; round++)
        {
            random.NextBytes(bytes);
            var source = bytes.AsSpan(0, random.Next(bytes.Length + 1));
            var reader = new MessagePackReader(source);
            var status = reader.Skip();
            Assert.True(Enum.IsDefined(status), $"seed 20261121, round {round}");
            Assert.InRange(reader.Position, 0, source.Length);
            Assert.Equal(status == MessagePackStatus.Ok, reader.Position > 0);
        }
    }

    [Fact]
    public void A_value_of_another_type_is_refused_and_left_in_place()
    {
        var reader = new MessagePackReader([0xa1, (byte)'x']);
        Assert.False(reader.TryReadNil());
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadBoolean(out _));
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadInt64(out _));
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadUInt64(out _));
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadFloat32(out _));
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadFloat64(out _));
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadBinary(out _));
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadArrayHeader(out _));
        Assert.Equal(MessagePackStatus.WrongType, reader.ReadMapHeader(out _));
        Assert.Equal(0, reader.Position);
    }
}
