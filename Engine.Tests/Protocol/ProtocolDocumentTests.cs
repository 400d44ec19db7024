using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CopyEngine.Commands;
using CopyEngine.Protocol;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>docs/protocol.md against the code: its tables, its codes, and every byte of its examples.</summary>
public partial class ProtocolDocumentTests
{
    private static readonly string Document = SharedDocument.ReadOwn("docs/protocol.md");

    [Fact]
    public void The_message_tables_are_those_of_the_code() => InterfaceDescriptionTests.AssertTables(Document);

    [Fact]
    public void The_reject_codes_are_those_of_the_code()
    {
        var documented = CodeRow().Matches(Document).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}");
        var inCode = Enum.GetValues<RejectCode>()
            .Where(code => code != RejectCode.None)
            .Select(code => $"{(int)code} {Encoding.ASCII.GetString(WireNames<RejectCode>.Of(code))}");
        Assert.Equal(inCode, documented);
    }

    [Fact]
    public void The_login_example_is_right_byte_for_byte()
    {
        var (keyId, clientNonce, serverNonce) = (Encoding.UTF8.GetBytes(Value("keyId")), Bytes("clientNonce"), Bytes("serverNonce"));
        Assert.Equal([.. "CE1"u8, .. keyId, .. clientNonce, .. serverNonce], Bytes("message"));
        var mac = new byte[Login.MacBytes];
        Login.ComputeMac(Bytes("secret"), keyId, clientNonce, serverNonce, mac);
        Assert.Equal(Value("mac"), Convert.ToHexStringLower(mac));
        Assert.True(Login.Verify(Bytes("secret"), keyId, clientNonce, serverNonce, Bytes("mac")));
        mac[31] ^= 1;
        Assert.False(Login.Verify(Bytes("secret"), keyId, clientNonce, serverNonce, mac));

        var buffer = new byte[200];
        var hello = new HelloMessage { Protocol = 1, KeyId = keyId, ClientNonce = clientNonce };
        Assert.True(FrameWriter.TryWrite(buffer, 1, hello, out var written));
        Assert.Contains("\n    " + Convert.ToHexStringLower(buffer.AsSpan(0, written)) + "\n", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void The_frame_examples_are_right_byte_for_byte()
    {
        var examples = FrameExample().Matches(Document);
        Assert.Equal(2, examples.Count);
        foreach (Match example in examples)
        {
            var values = JsonSerializer.Deserialize<JsonElement[]>(example.Groups[1].Value)!
                .Select(value => value.ValueKind == JsonValueKind.Number ? (object)value.GetInt64() : value.GetString());
            var frame = MessagePackValues.Write(values.ToArray());
            Assert.Equal($"{frame.Length:x8}" + Convert.ToHexStringLower(frame), example.Groups[2].Value);
        }
    }

    private static string Value(string name) =>
        Regex.Match(Document, $@"^\| {name} \| `([^`]+)` \|$", RegexOptions.Multiline).Groups[1].Value;

    private static byte[] Bytes(string name) => Convert.FromHexString(Value(name));

    [GeneratedRegex(@"^\| (\d+) \| `([A-Z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();

    [GeneratedRegex(@"`(\[[^`]+\])` (?:travels )?as\n\n    ([0-9a-f]+)\n")]
    private static partial Regex FrameExample();
}
