using Xunit;

namespace CopyEngine.Tests.Examples;

/// <summary>Data that lies in a folder <c>shared</c> beside the checkout; tests that need it skip where it is absent.</summary>
internal static class SharedData
{
    /// <summary>Lines of a text file under <c>shared/data</c>.</summary>
    public static string[] Lines(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data", path);
            if (File.Exists(candidate))
            {
                return File.ReadAllLines(candidate);
            }
        }
        Assert.Skip($"shared/data/{path} is not beside this checkout");
        return [];
    }
}
