using System.Text.Json;

namespace CopyEngine.Host.Json;

/// <summary>Opens a JSON file whose every value will be looked at.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>The document of a file.</summary>
    /// <exception cref="HostException">The file cannot be read or is not JSON.</exception>
    public static JsonDocument Open(string path) => Parse(path, Read(path));

    /// <summary>The document of bytes that came from <paramref name="path"/>.</summary>
    public static JsonDocument Parse(string path, ReadOnlyMemory<byte> content)
    {
        try
        {
            return JsonDocument.Parse(WithoutMark(content), Options);
        }
        catch (JsonException fault)
        {
            string place = $"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}";
            throw HostException.WrongUsage($"{path}: $: not JSON at {place}: {Reason(fault)}");
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw HostException.CannotRead(path, cause);
        }
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> content) =>
        content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;

    /// <summary>The parser's sentence without the position that it repeats.</summary>
    private static string Reason(JsonException fault)
    {
        int position = fault.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? fault.Message : fault.Message[..position];
    }
}
