using System.Text.RegularExpressions;
using Xunit;

namespace CopyEngine.Tests.Host;

/// <summary>The README tells the truth: its example runs, its files exist, its path of one order is a path of files.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.PathOf("README.md"));

    [Fact]
    public async Task Example_of_the_README_fills_an_order()
    {
        Assert.Equal(["account 0: Filled 50 steps at 110010 points"], await ReadmeExample.TradeAsync());
    }

    [Fact]
    public void Example_of_the_README_is_the_one_that_is_compiled()
    {
        string source = File.ReadAllText(Repository.PathOf("Engine.Tests", "Host", "ReadmeExample.cs"));
        string compiled = source.Split("    // <readme>\n")[1].Split("    // </readme>\n")[0];
        string unindented = string.Join('\n', compiled.TrimEnd().Split('\n').Select(line => line.Length >= 4 ? line[4..] : line));

        Assert.Contains($"```csharp\n{unindented}\n```", Readme);
    }

    [Fact]
    public void Every_file_that_the_README_links_exists()
    {
        string[] links = [.. Link().Matches(Readme).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal))];

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Repository.PathOf(link)), $"README links {link}, which does not exist"));
    }

    [Fact]
    public void Path_of_one_order_names_existing_files_in_numbered_steps()
    {
        (int Number, string File)[] steps = [.. Step().Matches(Readme.Split("## The path of one order")[1])
            .Select(match => (int.Parse(match.Groups[1].Value), match.Groups[2].Value))];

        Assert.True(steps.Length >= 8, $"only {steps.Length} steps");
        Assert.Equal(Enumerable.Range(1, steps.Length), steps.Select(step => step.Number));
        Assert.All(steps, step => Assert.True(File.Exists(Repository.PathOf(step.File)), $"step {step.Number}: there is no {step.File}"));
    }

    [Fact]
    public void Path_of_one_order_follows_the_folders_in_the_order_of_the_design()
    {
        string[] stages = ["Gateway", "Protocol", "TradingEngine", "Commands", "Pipeline", "Journal", "Core", "/Orders/", "Copying", "Events", "Outbound", "Mirror", "Keys"];
        string[] files = [.. Step().Matches(Readme.Split("## The path of one order")[1]).Select(match => match.Groups[2].Value)];

        int[] firsts = [.. stages.Select(stage => Array.FindIndex(files, file => file.Contains(stage, StringComparison.Ordinal))).Where(place => place >= 0)];

        Assert.True(firsts.Length == stages.Length, "every stage has a step");
        Assert.Equal(firsts.Order(), firsts);
    }

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?m)^(\d+)\. .*?\]\(([^)]+)\)")]
    private static partial Regex Step();
}
