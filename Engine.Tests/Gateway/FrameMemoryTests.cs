using System.Buffers.Binary;
using CopyEngine.Host.Gateway.Keys;
using Xunit;

namespace CopyEngine.Tests.Gateway;

/// <summary>Counts what the whole process allocates, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(FrameMemoryTests), DisableParallelization = true)]
[Collection(nameof(FrameMemoryTests))]
public class FrameMemoryTests
{
    [Fact]
    public async Task The_length_is_judged_before_memory_is_taken_for_the_frame()
    {
        await using GatewayWorld world = await GatewayWorld.StartAsync();
        using (RawClient warm = await world.LogInAsync(KeyRole.Provider))
        {
            warm.SendBytes([0xff, 0xff, 0xff, 0xff]);
            await warm.GoodbyeAsync();
        }
        foreach (uint length in (uint[])[uint.MaxValue, 1u << 31, 65_537])
        {
            using RawClient client = await world.LogInAsync(KeyRole.Provider);
            byte[] header = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(header, length);
            long before = GC.GetTotalAllocatedBytes(precise: true);
            client.SendBytes(header);
            Assert.Equal("MALFORMED", await client.GoodbyeAsync());
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 64 * 1024);
        }
    }
}
