using System.Text.RegularExpressions;
using Xunit;

namespace CopyEngine.Tests.Architecture;

/// <summary>What the core must not contain (design, section 2): found in its source, since one call is enough.</summary>
public sealed class CoreBanTests
{
    private static readonly string[] CoreFolders =
        ["State", "Instruments", "Quotes", "Accounts", "Orders", "Work", "Copying", "Margin", "Core"];

    [Theory]
    [InlineData("a clock", @"DateTime(Offset)?\.(Utc)?Now|Stopwatch|TimeProvider|Environment\.TickCount")]
    [InlineData("randomness", @"\bRandom\b|Guid\.NewGuid|RandomNumberGenerator|HashCode\b|GetHashCode")]
    [InlineData("LINQ", @"System\.Linq|\.(Select|Where|OrderBy|ToList|ToArray|Any|First|Sum)\(")]
    [InlineData("binary floating point", @"\b(double|float|Half|Math\.Round|Math\.Pow)\b")]
    [InlineData("threads, locks or tasks", @"\b(Thread|Interlocked|Monitor|Task|async|await|lock|volatile|Volatile|Concurrent\w+)\b")]
    [InlineData("input or output", @"\b(File|Stream|Console|Socket|Path|Directory)\.\w|System\.IO")]
    [InlineData("culture", @"CultureInfo|\.ToUpper\(|\.ToLower\(")]
    public void The_core_contains_no(string what, string pattern)
    {
        string[] found =
        [
            .. CoreFolders.SelectMany(folder => CheckoutFiles.Sources(Path.Combine("Engine", folder)))
                .Where(file => Regex.IsMatch(CheckoutFiles.CodeOf(file), pattern))
                .Select(file => Path.GetFileName(file)),
        ];
        Assert.True(found.Length == 0, $"{what} in {string.Join(", ", found)}");
    }

    [Fact]
    public void No_dictionary_of_the_core_is_walked()
    {
        foreach (string file in CoreFolders.SelectMany(folder => CheckoutFiles.Sources(Path.Combine("Engine", folder))))
        {
            string code = CheckoutFiles.CodeOf(file);
            foreach (Match field in Regex.Matches(code, @"Dictionary<[^;=]*>\s+(_\w+)"))
            {
                string name = field.Groups[1].Value;
                Assert.False(
                    Regex.IsMatch(code, $@"\bin {name}\b|{name}\.(Keys|Values|GetEnumerator)\b"),
                    $"{Path.GetFileName(file)} walks {name}, whose order may differ between runs");
            }
        }
    }

    [Fact]
    public void No_source_file_is_longer_than_450_lines()
    {
        string[] folders = ["Engine", "Engine.Host", "Engine.Bench", "Engine.Tests"];
        IEnumerable<string> tooLong = folders.SelectMany(CheckoutFiles.Sources)
            .Where(file => File.ReadLines(file).Count() > 450)
            .Select(file => Path.GetFileName(file));
        Assert.Empty(tooLong);
    }
}
