using System.Text.RegularExpressions;
using CopyEngine.Commands;
using CopyEngine.Protocol.Messages;
using Xunit;

namespace CopyEngine.Tests.Protocol;

/// <summary>The code against the tables that outsiders read.</summary>
public partial class InterfaceDescriptionTests
{
    [Fact]
    public void Every_message_has_the_number_the_name_and_the_fields_of_the_table()
    {
        var text = SharedDocument.Read("interfaces.md");
        AssertTables(text[text.IndexOf("## 4.", StringComparison.Ordinal)..text.IndexOf("## 5.", StringComparison.Ordinal)]);
    }

    internal static void AssertTables(string text)
    {
        var rows = Rows(text);
        var known = MessageSchema.All.Select(schema => (schema.Type, schema.Name));
        Assert.Equal(known.Order(), rows.Select(row => (row.Type, row.Name)).Order());
        foreach (var row in rows)
            Assert.Equal($"{row.Type}: {string.Join(' ', row.Fields)}", $"{row.Type}: {string.Join(' ', NamesInCode(row.Type))}");
    }

    [Fact]
    public void Every_reject_code_of_the_description_exists()
    {
        var text = SharedDocument.Read("interfaces.md");
        var paragraph = text[text.IndexOf("Reject codes are a closed list", StringComparison.Ordinal)..].Split("\n\n")[0];
        var promised = CodeName().Matches(paragraph).Select(match => match.Groups[1].Value).Distinct().ToArray();
        Assert.True(promised.Length > 30, "the paragraph lists the codes");
        Assert.Empty(promised.Except(Enum.GetNames<RejectCode>().Select(name => WireNames.ToWire(name, smallLetters: false))));
    }

    /// <summary>A field's name, found by making it wrong and reading the complaint.</summary>
    private static IEnumerable<string> NamesInCode(int type)
    {
        var schema = MessageRoundTripTests.SchemaOf(type);
        var values = MessageSchema.Split(schema.Sample());
        for (var field = 2; field < values.Count; field++)
        {
            var wrong = values.ToList();
            wrong[field] = [0xd4, 0x05, 0x00];
            schema.Rewrite(MessageSchema.Join(wrong), out var failure);
            yield return failure.Field;
        }
    }

    private static List<(int Type, string Name, string[] Fields)> Rows(string text)
    {
        var rows = new List<(int, string, string[])>();
        foreach (var line in text.Split('\n'))
        {
            var cells = line.Split(" |").Select(cell => cell.Trim('|', ' ')).ToArray();
            if (cells.Length >= 3 && int.TryParse(cells[0], out var type) && !cells[1].StartsWith('`'))
                rows.Add((type, cells[1], FieldNames(cells[2])));
        }
        return rows;
    }

    private static string[] FieldNames(string cell) =>
        [.. Parenthesis().Replace(cell, "").Split(" = ")[0].Split(',').Select(FirstWord).Where(name => name.Length > 0)];

    private static string FirstWord(string field) => field.Trim().Split(' ')[0].TrimEnd(':');

    [GeneratedRegex(@"\([^()]*(\([^()]*\)[^()]*)*\)")]
    private static partial Regex Parenthesis();

    [GeneratedRegex("`([A-Z_]+)`")]
    private static partial Regex CodeName();
}
