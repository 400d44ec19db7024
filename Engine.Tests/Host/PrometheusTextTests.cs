using System.Text.RegularExpressions;
using CopyEngine.Host.Telemetry;
using Xunit;

namespace CopyEngine.Tests.Host;

public sealed partial class PrometheusTextTests
{
    [Fact]
    public void Family_is_introduced_once_and_labels_are_escaped()
    {
        string text = new PrometheusText()
            .Counter("refused_total", "Refused.", 2, ("reason", "BUSY"))
            .Counter("refused_total", "Refused.", 3, ("reason", "a\"b\\c\nd"), ("side", "BUY"))
            .Gauge("level", "Level.", 0.25)
            .ToString();

        Assert.Equal(
            """
            # HELP refused_total Refused.
            # TYPE refused_total counter
            refused_total{reason="BUSY"} 2
            refused_total{reason="a\"b\\c\nd",side="BUY"} 3
            # HELP level Level.
            # TYPE level gauge
            level 0.25

            """,
            text);
        AssertIsWellFormed(text);
    }

    /// <summary>Every line is a comment or a sample, and every sample belongs to the family introduced last.</summary>
    internal static void AssertIsWellFormed(string text)
    {
        Assert.EndsWith("\n", text);
        var families = new HashSet<string>();
        string family = "";
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), $"family {family} is introduced twice");
            }
            else if (!line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, $"not a sample: {line}");
                Assert.Equal(family, sample.Groups[1].Value);
            }
        }
    }

    [GeneratedRegex("""^([a-z_]+)(\{[a-z]+="([^"\\\n]|\\.)*"(,[a-z]+="([^"\\\n]|\\.)*")*\})? (-?[0-9.]+([eE][+-]?[0-9]+)?|[+-]Inf|NaN)$""")]
    private static partial Regex Sample();
}
