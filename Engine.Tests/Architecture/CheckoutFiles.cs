using System.Text.RegularExpressions;

namespace CopyEngine.Tests.Architecture;

/// <summary>The checkout that these tests were built from, as text.</summary>
internal static partial class CheckoutFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>Source files below a folder, without what builds produce.</summary>
    public static IEnumerable<string> Sources(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    /// <summary>A source text without comments and string literals, so that only code is judged.</summary>
    public static string CodeOf(string file) => CommentsAndStrings().Replace(File.ReadAllText(file), " ");

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/|""(?:\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings();

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CopyEngine.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("the tests do not run from a checkout of the project");
    }
}
