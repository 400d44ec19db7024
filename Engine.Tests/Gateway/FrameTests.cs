using CopyEngine.Host.Gateway.Keys;
using CopyEngine.Tests.Pipeline;
using CopyEngine.Tests.Protocol;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>Frames that are cut, joined, too long or no frames at all, at a real socket.</summary>
public class FrameTests
{
    private static object?[] Order(string id, string lots = "0.01") => [id, GatewayWorld.Provider, "EURUSD", "BUY", "MARKET", lots];

    public static TheoryData<string> Malformed =>
    [
        "00000000", "ffffffff", "80000000", "00010001", // lengths: none, 2^32-1, 2^31, maximum + 1
        "00000001c0", // one byte that is no array
        "0000000193", // an array that ends at once
        "00000003920a00", // sequence 0
        "0000000492a13101", // a type that is a text
        "00000005930a03c101", // 0xc1 is never used
        "00000006930a03dfffffff", // a map of 2^32 pairs that is cut
        "00000007930a03ddffffffff", // an array of 2^32 elements
        "00000005931e0301c0", // a byte behind the array
        "00000004931e0305", // an account that is a number
        "00000006931e03a2c328", // invalid UTF-8
        "00000003921e03", // no account at all
        "0000000d930a03a0a1789191919191919191", // nested and cut
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_frame_that_cannot_be_understood_ends_the_session_and_reaches_nothing(string hex)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        long before = world.Engine.Statistics.Sequence;
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.SendBytes([.. Convert.FromHexString(hex), .. RawClient.Frame(10, 4, Order("after"))]);
        Assert.Equal("MALFORMED", await client.RejectAsync());
        Assert.Equal("MALFORMED", await client.GoodbyeAsync());
        Assert.Equal(before, world.Engine.Statistics.Sequence);
        Assert.Equal(0, world.Gateway.Statistics.Faults);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1234567890123456789012345678901234567")]
    [InlineData("tab\t")]
    [InlineData("ü")]
    public async Task An_id_that_is_not_short_printable_ascii_is_malformed(string id)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        long before = world.Engine.Statistics.Sequence;
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.Send(10, Order(id));
        object?[] reject = await client.ReceiveAsync(112);
        Assert.Equal((3L, "MALFORMED"), ((long)reject[0]!, (string)reject[2]!));
        Assert.Contains("clientOrderId", (string)reject[3]!, StringComparison.Ordinal);
        Assert.Equal("MALFORMED", await client.GoodbyeAsync());
        Assert.Equal(before, world.Engine.Statistics.Sequence);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public async Task A_number_that_is_not_the_next_ends_the_session(long sequence)
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        long before = world.Engine.Statistics.Sequence;
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        client.SendBytes(RawClient.Frame(10, sequence, Order("a")));
        Assert.Equal("MALFORMED", await client.RejectAsync());
        Assert.Equal("MALFORMED", await client.GoodbyeAsync());
        Assert.Equal(before, world.Engine.Statistics.Sequence);
    }

    [Fact]
    public async Task A_first_number_that_is_not_one_ends_the_connection()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.DialAsync();
        client.SendBytes(RawClient.Frame(1, 2, 1L, "provider-1", new byte[16]));
        Assert.Equal("MALFORMED", await client.RejectAsync());
        Assert.Equal("MALFORMED", await client.GoodbyeAsync());
    }

    [Fact]
    public async Task An_unknown_message_is_refused_and_the_session_goes_on()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        foreach (long type in (long[])[99, 110, 0, -5, long.MaxValue])
        {
            long sequence = client.Send(type, "anything", 7L);
            object?[] reject = await client.ReceiveAsync(112);
            Assert.Equal((sequence, "UNKNOWN_MESSAGE"), ((long)reject[0]!, (string)reject[2]!));
        }
        client.Send(10, [.. Order("a"), null, null, null, null, null, null, null, "a field of the future"]);
        Assert.Equal("FILLED", (await client.ReceiveAsync(110))[5]);
    }

    [Fact]
    public async Task The_longest_frame_is_taken_and_before_the_login_only_a_short_one()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        byte[] body = MessagePackValues.Write((object?[])[3L, 3L, 1L, new byte[65_536 - 14]]);
        Assert.InRange(body.Length, 65_500, 65_536);
        client.Sent++;
        client.SendBytes(RawClient.Framed(body));
        client.Send(10, Order("a"));
        Assert.Equal("FILLED", (await client.ReceiveAsync(110))[5]);

        using RawClient stranger = await world.DialAsync();
        stranger.SendBytes([0, 0, 8, 0]);
        Assert.Equal("MALFORMED", await stranger.GoodbyeAsync());
    }

    [Fact]
    public async Task One_byte_at_a_time_makes_the_same_orders()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        byte[] bytes = [.. RawClient.Frame(10, 3, Order("a")), .. RawClient.Frame(10, 4, Order("b", "0.02"))];
        foreach (byte one in bytes)
        {
            client.SendBytes([one]);
            Thread.Yield();
        }
        Assert.Equal("0.01", (await client.ReceiveAsync(110))[7]);
        Assert.Equal(111, (await client.NextAsync())!.Value.Type);
        Assert.Equal("0.02", (await client.ReceiveAsync(110))[7]);
    }

    [Fact]
    public async Task A_thousand_frames_in_one_piece_are_answered_in_order()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using RawClient client = await world.LogInAsync(KeyRole.Provider);
        var bytes = new List<byte>();
        for (int i = 0; i < 1_000; i++)
        {
            bytes.AddRange(RawClient.Frame(11, 3 + i, $"cancel-{i}", GatewayWorld.Provider, 1L));
        }
        client.SendBytes(bytes.ToArray());
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal($"cancel-{i}", (await client.ReceiveAsync(110))[0]);
        }
    }

    [Fact]
    public async Task A_connection_that_is_reset_inside_a_frame_orders_nothing()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        byte[] frame = RawClient.Frame(10, 3, Order("never"));
        long before = world.Engine.Statistics.Sequence;
        for (int length = 0; length < frame.Length; length++)
        {
            RawClient client = await world.LogInAsync(KeyRole.Provider);
            client.SendBytes(frame.AsSpan(0, length));
            client.Reset();
        }
        Eventually.Holds(() => world.Gateway.Statistics.Connections == 0, "every connection is gone");
        Assert.Equal(before, world.Engine.Statistics.Sequence);
        Assert.Equal(0, world.Gateway.Statistics.Faults);
        Assert.Equal(0, world.Gateway.Statistics.Sessions);
    }

    [Fact]
    public async Task Hundreds_of_mutated_frames_bring_no_fault()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        var random = new Random(20_261_121);
        byte[][] samples = [.. MessageSchema.All.Where(schema => schema.Type < 100).Select(schema => schema.Sample())];
        for (int i = 0; i < 300; i++)
        {
            using RawClient client = await world.LogInAsync(KeyRole.Provider);
            byte[] frame = [.. samples[random.Next(samples.Length)]];
            frame[1] = (byte)random.Next(1, 50);
            frame[2] = 3;
            for (int change = random.Next(4); change > 0; change--)
            {
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
            }
            client.SendBytes([.. RawClient.Framed(frame), 0, 0, 0, 0]);
            Assert.NotNull(await client.GoodbyeAsync());
        }
        Assert.Equal(0, world.Gateway.Statistics.Faults);
        Assert.False(world.Engine.Failure.IsCompleted);
    }
}
