using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CopyEngine.Storage;

namespace CopyEngine.Host.Redis.Ownership;

/// <summary>
/// The file <c>instance</c> of the data directory: a random id, made at the first start, by which Redis tells this
/// directory's engine from any other's.
/// </summary>
internal static class InstanceFile
{
    /// <summary>Name of the file.</summary>
    public const string Name = "instance";

    private const string TemporaryName = "instance.tmp";
    private const int IdLength = 32;

    /// <summary>Reads the id, or makes one when there is none or what is there is none.</summary>
    /// <exception cref="HostException">The file cannot be read or written (74).</exception>
    public static string Open(string dataDirectory)
    {
        try
        {
            DirectoryStorage storage = DirectoryStorage.Make(dataDirectory);
            return Read(storage) ?? Make(storage);
        }
        catch (StorageException cause)
        {
            throw new HostException(
                ExitCode.InputOutputFailed, $"{cause.Message}; check the permissions of {dataDirectory} or give another --data", cause);
        }
    }

    private static string? Read(DirectoryStorage storage)
    {
        if (!storage.Exists(Name))
        {
            return null;
        }
        Span<byte> bytes = stackalloc byte[IdLength];
        using IStorageFile file = storage.Open(Name, isWritable: false);
        string id = Encoding.ASCII.GetString(bytes[..file.Read(0, bytes)]);
        bool isId = id.Length == IdLength && UInt128.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        return isId ? id : null;
    }

    private static string Make(DirectoryStorage storage)
    {
        if (storage.Exists(TemporaryName))
        {
            storage.Delete(TemporaryName);
        }
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        using (IStorageFile file = storage.Create(TemporaryName, length: 0))
        {
            file.Write(0, Encoding.ASCII.GetBytes(id));
            file.Sync();
        }
        storage.Rename(TemporaryName, Name);
        storage.SyncDirectory();
        return id;
    }
}
