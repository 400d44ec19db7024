using System.Security.Cryptography;
using System.Text;

namespace CopyEngine.Host.Gateway.Keys;

/// <summary>
/// The key under which secrets lie on disk: from the environment, so that it can come from a vault, or else from a file
/// that the first start makes.
/// </summary>
internal static class MasterKey
{
    public const string Variable = "COPYENGINE_MASTER_KEY";
    public const int Bytes = 32;

    /// <summary>The master key.</summary>
    /// <exception cref="KeyStoreException">The variable or the file does not hold a key, or others may read the file.</exception>
    public static byte[] Read(string? fromEnvironment, string path)
    {
        if (!string.IsNullOrEmpty(fromEnvironment))
        {
            return Parse(fromEnvironment, $"the environment variable {Variable}");
        }
        if (!File.Exists(path))
        {
            Make(path);
        }
        if (PrivateFile.IsOpenToOthers(path))
        {
            throw new KeyStoreException($"others than its owner may access the master key {path}; run chmod 600 on it and consider it known");
        }
        return Parse(File.ReadAllText(path).Trim(), $"the file {path}");
    }

    private static void Make(string path)
    {
        try
        {
            PrivateFile.Create(path, Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true) + "\n"));
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first; its key is as good.
        }
    }

    private static byte[] Parse(string hex, string place)
    {
        bool isKey = hex.Length == 2 * Bytes && hex.All(char.IsAsciiHexDigit);
        return isKey
            ? Convert.FromHexString(hex)
            : throw new KeyStoreException($"{place} must hold a master key of {2 * Bytes} hex digits; restore the one that the keys were made with");
    }
}
