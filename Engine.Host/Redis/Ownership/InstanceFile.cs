using System.Globalization;
using System.Security.Cryptography;

namespace CopyEngine.Host.Redis.Ownership;

/// <summary>
/// The file <c>instance</c> of the data directory: a random id, made at the first start, by which Redis tells this
/// directory's engine from any other. It is not synced: after a power cut in its first moments a new id is made, which
/// costs no more than waiting until the old claim ends.
/// </summary>
internal static class InstanceFile
{
    /// <summary>Name of the file.</summary>
    public const string Name = "instance";

    private const int IdLength = 32;

    /// <summary>Reads the id, or makes one when there is none or what is there is none.</summary>
    /// <exception cref="HostException">The file cannot be read or written (74).</exception>
    public static string Open(string dataDirectory)
    {
        string path = Path.Combine(dataDirectory, Name);
        try
        {
            return Read(path) ?? Make(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new HostException(
                ExitCode.InputOutputFailed, $"cannot read or write {path}: {cause.Message}; check its permissions or give another --data", cause);
        }
    }

    private static string? Read(string path)
    {
        string text = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        return text.Length == IdLength && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
            ? text
            : null;
    }

    private static string Make(string path)
    {
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, id + "\n");
        File.Move(temporary, path, overwrite: true);
        return id;
    }
}
