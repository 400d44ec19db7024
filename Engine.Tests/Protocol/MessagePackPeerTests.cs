using CopyEngine.Protocol.MessagePack;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>
/// Our MessagePack against two independent implementations: each reads what we wrote, says what it understood, and writes it again; both
/// must be as we meant it, byte for byte.
/// </summary>
public class MessagePackPeerTests
{
    [Fact]
    public async Task Python_reads_and_writes_every_value_as_we_do()
    {
        await PeerProcess.SkipWithoutPythonMessagePackAsync();
        await AgreeAsync(PeerProcess.Python, "peer.py", Values());
    }

    [Fact]
    public async Task JavaScript_reads_and_writes_every_value_as_we_do()
    {
        if (SharedDocument.FindUpwards("Engine.Tests/Protocol/peer/node_modules/@msgpack/msgpack/package.json") is null)
            Assert.Skip("@msgpack/msgpack is not installed: npm install in Engine.Tests/Protocol/peer");
        await AgreeAsync("node", "peer.mjs", Values().Where(IsExactInJavaScript));
    }

    private static async Task AgreeAsync(string program, string script, IEnumerable<object?> values)
    {
        var samples = values.ToArray();
        var bytes = samples.Select(MessagePackValues.Write).Concat(MessageSchema.All.Select(schema => schema.Sample())).ToArray();
        var input = string.Join('\n', bytes.Select(Convert.ToHexStringLower)) + "\n";
        var path = SharedDocument.FindUpwards(Path.Combine("Engine.Tests", "Protocol", "peer", script))!;
        var (exitCode, output, error) = await PeerProcess.RunAsync(program, [path], input);
        Assert.True(exitCode == 0, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(bytes.Length, lines.Length);
        foreach (var (sample, line) in bytes.Zip(lines))
        {
            var reader = new MessagePackReader(sample);
            var ours = MessagePackValues.Describe(MessagePackValues.Read(ref reader)) + "\t" + Convert.ToHexStringLower(sample);
            Assert.Equal(ours, line);
        }
    }

    private static object?[] Values()
    {
        object?[] boundaries =
        [
            0L, 127L, 128L, 255L, 256L, 65_535L, 65_536L, 4_294_967_295L, 4_294_967_296L, long.MaxValue, ulong.MaxValue, -1L, -32L,
            -33L, -128L, -129L, -32_768L, -32_769L, -2_147_483_648L, -2_147_483_649L, long.MinValue, 0.5, -1.08345, double.Epsilon,
            new string('a', 31), new string('b', 32), new string('c', 255), new string('d', 256), new string('e', 65_535),
            new byte[255], new byte[256], new object?[15], new object?[16], new object?[300],
        ];
        return [.. boundaries, .. MessagePackValues.Generator.Sample(300, new Rnd(20_261_121), 20)];
    }

    /// <summary>JavaScript has no floats beside integers, and one NaN.</summary>
    private static bool IsExactInJavaScript(object? value) => value switch
    {
        double number => double.IsFinite(number) && number != Math.Truncate(number),
        object?[] items => items.All(IsExactInJavaScript),
        KeyValuePair<string, object?>[] map => map.All(pair => IsExactInJavaScript(pair.Value)),
        _ => true,
    };
}
