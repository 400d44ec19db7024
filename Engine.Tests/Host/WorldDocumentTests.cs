using System.Text.RegularExpressions;
using CopyEngine.Host.World;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary><c>docs/world.md</c> and the reader know the same fields.</summary>
public sealed partial class WorldDocumentTests
{
    [Theory]
    [InlineData("World")]
    [InlineData("Instrument")]
    [InlineData("Session")]
    [InlineData("Group")]
    [InlineData("Group instrument")]
    [InlineData("Account")]
    [InlineData("Link")]
    public void Document_lists_the_fields_that_the_reader_knows(string heading)
    {
        string[] known = heading switch
        {
            "World" => WorldFields.World,
            "Instrument" => WorldFields.Instrument,
            "Session" => WorldFields.Session,
            "Group" => WorldFields.Group,
            "Group instrument" => WorldFields.GroupInstrument,
            "Account" => WorldFields.Account,
            _ => WorldFields.Link,
        };

        Assert.Equal(known.Order(), FieldsUnder(heading).Order());
    }

    [Fact]
    public void Every_row_says_unit_default_range_example_and_meaning()
    {
        IEnumerable<string> rows = Document().Where(line => FieldRow().IsMatch(line));

        Assert.All(rows, row => Assert.Equal(8, row.Split('|').Length));
    }

    [Fact]
    public void Example_of_the_document_is_a_sound_world()
    {
        string text = string.Join('\n', Document());
        string example = text[(text.IndexOf("```json", StringComparison.Ordinal) + 7)..];

        WorldDefinition world = WorldText.Read(example[..example.IndexOf("```", StringComparison.Ordinal)]);

        Assert.Equal(10_001, world.AccountCount);
    }

    private static IEnumerable<string> FieldsUnder(string heading) => Document()
        .SkipWhile(line => line != $"## {heading}").Skip(1)
        .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
        .Where(line => FieldRow().IsMatch(line))
        .Select(line => FieldRow().Match(line).Groups[1].Value);

    private static string[] Document() => File.ReadAllLines(Repository.PathOf("docs", "world.md"));

    [GeneratedRegex(@"^\| `(\w+)` \|")]
    private static partial Regex FieldRow();
}
