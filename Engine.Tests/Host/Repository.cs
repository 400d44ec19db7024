using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>Files of the checkout and of the data folder beside it, found from the test binary upwards.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A shared data file; the test is skipped where the data is not at hand.</summary>
    public static string SharedData(params string[] parts)
    {
        string path = Path.Combine([Path.GetDirectoryName(Root)!, "shared", "data", .. parts]);
        Assert.SkipUnless(File.Exists(path), $"needs {Path.Combine(["shared", "data", .. parts])} beside the checkout");
        return path;
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CopyEngine.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"no CopyEngine.sln above {AppContext.BaseDirectory}");
    }
}
