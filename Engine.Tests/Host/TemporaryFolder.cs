using System.IO.Compression;
using System.Text;

namespace CopyEngine.Tests.Host;

/// <summary>A folder for the files of one test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("copyengine-").FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        File.WriteAllText(PathOf(name), content);
        return PathOf(name);
    }

    public string WriteGzip(string name, string content)
    {
        using FileStream file = File.Create(PathOf(name));
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(content));
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
