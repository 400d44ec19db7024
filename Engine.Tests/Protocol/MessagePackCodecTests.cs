using System.Text;
using CopyEngine.Protocol.MessagePack;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CopyEngine.Tests.Protocol;

public class MessagePackCodecTests
{
    /// <summary>The boundaries of the public format specification: each value in its shortest form.</summary>
    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7f")]
    [InlineData(128, "cc80")]
    [InlineData(255, "ccff")]
    [InlineData(256, "cd0100")]
    [InlineData(65_535, "cdffff")]
    [InlineData(65_536, "ce00010000")]
    [InlineData(4_294_967_295, "ceffffffff")]
    [InlineData(4_294_967_296, "cf0000000100000000")]
    [InlineData(long.MaxValue, "cf7fffffffffffffff")]
    [InlineData(-1, "ff")]
    [InlineData(-32, "e0")]
    [InlineData(-33, "d0df")]
    [InlineData(-128, "d080")]
    [InlineData(-129, "d1ff7f")]
    [InlineData(-32_768, "d18000")]
    [InlineData(-32_769, "d2ffff7fff")]
    [InlineData(int.MinValue, "d280000000")]
    [InlineData(int.MinValue - 1L, "d3ffffffff7fffffff")]
    [InlineData(long.MinValue, "d38000000000000000")]
    public void Integers_take_their_shortest_form(long value, string hex)
    {
        Assert.Equal(hex, Hex((ref MessagePackWriter writer) => writer.WriteInt64(value)));
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.Equal(MessagePackStatus.Ok, reader.ReadInt64(out var read));
        Assert.Equal(value, read);
        Assert.Equal(0, reader.Remaining);
    }

    [Theory]
    [InlineData("cf0000000000000005", 5)]
    [InlineData("d30000000000000005", 5)]
    [InlineData("d200000005", 5)]
    [InlineData("cd0005", 5)]
    [InlineData("d10005", 5)]
    [InlineData("cc05", 5)]
    [InlineData("d005", 5)]
    public void Integers_in_a_longer_form_are_read_too(string hex, long value)
    {
        var reader = new MessagePackReader(Convert.FromHexString(hex));
        Assert.Equal(MessagePackStatus.Ok, reader.ReadInt64(out var read));
        Assert.Equal(value, read);
    }

    [Fact]
    public void The_largest_unsigned_integer_is_out_of_a_long_and_within_an_unsigned_long()
    {
        var bytes = Convert.FromHexString("cfffffffffffffffff");
        var reader = new MessagePackReader(bytes);
        Assert.Equal(MessagePackStatus.OutOfRange, reader.ReadInt64(out _));
        Assert.Equal(0, reader.Position);
        Assert.Equal(MessagePackStatus.Ok, reader.ReadUInt64(out var value));
        Assert.Equal(ulong.MaxValue, value);
        Assert.Equal("cfffffffffffffffff", Hex((ref MessagePackWriter writer) => writer.WriteUInt64(ulong.MaxValue)));
    }

    [Fact]
    public void A_negative_integer_is_out_of_an_unsigned_long()
    {
        var reader = new MessagePackReader([0xff]);
        Assert.Equal(MessagePackStatus.OutOfRange, reader.ReadUInt64(out _));
        Assert.Equal(0, reader.Position);
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65_535, "daffff")]
    [InlineData(65_536, "db00010000")]
    public void Texts_take_the_shortest_header(int length, string header)
    {
        var text = new byte[length];
        Array.Fill(text, (byte)'x');
        var written = Write((ref MessagePackWriter writer) => writer.WriteString(text));
        Assert.Equal(header, Convert.ToHexStringLower(written[..(header.Length / 2)]));
        var reader = new MessagePackReader(written);
        Assert.Equal(MessagePackStatus.Ok, reader.ReadString(out var read));
        Assert.True(read.SequenceEqual(text));
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65_536, "c600010000")]
    public void Binaries_take_the_shortest_header(int length, string header)
    {
        var bytes = new byte[length];
        var written = Write((ref MessagePackWriter writer) => writer.WriteBinary(bytes));
        Assert.Equal(header, Convert.ToHexStringLower(written[..(header.Length / 2)]));
        var reader = new MessagePackReader(written);
        Assert.Equal(MessagePackStatus.Ok, reader.ReadBinary(out var read));
        Assert.Equal(length, read.Length);
    }

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65_535, "dcffff", "deffff")]
    [InlineData(65_536, "dd00010000", "df00010000")]
    public void Containers_take_the_shortest_header(int count, string array, string map)
    {
        Assert.Equal(array, Hex((ref MessagePackWriter writer) => writer.WriteArrayHeader(count)));
        Assert.Equal(map, Hex((ref MessagePackWriter writer) => writer.WriteMapHeader(count)));
        byte[] filled = [.. Convert.FromHexString(map), .. new byte[count * 2]];
        var reader = new MessagePackReader(filled);
        Assert.Equal(MessagePackStatus.Ok, reader.ReadMapHeader(out var read));
        Assert.Equal(count, read);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(-0.0)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.Epsilon)]
    [InlineData(1.08345)]
    public void Floats_keep_every_bit(double value)
    {
        var reader = new MessagePackReader(Write((ref MessagePackWriter writer) => writer.WriteFloat64(value)));
        Assert.Equal(MessagePackStatus.Ok, reader.ReadFloat64(out var read));
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(read));

        var narrow = new MessagePackReader(Write((ref MessagePackWriter writer) => writer.WriteFloat32((float)value)));
        Assert.Equal(MessagePackStatus.Ok, narrow.ReadFloat32(out var single));
        Assert.Equal(BitConverter.SingleToInt32Bits((float)value), BitConverter.SingleToInt32Bits(single));
    }

    [Fact]
    public void A_value_that_does_not_fit_is_not_begun()
    {
        var writer = new MessagePackWriter(new byte[4]);
        writer.WriteInt64(1);
        writer.WriteInt64(int.MinValue);
        Assert.True(writer.Overflowed);
        Assert.Equal(1, writer.Written);
        writer.WriteNil();
        Assert.Equal(1, writer.Written);
    }

    [Fact]
    public void Any_value_reads_back_as_it_was_written()
    {
        var values = MessagePackValues.Generator.ToArbitrary();
        Prop.ForAll(values, value =>
        {
            var bytes = MessagePackValues.Write(value);
            var reader = new MessagePackReader(bytes);
            var read = MessagePackValues.Read(ref reader);
            Assert.Equal(MessagePackValues.Describe(value), MessagePackValues.Describe(read));
            Assert.Equal(0, reader.Remaining);
            var skipper = new MessagePackReader(bytes);
            Assert.Equal(MessagePackStatus.Ok, skipper.Skip());
            Assert.Equal(0, skipper.Remaining);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));
    }

    [Fact]
    public void Every_prefix_of_a_value_is_incomplete_and_leaves_the_reader_where_it_was()
    {
        Prop.ForAll(MessagePackValues.Generator.ToArbitrary(), value =>
        {
            var bytes = MessagePackValues.Write(value);
            for (var length = 0; length < bytes.Length; length++)
            {
                var reader = new MessagePackReader(bytes.AsSpan(0, length));
                Assert.Equal(MessagePackStatus.Incomplete, reader.Skip());
                Assert.Equal(0, reader.Position);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true));
    }

    internal delegate void WriteValues(ref MessagePackWriter writer);

    internal static byte[] Write(WriteValues write)
    {
        var buffer = new byte[70_000];
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        Assert.False(writer.Overflowed);
        return buffer[..writer.Written];
    }

    private static string Hex(WriteValues write) => Convert.ToHexStringLower(Write(write));
}
