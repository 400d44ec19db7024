using System.Runtime.CompilerServices;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>Documents that tests compare the code with: those of this repository, and the description that it was written from.</summary>
internal static class SharedDocument
{
    /// <summary>A file of the folder that stands next to a checkout; the test is skipped where there is none.</summary>
    public static string Read(string name)
    {
        var path = FindUpwards(Path.Combine("shared", name));
        if (path is null)
            Assert.Skip($"shared/{name} is not next to this checkout");
        return File.ReadAllText(path);
    }

    /// <summary>A file of this repository.</summary>
    public static string ReadOwn(string path, [CallerFilePath] string here = "") =>
        File.ReadAllText(FindUpwards(path) ?? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", path)));

    public static string? FindUpwards(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, relative);
            if (File.Exists(path))
                return path;
        }
        return null;
    }
}
